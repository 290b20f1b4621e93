import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import {
  asCommands,
  echoed,
  quoted,
  inspect,
  judgedBy,
  plan,
  verdicts,
  versionOf,
  type JudgedBy,
  type Plan,
  type Planned,
} from '@busward/passthrough';
import { readSources, type FoundMachine } from '@busward/topology';
import { describe, expect, it } from '@jest/globals';
import { carryOut } from '../src/carry-out.ts';
import { handOver, type HandOver } from '../src/hand-over.ts';
import { isKnown, memberOf } from '../src/member.ts';
import { buses, found } from './machines.ts';

const under = (version: string): JudgedBy => judgedBy(version, buses);
const versions = ['5.10', '6.1', '6.6', '6.12', '7.3'];
const writes = (made: Plan, way: 'there' | 'back' = 'there'): readonly string[] =>
  (made as Planned)[way].flatMap((deed) => {
    const all = deed.kind === 'write' ? [deed.write] : [deed.override, deed.unbind, deed.bind];
    return all.map(({ value, path }) => `${value} > ${path.replace('/sys/bus/pci/', '')}`);
  });
const reasons = (made: Plan): string =>
  made.kind === 'refused' ? made.reasons.map(({ device, why }) => `${device}: ${why}`).join('\n') : 'planned';

const eve = found(['19 0000:80:1f.4 i801_smbus', '19 0000:80:1f.6 e1000e']);

describe('the writes', () => {
  it('override first, then unbind, then bind; siblings first, and the way back undoes it', () => {
    const made = plan(eve, ['0000:80:1f.6'], under('6.12'));
    expect(writes(made)).toEqual([
      'vfio-pci > devices/0000:80:1f.4/driver_override',
      '0000:80:1f.4 > devices/0000:80:1f.4/driver/unbind',
      '0000:80:1f.4 > drivers/vfio-pci/bind',
      'vfio-pci > devices/0000:80:1f.6/driver_override',
      '0000:80:1f.6 > devices/0000:80:1f.6/driver/unbind',
      '0000:80:1f.6 > drivers/vfio-pci/bind',
    ]);
    expect(writes(made, 'back')).toEqual([
      'e1000e > devices/0000:80:1f.6/driver_override',
      '0000:80:1f.6 > devices/0000:80:1f.6/driver/unbind',
      '0000:80:1f.6 > drivers/e1000e/bind',
      ' > devices/0000:80:1f.6/driver_override',
      'i801_smbus > devices/0000:80:1f.4/driver_override',
      '0000:80:1f.4 > devices/0000:80:1f.4/driver/unbind',
      '0000:80:1f.4 > drivers/i801_smbus/bind',
      ' > devices/0000:80:1f.4/driver_override',
    ]);
  });

  it('nothing, where a user can own the group', () => {
    const made = plan(found(['1 0000:01:00.0 vfio-pci', '1 0000:00:01.0 pcieport']), ['0000:01:00.0'], under('6.12'));
    expect([writes(made), writes(made, 'back')]).toEqual([[], []]);
  });

  it('an override that was there comes back', () => {
    const made = plan(
      found(['1 0000:01:00.0 e1000e'], { facts: { '0000:01:00.0': { override: 'e1000e' } } }),
      ['0000:01:00.0'],
      under('6.12'),
    );
    expect(writes(made, 'back')).toEqual([
      'e1000e > devices/0000:01:00.0/driver_override',
      '0000:01:00.0 > devices/0000:01:00.0/driver/unbind',
      '0000:01:00.0 > drivers/e1000e/bind',
    ]);
  });

  it('a sibling without a driver goes along, and comes back without one; a bridge on pcieport is left alone', () => {
    const made = plan(
      found(['1 0000:00:01.0 pcieport', '1 0000:01:00.0 nvidia', '1 0000:01:00.1 -']),
      ['0000:01:00.0'],
      under('6.12'),
    ) as Planned;
    expect(writes(made).filter((one) => one.includes('00:01.0'))).toEqual([]);
    expect(writes(made, 'back').slice(-2)).toEqual([
      ' > devices/0000:01:00.1/driver_override',
      '0000:01:00.1 > devices/0000:01:00.1/driver/unbind',
    ]);
  });

  it('a bridge on another driver is kept free of it: no VFIO driver takes one', () => {
    const bridge = { '0000:00:01.0': { class: '060400' } };
    const made = plan(
      found(['1 0000:00:01.0 shpchp', '1 0000:01:00.0 nvidia'], { facts: bridge }),
      ['0000:01:00.0'],
      under('6.12'),
    ) as Planned;
    expect(writes(made).slice(0, 2)).toEqual([
      'vfio-pci > devices/0000:00:01.0/driver_override',
      '0000:00:01.0 > devices/0000:00:01.0/driver/unbind',
    ]);
    expect(made.says.join()).toMatch(/0000:00:01.0 is only kept free.*refused once/);
  });
});

describe("who is in nobody's way is left alone", () => {
  const lines = ['14 0000:00:01.0 shpchp', '14 0000:01:00.0 nvidia', '14 0000:01:00.1 pci-stub'];
  const machine = found(lines, { facts: { '0000:00:01.0': { class: '060400' } } });
  // vfio_dev_driver_allowed() (drivers/vfio/vfio.c, 5.10): pci-stub, and any driver on a bridge.
  it.each([
    ['5.10', ['0000:01:00.0']],
    ['6.12', ['0000:00:01.0', '0000:01:00.0']],
  ])('%s: a plan writes about %s', (version, written) => {
    const { there, check } = plan(machine, ['0000:01:00.0'], under(version)) as Planned;
    expect([...new Set(there.map(({ device }) => device))]).toEqual(written);
    expect(check.map(({ device }) => device)).toEqual(written);
  });
});

describe('a bridge that nothing but the device below it tells of', () => {
  const listing = new URL('../../topology/listings/issue-pcileech-77.txt', import.meta.url);
  const machine = readSources(
    [
      { file: 'drivers.txt', text: '15 0000:04:00.0 shpchp\n15 0000:05:00.0 vfio-pci\n' },
      { file: 'issue-pcileech-77.txt', text: readFileSync(listing, 'utf8') },
    ],
    buses,
  );

  it('5.10 tolerates any driver on it', () =>
    expect(inspect(machine, under('5.10')).groups.map(({ verdict }) => verdict.kind)).toEqual(['ready']));

  // Recorded: late-join, bridge-driver-blocks-user, step 4: `unbind R` leaves C on vfio-pci.
  it('is kept free since: to unbind its driver takes nothing away', () =>
    expect(writes(plan(machine, ['0000:05:00.0'], under('6.1')))).toEqual([
      'vfio-pci > devices/0000:04:00.0/driver_override',
      '0000:04:00.0 > devices/0000:04:00.0/driver/unbind',
    ]));
});

it('only vfio-platform asks whether it can reset the device: vfio_amba.c sets reset_required to false', () => {
  const says = (bus: string): string => {
    const facts = { 'ff000000.dma': { bus } };
    return (plan(found(['1 ff000000.dma -'], { facts }), ['ff000000.dma'], under('6.12')) as Planned).says.join();
  };
  expect(says('platform')).toMatch(/vfio-platform takes a device only if it knows how to reset it/);
  expect(says('amba')).not.toMatch(/reset/);
});

describe('what has to be known of the evidence', () => {
  const guessed = 'kernel 7.3, the newest, since nothing tells which one runs';
  const machine: FoundMachine = {
    ...found(['1 0000:01:00.0 vfio-pci', '2 0000:02:00.0', '- 0000:03:00.0 nvme']),
    says: ['its last line does not end', 'firmware asks for 1:1 regions for 0000:02:00.0, 0000:03:00.0; whether'],
    contradictions: ['0000:01:00.0', '0000:02:00.0'].map((device) => ({
      device,
      fact: 'driver',
      first: { is: 'vfio-pci', from: { file: 'a' } },
      second: { is: 'nvme', from: { file: 'b' } },
    })),
  };
  it.each([
    ['planned', '0000:01:00.0', machine.says.slice(0, 1)],
    ['refused', '0000:02:00.0', machine.says],
    ['refused', '0000:03:00.0', machine.says],
  ])('stands in a plan as in an inspection, but for what is about others: %s, %s', (kind, asked, says) => {
    const made = plan(machine, [asked], under('7.3'));
    expect([made.kind, made.says.slice(0, 1 + says.length)]).toEqual([kind, [guessed, ...says]]);
    expect(made.contradictions.map(({ device }) => device)).toEqual(asked === '0000:03:00.0' ? [] : [asked]);
  });
});

describe('the model', () => {
  /** The plan of a group, made by hand: `change` may spoil it. */
  function tried(
    lines: readonly string[],
    asked: string,
    version: string,
    change: (plan: readonly HandOver[]) => readonly HandOver[],
  ) {
    const judged = under(version);
    const machine = found(lines);
    const members = machine.devices.map((device) => memberOf(device, judged.buses)).filter(isKnown);
    const verdict = verdicts(judged)(machine, '1', members);
    const siblingsFirst = members.toSorted((a, b) => Number(a.name === asked) - Number(b.name === asked));
    return carryOut(
      'group',
      change(siblingsFirst.map((member) => handOver(member, member.name === asked, verdict, judged))),
      judged,
    );
  }
  const lines = ['1 0000:01:00.0 nvidia', '1 0000:01:00.1 snd_hda_intel', '1 0000:01:00.2 -'];
  const asked = '0000:01:00.0';

  it.each(versions)(
    'whoever has a driver looked for and whatever loads, the user owns the group and all comes back (%s)',
    (version) =>
      expect(tried(lines, asked, version, (same) => same)).toEqual({
        group: 'group',
        states: expect.any(Number),
        against: ['0000:01:00.1', '0000:01:00.2', '0000:01:00.0'],
        atOnce: true,
      }),
  );

  /** A plan of other operations in place of `take over`. */
  const instead = (right: readonly HandOver[], ...order: readonly ('set override' | 'unbind' | 'bind')[]) =>
    right.map((one) => ({
      ...one,
      there: one.there.flatMap(({ operation }) =>
        operation.do === 'take over'
          ? order.map((verb): HandOver['there'][number] => ({
              kind: 'write',
              device: operation.device,
              write: { path: '', value: '' },
              operation: { ...operation, do: verb },
            }))
          : [],
      ),
    }));

  it('one round is not enough: whoever comes between unbind and bind keeps the device from the writer', () => {
    for (const version of versions)
      expect(
        tried(lines.slice(0, 1), asked, version, (right) => instead(right, 'set override', 'unbind', 'bind')),
      ).toMatchObject({
        what: expect.stringMatching(/^the user does not own the group against/),
      });
  });

  it('unbinding before the override leaves a gap for whoever has a driver looked for', () =>
    expect(
      tried(lines.slice(0, 1), asked, '6.12', (right) => instead(right, 'unbind', 'set override', 'bind')),
    ).toMatchObject({
      what: expect.stringMatching(/^the user does not own the group against find driver nvidia/),
    }));

  it('a sibling that is only freed and not bound can be taken', () =>
    expect(
      tried(lines.slice(0, 2), asked, '6.12', (right) => [
        ...instead([right[0]!], 'set override', 'unbind'),
        ...right.slice(1),
      ]),
    ).toMatchObject({ what: expect.stringMatching(/^the user does not own the group against .*for 0000:01:00.1/) }));

  it('a sibling that is forgotten is an error of the plan', () => {
    const made = tried(lines, asked, '6.12', (right) =>
      right.map((one) => (one.member.name === '0000:01:00.1' ? { ...one, there: [], back: [] } : one)),
    );
    expect(made).toEqual({ what: 'u0: claim group: EPERM' });
  });

  it('an override that is not cleared is a way back that does not restore', () => {
    const made = tried(lines, asked, '6.12', (right) =>
      right.map((one) => ({ ...one, back: one.back.filter(({ operation }) => operation.do !== 'clear override') })),
    );
    expect(made).toEqual({ what: 'the way back does not restore the state' });
  });
});

describe('it refuses', () => {
  const need = (is: 'root disk' | 'active network' | 'console') => ({
    needed: [{ is, from: { file: 'sys', at: 'mounts' } }],
  });
  it.each([
    ['root disk', /^0000:02:00.0: it is the disk the system runs from, and it shares the group/],
    ['active network', /^0000:02:00.0: it is the network card that is up/],
    ['console', /^0000:02:00.0: it is the console/],
  ] as const)('to take what the system needs along: %s', (is, why) => {
    const machine = found(['0 0000:01:00.0 nvidia', '0 0000:02:00.0 nvme'], { facts: { '0000:02:00.0': need(is) } });
    expect(reasons(plan(machine, ['0000:01:00.0'], under('6.12')))).toMatch(why);
    expect(reasons(plan(machine, ['0000:02:00.0'], under('6.12')))).toMatch(/^0000:02:00.0: it is /);
  });
  it('a 1:1 region since 6.6, with where it stands; before, VT-d alone, and of others it says what that does', () => {
    const machine = found(['1 0000:0a:00.0 igb'], { facts: { '0000:0a:00.0': { direct: true } } });
    expect(plan(machine, ['0000:0a:00.0'], under('6.12'))).toMatchObject({
      kind: 'refused',
      reasons: [{ from: { line: 1 } }],
    });
    const told = (file: string, at: string) =>
      found(['1 0000:0a:00.0 igb'], { groups: { '1': { direct: { is: true, from: { file, at } } } } });
    const [dmar, ivrs] = [told('dmar.dat', 'RMRR at 0x48'), told('ivrs.dat', 'IVMD at 0x48')];
    expect(reasons(plan(dmar, ['0000:0a:00.0'], under('6.12')))).toMatch(/the DMAR table names it \(RMRR\)$/);
    expect(reasons(plan(dmar, ['0000:0a:00.0'], under('5.10')))).toMatch(
      /a user cannot have \(EPERM by VT-d until 6\.5/,
    );
    expect(reasons(plan(machine, ['0000:0a:00.0'], under('6.1')))).toMatch(
      /cannot tell: .*nothing tells which one it is/,
    );
    expect((plan(ivrs, ['0000:0a:00.0'], under('6.1')) as Planned).says.join()).toMatch(
      /1:1 region for 0000:0a:00.0.*no IOMMU but VT-d stops a user.*M17/,
    );
  });
  describe('to take virtual functions away with the driver of their physical one', () => {
    const physfn = '0000:01:00.0';
    const facts = {
      '0000:01:10.0': { physfn },
      '0000:01:10.2': { physfn, ...need('active network') },
    };
    const machine = (driver: string) =>
      found(['14 0000:01:00.0 ' + driver, '15 0000:01:10.0 vfio-pci', '16 0000:01:10.2 ixgbevf'], { facts });
    const lines = ['14 0000:01:00.0 ixgbe', '14 0000:02:00.0 nvme', '15 0000:01:10.0 vfio-pci'];

    it('that is asked for, or shares the group', () => {
      const own = plan(machine('ixgbe'), [physfn], under('6.12'));
      expect(own).toMatchObject({ kind: 'refused', reasons: [{ device: physfn, from: { line: 2 } }] });
      expect(reasons(own)).toMatch(
        /^0000:01:00\.0: its virtual functions, 0000:01:10\.0, 0000:01:10\.2, go when .* ixgbe is unbound .*; 0000:01:10\.2 is the network card that is up\./,
      );
      expect(reasons(plan(found(lines, { facts }), ['0000:02:00.0'], under('6.12')))).toMatch(
        /^0000:01:00\.0: its virtual functions, 0000:01:10\.0, go/,
      );
    });

    it('but not those of one that a VFIO driver has already, and not one by itself', () => {
      expect(writes(plan(machine('vfio-pci'), [physfn], under('6.12')))).toEqual([]);
      expect(plan(machine('ixgbe'), ['0000:01:10.0'], under('6.12')).kind).toBe('planned');
    });

    it('nor is a container that a VFIO driver has already taken from its objects', () =>
      expect(writes(plan(found(['0 dprc.2 vfio-fsl-mc', '0 dpni.0 -']), ['dprc.2'], under('6.12'))).join()).not.toMatch(
        /dprc/,
      ));
  });
  describe('to take away what is behind a controller', () => {
    const [controller, port, disk] = ['10003000.pcie', '0000:00:01.0', '0000:01:00.0'];
    const lines = [`4 ${controller} tegra-pcie`, `4 ${port} pcieport`, `4 ${disk} nvme`];
    type Above = Readonly<Record<string, { readonly parent: string }>>;
    const below: Above = { [disk]: { parent: port } };
    const told: Above = { ...below, [port]: { parent: controller } };
    const made = (facts: Above, asked: string): Plan => plan(found(lines, { facts }), [asked], under('6.12'));
    const about = (one: Plan) => one.kind === 'refused' && one.reasons.map(({ device, isOpen }) => [device, isOpen]);

    it.each<[string, Above, string]>([
      ['nothing tells what is above it', {}, disk],
      ['only bridges are told to be above it', below, disk],
      ['the controller itself is asked for', {}, controller],
    ])('is open where %s', (_, facts, asked) => {
      expect(about(made(facts, asked))).toEqual([[controller, true]]);
      expect(reasons(made(facts, asked))).toMatch(/0000:00:01\.0, 0000:01:00\.0 are behind: .* takes them away/);
    });

    it.each([disk, controller])('cannot be where it is told, whoever is asked for: %s', (asked) => {
      expect(about(made(told, asked))).toEqual([[controller, undefined]]);
      expect(reasons(made(told, asked))).toMatch(/: 0000:00:01\.0, 0000:01:00\.0 are below it, and go when its driver/);
    });

    it('is nobody else, where the controller is told', () => {
      const machine = found(['3 10003000.pcie tegra-pcie', '4 3510000.hda tegra-hda', `4 ${disk} nvme`], {
        facts: { [disk]: { parent: controller } },
      });
      expect(plan(machine, [disk], under('6.12')).kind).toBe('planned');
    });

    it('an endpoint on PCI is the controller of nothing on another bus', () => {
      const two = ['7 3510000.hda tegra-hda', '7 0000:02:00.0 nvme'];
      for (const facts of [{}, { '0000:02:00.0': { class: '010802' } }])
        expect(about(plan(found(two, { facts }), ['3510000.hda'], under('6.12')))).toEqual([['3510000.hda', true]]);
    });
  });
  it.each<[string, string, object, RegExp]>([
    ['the driver is not told', '1 0000:01:00.0', {}, /lspci -nnk, or busward snapshot, tells/],
    [
      'the bus is not told',
      '1 c9d2a9a0-57b7-4b2a-9f7a-0d1f4e2b6a55 x',
      {},
      /its bus is not told; .* \(\/sys, or busward snapshot, tells\)$/,
    ],
    [
      'the bus has no plugin',
      '1 thing driver',
      { thing: { bus: 'cdx' } },
      /for bus cdx; only a plugin .*, and no listing/,
    ],
    [
      'the bus does not know the driver',
      '1 0000:01:00.0 igbvf_vfio_pci',
      {},
      /no such one; only a plugin .*no listing/,
    ],
  ])('and tells what would tell it, where %s', (_, line, facts, why) => {
    const machine = found([line], { facts: facts as Record<string, object> });
    const told = reasons(plan(machine, [machine.devices[0]!.name], under('6.12')));
    expect(told).toMatch(why);
    expect(/lspci/.test(told)).toBe(line === '1 0000:01:00.0');
  });
  it.each<[string, string[], string, RegExp]>([
    ['a bridge', ['1 0000:00:01.0 pcieport', '1 0000:01:00.0 -'], '0000:00:01.0', /bridge: vfio-pci takes none/],
    ['without a group', ['- 0000:01:00.0 nvme'], '0000:01:00.0', /no IOMMU group/],
    ['an unknown driver', ['1 0000:01:00.0'], '0000:01:00.0', /cannot tell: no driver in the evidence/],
    [
      'an unknown driver beside it',
      ['1 0000:01:00.0 nvme', '1 0000:01:00.1'],
      '0000:01:00.0',
      /^0000:01:00.1: cannot tell/,
    ],
    [
      'the container that goes with its objects',
      ['0 dprc.1 fsl_mc_dprc', '0 dpni.0 fsl_dpaa2_eth'],
      'dpni.0',
      /dprc\.1: it is the container/,
    ],
    [
      'what may be the controller above',
      ['4 10003000.pcie tegra-pcie', '4 0000:01:00.0 nvme'],
      '0000:01:00.0',
      /10003000\.pcie: it is on platform.*nothing tells/,
    ],
  ])('%s', (_, lines, device, why) => expect(reasons(plan(found(lines), [device], under('6.12')))).toMatch(why));
});

describe('every listing with drivers', () => {
  const listings = new URL('../../topology/listings/', import.meta.url);
  const read = (name: string): FoundMachine =>
    readSources([{ file: name, text: readFileSync(new URL(name, listings), 'utf8') }], buses);
  const machines = readdirSync(listings)
    .filter((name) => name.endsWith('.txt'))
    .map(read)
    .filter(({ devices }) => devices.some(({ driver }) => driver));
  // Looked through: boot logs that name a driver, lspci -v, "group device driver".
  it('there are sixteen', () => expect(machines.length).toBe(16));

  it('the first and the last of each group goes forward and back in the model, by its own kernel, or the reason is said', () => {
    const kernels = new Map<string, JudgedBy>();
    let planned = 0;
    let written = 0;
    let unreasoned = 0;
    for (const machine of machines) {
      const { version } = versionOf(machine);
      const judged = kernels.get(version) ?? under(version);
      kernels.set(version, judged);
      for (const name of ends(machine)) {
        const made = plan(machine, [name], judged);
        if (made.kind === 'refused') unreasoned += made.reasons.length === 0 ? 1 : 0;
        if (made.kind === 'refused') continue;
        planned++;
        written += made.there.length + made.back.length;
        // What the last line looks at is what the writes are about.
        expect(made.check.length).toBe(new Set(made.there.map(({ device }) => device)).size);
      }
    }
    expect(unreasoned).toBe(0);
    expect(planned).toBeGreaterThan(80);
    expect(written).toBeGreaterThan(planned);
  });
});

/** The first and the last device of each group. */
function ends({ devices }: FoundMachine): readonly string[] {
  const groups = new Set(devices.map(({ group }) => group?.is));
  return [...groups].flatMap((number) => {
    const members = devices.filter(({ group }) => group?.is === number).map(({ name }) => name);
    return [...new Set([members[0]!, members.at(-1)!])];
  });
}

describe('for a shell', () => {
  const odd = 'it\'s; touch $(echo PWNED) `id` \\c "*" -n';
  it('a word that means nothing there is as it is, any other is in quotes', () => {
    expect(quoted('/sys/bus/pci/devices/0000:80:1f.4/driver_override')).toBe(
      '/sys/bus/pci/devices/0000:80:1f.4/driver_override',
    );
    expect(quoted('Digigram VX222')).toBe("'Digigram VX222'");
    expect([echoed('vfio-pci'), echoed('')]).toEqual(['echo vfio-pci', 'echo']);
  });
  it.each(['sh', 'bash'])('%s takes any line for what it is', (shell) => {
    const printed = (line: string): string => execFileSync(shell, ['-c', echoed(line)], { encoding: 'utf8' });
    for (const line of [odd, '-n', '-e \\c', "'", 'a  b', '~', '#', '$HOME', '!!', 'x;touch${IFS}y;:', ''])
      expect(printed(line)).toBe(`${line}\n`);
  });

  it('names of evidence are quoted in the words of tools, too', () => {
    const named = found(['1 x;id;.dev nvme']);
    const bus = { is: 'platform', from: { file: '' } };
    const machine = { ...named, devices: named.devices.map((device) => ({ ...device, bus })) };
    const made = plan(machine, ['x;id;.dev'], under('6.12')) as Planned;
    expect(asCommands(made, 'driverctl', machine)).toMatchObject({
      there: ["driverctl -b platform --nosave set-override 'x;id;.dev' vfio-platform"],
      back: ["driverctl -b platform --nosave unset-override 'x;id;.dev'"],
    });
  });

  it('modprobe.d is given names of modules, and no others', () => {
    const sound = { '0000:01:00.0': { ids: '1:2', driver: 'Digigram VX222' } };
    const machine = found(['1 0000:01:00.0 -'], { facts: sound });
    const { there, says } = asCommands(plan(machine, ['0000:01:00.0'], under('6.12')) as Planned, 'cmdline', machine);
    expect(there).toEqual(['vfio-pci.ids=1:2']);
    expect(says.join()).toMatch(/nothing tells which module takes 0000:01:00.0 at boot/);
  });
});

describe('in the words of a tool', () => {
  const machine = found(['19 0000:80:1f.4 i801_smbus', '19 0000:80:1f.6 e1000e', '20 0000:81:00.0 e1000e'], {
    facts: {
      '0000:80:1f.4': { ids: '8086:a323' },
      '0000:80:1f.6': { ids: '8086:15bc' },
      '0000:81:00.0': { ids: '8086:15bc' },
    },
  });
  const made = plan(machine, ['0000:80:1f.6'], under('6.12')) as Planned;
  it('driverctl', () =>
    expect(asCommands(made, 'driverctl', machine).there).toEqual([
      'driverctl --nosave set-override 0000:80:1f.4 vfio-pci',
      'driverctl --nosave set-override 0000:80:1f.6 vfio-pci',
    ]));
  it('libvirt', () =>
    expect(asCommands(made, 'libvirt', machine).back).toEqual([
      'virsh nodedev-reattach pci_0000_80_1f_6',
      'virsh nodedev-reattach pci_0000_80_1f_4',
    ]));
  it('a bridge that has to be free of its driver gets none: vfio-pci takes no bridge', () => {
    const bridged = found(['15 0000:04:00.0 shpchp', '15 0000:05:00.0 vfio-pci', '15 0000:05:00.1 nvme'], {
      facts: {
        '0000:04:00.0': { class: '060400', ids: '1022:43c7' },
        '0000:05:00.0': { ids: '10de:1234' },
        '0000:05:00.1': { ids: '144d:a808' },
      },
    });
    const free = plan(bridged, ['0000:05:00.0'], under('6.1')) as Planned;
    expect(asCommands(free, 'driverctl', bridged)).toMatchObject({
      there: [
        'driverctl --nosave set-override 0000:04:00.0 none',
        'driverctl --nosave set-override 0000:05:00.1 vfio-pci',
      ],
      check: [
        { device: '0000:04:00.0', driver: null },
        { device: '0000:05:00.1', driver: 'vfio-pci' },
      ],
    });
    for (const idiom of ['libvirt', 'cmdline'] as const)
      expect(() => asCommands(free, idiom, bridged)).toThrow(
        new RegExp(`^--for ${idiom}: 0000:04:00.0 is a bridge that has to be free of shpchp;.*takes no bridge`),
      );
  });

  it('the command line is for what was set aside by hand, too: at the next boot its own driver has it again', () => {
    const byHand = found(['1 0000:00:01.0 pcieport', '1 0000:01:00.0 vfio-pci', '1 0000:01:00.1 snd_hda_intel'], {
      facts: { '0000:01:00.0': { ids: '10de:1c03' }, '0000:01:00.1': { ids: '10de:10f1' } },
    });
    const half = plan(byHand, ['0000:01:00.0'], under('6.12')) as Planned;
    const { there, check, says } = asCommands(half, 'cmdline', byHand);
    expect(there).toEqual(['vfio-pci.ids=10de:1c03,10de:10f1', 'softdep snd_hda_intel pre: vfio-pci']);
    expect(check.map(({ device, driver }) => [device, driver])).toEqual([
      ['0000:01:00.0', 'vfio-pci'],
      ['0000:01:00.1', 'vfio-pci'],
    ]);
    expect(says.join()).toMatch(/nothing tells which module takes 0000:01:00.0 at boot/);

    const modules = { '0000:01:00.0': { ids: '10de:1c03', modules: ['nouveau'] } };
    const done = found(['1 0000:01:00.0 vfio-pci'], { facts: modules });
    const nothing = plan(done, ['0000:01:00.0'], under('6.12')) as Planned;
    expect(asCommands(nothing, 'cmdline', done).there).toEqual([
      'vfio-pci.ids=10de:1c03',
      'softdep nouveau pre: vfio-pci',
    ]);
    expect(asCommands(nothing, 'libvirt', done).there).toEqual([]);
  });

  it('the command line takes every device with the id, and so not this one', () => {
    expect(() => asCommands(made, 'cmdline', machine)).toThrow(/would also take 0000:81:00.0, which has the same id/);
    const alone = { ...machine, devices: machine.devices.slice(0, 2) };
    expect(asCommands(made, 'cmdline', alone).there).toEqual([
      'vfio-pci.ids=8086:a323,8086:15bc',
      'softdep i801_smbus pre: vfio-pci',
      'softdep e1000e pre: vfio-pci',
    ]);
  });

  it('the way back from a command line is no command, and a comment', () => {
    const alone = { ...machine, devices: machine.devices.slice(0, 2) };
    expect(asCommands(made, 'cmdline', alone).back).toEqual([expect.stringMatching(/^# take these lines out/)]);
  });

  it('an id that nothing tells is not taken for the one of the example', () => {
    const untold = found(['1 0000:01:00.0 igb']);
    const one = plan(untold, ['0000:01:00.0'], under('6.12')) as Planned;
    expect(() => asCommands(one, 'cmdline', untold)).toThrow(/of 0000:01:00\.0; lspci -nn does, as in \[8086:a323\]$/);
  });
});
