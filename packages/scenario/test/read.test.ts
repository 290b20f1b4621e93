import { readScenario } from '@busward/scenario';
import { describe, expect, it } from '@jest/globals';
import { text, vocabulary } from './vocabulary.ts';

const read = (written: string) => readScenario('s.yaml', written, vocabulary);

it('reads a scenario', () => {
  const { machine, before, actors, condition, expect: expected } = read(text());
  expect(machine.devices.map(({ name, bus, group, direct }) => [name, bus, group, direct])).toEqual([
    ['A', 'pci', 'g', false],
    ['B', 'pci', 'g', true],
  ]);
  expect(before).toEqual([{ do: 'bind', device: 'A', driver: 'vfio-pci' }]);
  expect(actors).toEqual([
    { name: 'u0', operations: [{ do: 'claim', user: 'u0', group: 'g' }] },
    { name: 'root', operations: [{ do: 'bind', device: 'B', driver: 'nvme' }] },
  ]);
  expect(condition.facts.map(({ fact }) => fact.kind)).toEqual(['broken']);
  expect(condition.when.map(({ fact }) => fact)).toEqual([
    { kind: 'result', operation: actors[0]!.operations[0], is: 'OK' },
  ]);
  expect(expected).toEqual([{ variant: '6.1', verdict: 'holds' }]);
});

it('groups devices by the rules of their buses, where it names no groups', () => {
  const facts =
    'devices: { A: { bus: pci, facts: { withoutAcsBelow: x } }, B: { bus: pci, facts: { withoutAcsBelow: x } } }';
  const { machine } = read(
    text([
      ['devices: { A: pci, B: { bus: pci, direct: true } }', facts],
      ['  groups: { g: [A, B] }\n', ''],
      ['[claim g]', '[claim group 0]'],
      ['claim g = OK', 'claim group 0 = OK'],
    ]),
  );
  expect(machine.groups).toEqual(['group 0']);
});

it.each<[string, [string, string], string]>([
  ['a tab', ['question:', '\tquestion:'], '1:1: is no YAML: '],
  [
    'a colon that is in no quotes',
    ['when: claim g = OK', 'when: u0: claim g = OK'],
    "12:7: is no YAML: Nested mappings are not allowed in compact mappings; put what has ': ' in it into quotes",
  ],
  [
    'a key that is there twice',
    ['never: P1\n', 'never: P1\nnever: P2\n'],
    "12:1: 'never' is here a second time; say it once",
  ],
  [
    'members of no device',
    ['devices: { A: pci, B: { bus: pci, direct: true } }', 'devices: {}'],
    "5:17: no device 'A'; there is none",
  ],
  [
    'a second document',
    ["holds: ['6.1']\n", "holds: ['6.1']\n---\nmore: yes\n"],
    "15:1: another document begins here (after '---' or '...'); a file has one, so put it into another",
  ],
  [
    'an alias of nothing',
    ['question: Does a kernel driver get in beside a user?', 'question: *Does'],
    "1:11: '*' begins an alias, and what it stands for is not before it, or too much; put text into quotes",
  ],
  ['a group of nobody', ['g: [A, B]', 'g: []'], "5:16: 'machine.groups.g': is empty; give at least one"],
  [
    'an empty question',
    ['question: Does a kernel driver get in beside a user?', 'question: ""'],
    "1:11: 'question': is empty",
  ],
  ['a device that is a number', ['A: pci', 'A: 3'], "4:17: 'machine.devices.A': expected string or object"],
  [
    'one where a list is meant',
    ["holds: ['6.1']", "holds: '6.1'"],
    "14:10: 'expect.holds': expected array, received string; write a list, as [one, another]",
  ],
  [
    'a driver of no kind',
    ['nvme: kernel', 'nvme: linux'],
    "6:20: 'machine.drivers.nvme': expected kernel, stub, user, or keys that say more",
  ],
  [
    'a misspelt key',
    ['actors:', 'actor:'],
    "8:1: 'actor' means nothing here; did you mean 'actors'? there are question, ",
  ],
  [
    'a misspelt key of a device',
    ['direct: true', 'drect: true'],
    "4:37: 'drect' means nothing here; did you mean 'direct'?",
  ],
  [
    'a misspelt key of a driver',
    ['failsAt: probe', 'failAt: probe'],
    "6:36: 'failAt' means nothing here; did you mean 'failsAt'?",
  ],
  [
    'a misspelt verdict',
    ['holds:', 'hold:'],
    "14:3: 'hold' means nothing here; did you mean 'holds'? there are holds, fails",
  ],
  ['no question', ['question: Does a kernel driver get in beside a user?\n', ''], "1:1: 'question' is missing"],
  ['no machine', ['machine:', 'before2:'], "3:1: 'before2' means nothing here"],
  ['a commit that YAML takes for a number', ['[512881eacfa7]', '[0286300e6045]'], "2:11: 'sources.0': expected string"],
  [
    'an unknown bus',
    ['A: pci', 'A: pcie'],
    "4:17: no bus 'pcie'; did you mean 'pci'? there are amba, platform, fsl-mc, pci, host1x",
  ],
  ['a device that is not there', ['g: [A, B]', 'g: [A, C]'], "5:20: no device 'C'; did you mean"],
  [
    'a device in two groups',
    ['g: [A, B]', 'g: [A, B], h: [B]'],
    "5:28: 'B' is in group 'g' already; a device is in one group",
  ],
  [
    'a group called like a device',
    ['g: [A, B]', 'A: [A, B]'],
    "5:13: 'A' is a device, too; give the group another name",
  ],
  [
    'a group for what has none',
    ['A: pci', 'A: { bus: fsl-mc, facts: { dmaRanges: false } }'],
    "4:24: 'A' gets no group on bus 'fsl-mc' (its grouping rule); leave it out of the groups",
  ],
  [
    'an unknown operation',
    ['[claim g]', '[clam g]'],
    "9:8: 'clam g' is no operation; there are override and bind DEVICE to DRIVER; ",
  ],
  [
    'an unknown driver',
    ['bind B to nvme', 'bind B to nvm'],
    "10:10: no driver 'nvm'; did you mean 'nvme'? there are nvme, slow, vfio-pci, ",
  ],
  ['an unknown group', ['[claim g]', '[claim h]'], "9:8: no group or device 'h'; did you mean 'g'?"],
  ['an unknown user', ['[claim g]', "['u1: claim g']"], "9:8: no user 'u1'; did you mean 'u0'? there are u0"],
  [
    'a user that is not said',
    ['u0: [claim g]', 'me: [claim g]'],
    "9:8: 'claim g' says not which user does it, and 'me' is no user of the machine; write 'u0: claim g', or give",
  ],
  [
    'a domain of its own for what does no DMA',
    ['nvme: kernel', 'nvme: { is: stub, ownDomain: true }'],
    '6:32: only a driver that uses the DMA API has a domain of its own; say `is: kernel`, or leave it out',
  ],
  [
    'what a driver on one device fails with, and not where',
    ['direct: true', 'drivers: { nvme: { failsWith: EIO } }'],
    '4:56: nothing says where it fails; say `failsAt`, too, or leave it out',
  ],
  [
    'who joined, and joins when it is added',
    ['direct: true', 'joined: true'],
    '4:37: what joins when it is added has joined; say `joins: at first bind`, or leave it out',
  ],
  [
    'what auto makes of no type',
    ['machine:', 'machine:\n  autoType: identity'],
    '4:3: the groups have no types; say `type`, too, or leave it out',
  ],
  [
    'a device for who owns groups',
    ['[claim g]', '[claim A]'],
    "9:8: 'claim A': 'u0' owns groups, through a container; name a group, or say `users: { u0: iommufd }`",
  ],
  [
    'a type of groups without types',
    ['bind B to nvme', 'set type of g to auto'],
    "10:10: 'set type of g to auto': the groups have no types that could be set; say `type:` of the machine",
  ],
  [
    'an IOMMU that registers, and is there from the start',
    ['bind B to nvme', 'register the IOMMU of g'],
    "10:10: 'register the IOMMU of g': the IOMMU is there from the start; say `iommu: later` of the machine",
  ],
  [
    'a device that is added, and is there from the start',
    ['bind B to nvme', 'bind B to nvme, add B'],
    "10:26: 'add B': 'B' is there from the start, and nobody removes it; say `absent: true` of it, or remove it before",
  ],
  [
    'an override where it is no state',
    ['bind B to nvme', 'clear override of B'],
    "10:10: 'clear override of B': driver_override is no state here; say `overrides: true` of the machine",
  ],
  ['an unknown principle', ['never: P1', 'never: P20'], "11:8: 'P20' is neither a principle (P1, P2, "],
  ['an unknown result', ['claim g = OK', 'claim g = EPERMS'], "12:7: no result 'EPERMS'; did you mean 'EPERM'?"],
  [
    'an unknown variable',
    ['claim g = OK', 'A.drivr = none'],
    "12:7: no operation or variable 'A.drivr'; did you mean 'A.driver'?",
  ],
  ['an unknown value', ['claim g = OK', 'A.driver = nvm'], "12:7: no value of A.driver 'nvm'; did you mean 'nvme'?"],
  [
    'never without when',
    ['when: claim g = OK\n', ''],
    "11:1: 'never' needs a 'when': what has to be possible for it to mean anything",
  ],
  [
    'two conditions',
    ['when: claim g = OK', 'always: P1'],
    "12:9: there is a 'never' already; a scenario has one condition",
  ],
  [
    'no condition',
    ['never: P1\nwhen: claim g = OK\n', ''],
    '1:1: no condition; write never, sometimes or always, and what',
  ],
  [
    'an unknown profile',
    ["['6.1']", '[linux@6.2]'],
    "14:11: no profile or strategy 'linux@6.2'; did you mean 'linux@6.1'?",
  ],
  [
    'an unknown setting',
    ["['6.1']", '[v8 but vfio.last=leaves]'],
    "14:11: no setting of vfio 'last'; did you mean 'lastDevice'?",
  ],
  [
    'an unknown value of a setting',
    ["['6.1']", '[v8 but vfio.lastDevice=gone]'],
    "14:11: no value of vfio.lastDevice 'gone'; there are waits, leaves, detaches",
  ],
  [
    'a driver that the machine has not',
    ["['6.1']", '[v8 but nvm.driver_managed_dma=no]'],
    "14:11: no driver 'nvm'; did you mean 'nvme'? there are nvme, slow, vfio-pci, ",
  ],
  [
    'nothing expected',
    ["holds: ['6.1']", 'holds: []'],
    '14:3: nothing is expected; name a profile under holds or fails',
  ],
])('says where and what: %s', (_, change, message) => {
  expect(() => read(text([change]))).toThrow(`s.yaml:${message}`);
});

it.each<[string, [string, string]]>([
  ['an absent device', ['direct: true', 'absent: true']],
  ['one that another actor removes', ['actors:', 'actors:\n  hotplug: [remove B]']],
])('reads of a device that is added: %s', (_, change) => {
  const { actors } = read(text([change, ['bind B to nvme', 'add B']]));
  expect(actors.at(-1)!.operations).toEqual([{ do: 'add', device: 'B' }]);
});

it.each(['close A', 'open A', 'claim g', 'open group g'])(
  'says that nobody does this through iommufd: %s',
  (operation) => {
    const written = text([
      ['machine:', 'machine:\n  users: { u0: iommufd }'],
      ['[claim g]', `[claim A, ${operation}]`],
    ]);
    const message = `s.yaml:10:17: '${operation}': 'u0' owns devices, through iommufd; 'claim', `;
    expect(() => read(written)).toThrow(message);
  },
);

describe('an empty file', () => {
  it('is told', () => expect(() => read('')).toThrow('s.yaml:1:1: '));
});

it('says where more is nested than can be read', () => {
  const nested = text([['question: Does a kernel driver get in beside a user?', `question: ${'{a: '.repeat(20_000)}`]]);
  expect(() => read(nested)).toThrow(/^s\.yaml:1:\d+: more is nested here than anybody means$/);
});
