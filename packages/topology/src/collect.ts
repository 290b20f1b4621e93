import { match } from 'ts-pattern';
import type {
  Contradiction,
  Evidence,
  Found,
  FoundDevice,
  FoundGroup,
  FoundMachine,
  Need,
  Source,
  Unread,
} from './found.ts';
import { groupsNamed } from './groups-named.ts';
import { isName } from './name.ts';
import { inOneLine, isOneLine } from './one-line.ts';
import type { DeviceFacts, Tell } from './statement.ts';
import { isAddress, isPartOfAddress, nameInLinux } from './pci-name.ts';

/** More than any machine has; what a file says beyond that is counted, so that it cannot fill the memory. */
const most = { devices: 20_000, groups: 20_000, unread: 10_000, named: 100, contradictions: 1_000 };

/** Puts statements together into a machine. */
export interface Collection {
  readonly tell: Tell;
  readonly found: (sources: readonly Source[]) => FoundMachine;
}

interface Draft {
  readonly facts: Map<string, Found<unknown>>;
  readonly needed: Found<Need>[];
  /** The driver is one that a log has seen it with, not the one of now. */
  driverPast: boolean;
}

/** Descriptions differ from tool to tool, and modules from kernel to kernel: that is no contradiction. */
const mayDiffer = new Set(['says', 'modules']);

/** Begins with nothing; what is told of one thing twice is compared. */
export function collect(): Collection {
  const devices = new Map<string, Draft>();
  const groups = new Map<string, Map<string, Found<unknown>>>();
  const machine = new Map<string, Found<unknown>>();
  const needsTold = new Map<Need, Found<Need>>();
  const contradictions: Contradiction[] = [];
  const unread: Unread[] = [];
  const removed = new Set<string>();
  const boots = new Map<string, { readonly lines: number[]; readonly devices: number }>();
  const says = new Set<string>();
  let beyond = 0;

  const contradict = (one: Contradiction): void => {
    if (contradictions.length < most.contradictions) contradictions.push(one);
    else says.add(`more than ${most.contradictions} contradictions: the others are not listed`);
  };
  const leave = (from: Evidence, text: string, group?: string): void => {
    const about = [...new Set([...(group === undefined ? [] : [group]), ...groupsNamed(text)])].slice(0, most.named);
    if (unread.length < most.unread)
      unread.push({ ...from, text: shortened(inOneLine(text)), ...(about.length > 0 && { groups: about }) });
    else beyond++;
  };
  const draftOf = (name: string, from: Evidence, group?: string | null): Draft | undefined => {
    const known = devices.get(name);
    if (known) return known;
    if (!isName(name) || isPartOfAddress(name)) {
      leave(from, name, group ?? undefined);
      return undefined;
    }
    if (devices.size >= most.devices) {
      leave(from, name, group ?? undefined);
      says.add(`more than ${most.devices} devices: the others are not read`);
      return undefined;
    }
    const draft = { facts: new Map(), needed: [], driverPast: false };
    devices.set(name, draft);
    removed.delete(name);
    return draft;
  };
  const addFacts = (into: Map<string, Found<unknown>>, facts: object, from: Evidence, device?: string): void => {
    for (const [fact, told] of Object.entries(facts)) {
      if (told === undefined) continue;
      const is: unknown = typeof told === 'string' ? inOneLine(told) : told;
      const second = { is, from };
      const first = into.get(fact);
      const later = first && first.from.file === from.file && from.line !== undefined;
      if (first === undefined || isFuller(fact, is, first.is)) into.set(fact, second);
      else if (!mayDiffer.has(fact) && !agree(fact, first.is, is)) {
        contradict({ ...(device !== undefined && { device }), fact, first, second });
        if (later) into.set(fact, second);
      }
    }
  };

  const tell: Tell = (statement) =>
    match(statement)
      .with({ kind: 'device' }, ({ name, facts, from, past = false }) => {
        const draft = draftOf(name, from, facts.group);
        if (!draft) return;
        const wrong = Object.entries(facts).filter(([fact, is]) => !canBe(fact, is));
        for (const [fact, is] of wrong) leave(from, `${name}, ${fact} ${String(is)}`);
        const { driver, ...others }: DeviceFacts =
          wrong.length === 0
            ? facts
            : Object.fromEntries(Object.entries(facts).filter(([fact]) => !wrong.some(([one]) => one === fact)));
        addFacts(draft.facts, others, from, name);
        if (driver === undefined) return;
        const before = draft.facts.get('driver');
        const isLater = past && before?.from.file === from.file;
        if (before === undefined || (draft.driverPast && (!past || isLater))) {
          if (before?.is !== driver || !past) draft.facts.set('driver', { is: driver, from });
          draft.driverPast = past;
        } else if (!past || draft.driverPast) addFacts(draft.facts, { driver }, from, name);
      })
      .with({ kind: 'needed' }, ({ name, need, from }) => {
        const draft = draftOf(name, from);
        if (draft && !draft.needed.some(({ is }) => is === need)) draft.needed.push({ is: need, from });
        if (!needsTold.has(need)) needsTold.set(need, { is: need, from });
      })
      .with({ kind: 'need told' }, ({ need, from }) => {
        if (!needsTold.has(need)) needsTold.set(need, { is: need, from });
      })
      .with({ kind: 'group' }, ({ group, facts, from }) => {
        const known = groups.get(group) ?? new Map<string, Found<unknown>>();
        if (!groups.has(group) && groups.size >= most.groups) leave(from, `group ${group}`);
        else addFacts(groups.set(group, known).get(group)!, facts, from);
      })
      .with({ kind: 'machine' }, ({ facts, from }) => addFacts(machine, facts, from))
      .with({ kind: 'removed' }, ({ name }) => {
        if (devices.delete(name) && removed.size < most.devices) removed.add(name);
      })
      .with({ kind: 'another boot' }, ({ names, from }) => {
        let forgotten = 0;
        for (const name of names)
          if ([...(devices.get(name)?.facts.values() ?? [])].every((found) => found.from.file === from.file))
            forgotten += devices.delete(name) ? 1 : 0;
        const before = boots.get(from.file);
        boots.set(from.file, {
          lines: [...(before?.lines ?? []), from.line ?? 0].slice(-9),
          devices: (before?.devices ?? 0) + forgotten,
        });
      })
      .with({ kind: 'unread' }, ({ from, text, group }) => leave(from, text, group))
      .with({ kind: 'says' }, ({ text }) => void says.add(text))
      .exhaustive();

  return {
    tell,
    found: (sources) => {
      const list = withBridges([...devices].map(([name, draft]) => deviceOf(name, draft)));
      const model = machine.get('model') as Found<string> | undefined;
      return {
        name: model?.is ?? sources.map(({ file }) => file).join(', '),
        sources,
        ...(Object.fromEntries(machine) as Pick<FoundMachine, 'kernel' | 'model' | 'commandLine'>),
        devices: list,
        groups: Object.fromEntries([...groups].map(([name, facts]) => [name, Object.fromEntries(facts) as FoundGroup])),
        needsTold: [...needsTold.values()],
        contradictions,
        unread,
        says: [
          ...says,
          ...[...boots].map(
            ([file, { lines, devices: forgotten }]) =>
              `${file}: another boot begins in line ${lines.join(', ')}; the last one is read, and ${forgotten} devices of the others are not`,
          ),
          ...(removed.size > 0 ? [`removed again: ${few([...removed])}`] : []),
          ...saysOf(contradictions, list),
          ...(beyond > 0 ? [`${beyond} more lines speak of devices and could not be read`] : []),
        ],
      };
    },
  };
}

/** Whether a fact that is a name can be one. To driver_override anything can be written that is one line. */
function canBe(fact: string, is: unknown): boolean {
  if (fact === 'override') return is === null || isOneLine(is as string);
  if (fact === 'modules') return (is as readonly string[]).every(isName);
  return (
    !['bus', 'driver', 'parent', 'physfn'].includes(fact) || is === null || is === undefined || isName(is as string)
  );
}

/** The first names, and how many more there are. */
export const few = (names: readonly string[]): string =>
  names.length <= 12 ? names.join(', ') : `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`;

const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}...` : text);

/** A class may be told in part; and a machine with a new BIOS is the same machine. */
function agree(fact: string, one: unknown, other: unknown): boolean {
  if (fact === 'class') return String(one).startsWith(String(other));
  if (fact === 'model') return String(one).split(', BIOS ')[0] === String(other).split(', BIOS ')[0];
  return one === other;
}

/** A class of six digits says more than its first four. */
const isFuller = (fact: string, is: unknown, than: unknown): boolean =>
  fact === 'class' && is !== than && String(is).startsWith(String(than));

/** VT-d lets a user's domain replace the 1:1 regions of USB and graphics (device_rmrr_is_relaxable(), drivers/iommu/intel). */
const relaxable = /^(0c03|03)/;

function deviceOf(name: string, { facts, needed }: Draft): FoundDevice {
  const { asks, direct, ...others } = Object.fromEntries(facts) as Omit<FoundDevice, 'name' | 'needed'>;
  const judged = direct ?? (asks && others.class && { is: !relaxable.test(others.class.is), from: asks.from });
  return {
    name,
    ...others,
    ...(judged ? { direct: judged } : asks && { asks }),
    ...(needed.length > 0 && { needed }),
  };
}

/** A PCI device with a PCI device below it is a bridge; what VMD has is on a host bridge of its own, in a domain of its own. */
function withBridges(devices: readonly FoundDevice[]): readonly FoundDevice[] {
  const below = devices.flatMap(({ name, parent }) =>
    isAddress(name) && parent && isAddress(parent.is) && domainOf(name) === domainOf(parent.is) ? parent : [],
  );
  const above = new Map(below.map(({ is, from }) => [is, from]));
  return devices.map((device) => {
    const from = above.get(device.name);
    return device.class || device.bridge || !from ? device : { ...device, bridge: { is: true, from } };
  });
}

const domainOf = (address: string): string => nameInLinux(address).split(':')[0]!;

function saysOf(contradictions: readonly Contradiction[], devices: readonly FoundDevice[]): string[] {
  const about = (fact: string): readonly Contradiction[] =>
    contradictions.filter((one) => one.fact === fact && one.first.from.file !== one.second.from.file);
  const models = about('model').map(
    ({ first, second }) =>
      `${second.from.file} is about another machine than ${first.from.file}: ${String(second.is)}, not ${String(first.is)}`,
  );
  const kernels = about('kernel').map(
    ({ first, second }) =>
      `${second.from.file} is of ${String(second.is)}, ${first.from.file} of ${String(first.is)}: two boots of a machine are not one machine, read them one by one`,
  );
  const moved = about('group');
  const files = [...new Set(moved.map(({ first, second }) => `${second.from.file} than in ${first.from.file}`))];
  const asking = devices.filter(({ asks }) => asks);
  return [
    ...models,
    ...kernels,
    ...files.map(
      (file) =>
        `some devices are in other groups in ${file}; two boots of a machine are not one machine, and the groups of the first are taken`,
    ),
    ...(asking.length > 0
      ? [
          `firmware asks for 1:1 regions for ${few(asking.map(({ name }) => name))}; whether they can be given up depends on the class, ` +
            "which nothing tells ('lspci -nn' would)",
        ]
      : []),
  ];
}
