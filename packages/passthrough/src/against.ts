import type { InspectedGroup, Inspection } from './inspect.ts';
import { verdictText } from './inspect.ts';

/** What differs between two machines, or between two looks at one machine. Groups are told by their devices, not their numbers. */
export interface Difference {
  readonly a: string;
  readonly b: string;
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
  /** Of devices in both, those whose group A, or B, does not tell: nothing is said of who is with them. */
  readonly untold: { readonly a: readonly string[]; readonly b: readonly string[] };
  /** How many groups have the same devices in both, and no others. */
  readonly same: number;
  readonly regrouped: readonly Regrouped[];
  /** Who was in a group of A, beside devices that are in both, and is gone. */
  readonly left: readonly Beside[];
  /** Who has come into a group of B, beside devices that are in both. */
  readonly joined: readonly Beside[];
  /** Devices in both with another driver, or one told of in both only. */
  readonly drivers: readonly { readonly device: string; readonly a: string | null; readonly b: string | null }[];
  /** Groups that were not regrouped and that a user can own in one and not in the other, by their devices in both. */
  readonly verdicts: readonly { readonly devices: readonly string[]; readonly a: string; readonly b: string }[];
}

/** Devices in one only, and those of their group that are in both. */
export interface Beside {
  readonly devices: readonly string[];
  readonly beside: readonly string[];
}

/** Groups of A that have become groups of B, the smallest such set; the devices are those of both. */
export interface Regrouped {
  readonly from: readonly (readonly string[])[];
  readonly to: readonly (readonly string[])[];
}

export function against(a: Inspection, b: Inspection): Difference {
  const inA = homes(a);
  const inB = homes(b);
  const common = new Set([...inA.keys()].filter((name) => inB.has(name)));
  const untold = { a: untoldIn(common, inA), b: untoldIn(common, inB) };
  const unsure = new Set([...untold.a, ...untold.b]);
  const told = new Set([...common].filter((name) => !unsure.has(name)));
  const regrouped: Regrouped[] = [];
  const verdicts: Difference['verdicts'][number][] = [];
  let same = 0;
  for (const devices of entangled([...told], inA, inB)) {
    const from = partsOf(devices, inA);
    const to = partsOf(devices, inB);
    if (from.length > 1 || to.length > 1) {
      regrouped.push({ from, to });
      continue;
    }
    const [left, right] = [inA.get(devices[0]!)?.group, inB.get(devices[0]!)?.group];
    if (left?.members.length === devices.length && right?.members.length === devices.length) same++;
    const [before, after] = [left, right].map((group) => (group ? verdictText(group.verdict) : 'in no group'));
    if (before !== after) verdicts.push({ devices, a: before!, b: after! });
  }
  return {
    a: a.machine,
    b: b.machine,
    onlyInA: [...inA.keys()].filter((name) => !common.has(name)),
    onlyInB: [...inB.keys()].filter((name) => !common.has(name)),
    untold,
    same,
    regrouped,
    left: newcomers(a, common, told),
    joined: newcomers(b, common, told),
    drivers: [...common].flatMap((device) => {
      const [left, right] = [inA.get(device)!.driver, inB.get(device)!.driver];
      return left === undefined || right === undefined || left === right ? [] : [{ device, a: left, b: right }];
    }),
    verdicts,
  };
}

interface Home {
  /** A group, or, of a device without one, itself; absent: nothing tells a group. */
  readonly key?: string;
  readonly group?: InspectedGroup;
  readonly driver: string | null | undefined;
}

function homes({ groups, alone }: Inspection): ReadonlyMap<string, Home> {
  return new Map<string, Home>([
    ...groups.flatMap((group) =>
      group.members.map(({ name, driver }) => [name, { key: `group ${group.group}`, group, driver }] as const),
    ),
    ...alone.map(
      ({ device: { name, driver }, known }) => [name, { ...(known && { key: `alone ${name}` }), driver }] as const,
    ),
  ]);
}

const untoldIn = (common: ReadonlySet<string>, homesIn: ReadonlyMap<string, Home>): readonly string[] =>
  [...common].filter((name) => homesIn.get(name)!.key === undefined);

/** Group by group, who is in this look only, where somebody beside him is told of in both. */
const newcomers = ({ groups }: Inspection, common: ReadonlySet<string>, told: ReadonlySet<string>): readonly Beside[] =>
  groups.flatMap(({ members }) => {
    const names = members.map(({ name }) => name);
    const [devices, beside] = [names.filter((name) => !common.has(name)), names.filter((name) => told.has(name))];
    return devices.length > 0 && beside.length > 0 ? [{ devices, beside }] : [];
  });

/** Sets of devices such that whoever shares a group with one of them, in A or in B, is in the set. */
function* entangled(
  devices: readonly string[],
  inA: ReadonlyMap<string, Home>,
  inB: ReadonlyMap<string, Home>,
): Generator<readonly string[]> {
  const left = new Set(devices);
  for (const first of devices) {
    if (!left.delete(first)) continue;
    const set = [first];
    for (const one of set)
      for (const other of left)
        if (inA.get(one)!.key === inA.get(other)!.key || inB.get(one)!.key === inB.get(other)!.key) {
          left.delete(other);
          set.push(other);
        }
    yield set;
  }
}

function partsOf(devices: readonly string[], home: ReadonlyMap<string, Home>): readonly (readonly string[])[] {
  const keys = [...new Set(devices.map((name) => home.get(name)!.key))];
  return keys.map((key) => devices.filter((name) => home.get(name)!.key === key));
}
