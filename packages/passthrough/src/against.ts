import type { InspectedGroup, Inspection } from './inspect.ts';
import { verdictText } from './inspect.ts';

/** What differs between two machines, or between two looks at one machine. Groups are told by their devices, not their numbers. */
export interface Difference {
  readonly a: string;
  readonly b: string;
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
  /** How many groups have the same devices in both. */
  readonly same: number;
  readonly regrouped: readonly Regrouped[];
  /** Devices in both with another driver, or one told of in both only. */
  readonly drivers: readonly { readonly device: string; readonly a: string | null; readonly b: string | null }[];
  /** Groups with the same devices in both that a user can own in one and not in the other. */
  readonly verdicts: readonly { readonly devices: readonly string[]; readonly a: string; readonly b: string }[];
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
  const regrouped: Regrouped[] = [];
  const verdicts: Difference['verdicts'][number][] = [];
  let same = 0;
  for (const devices of entangled([...common], inA, inB)) {
    const from = partsOf(devices, inA);
    const to = partsOf(devices, inB);
    if (from.length > 1 || to.length > 1) {
      regrouped.push({ from, to });
      continue;
    }
    const [left, right] = [inA.get(devices[0]!)?.group, inB.get(devices[0]!)?.group];
    if (left && right) same++;
    const [told, now] = [left, right].map((group) => (group ? verdictText(group.verdict) : 'in no group'));
    if (told !== now) verdicts.push({ devices, a: told!, b: now! });
  }
  return {
    a: a.machine,
    b: b.machine,
    onlyInA: [...inA.keys()].filter((name) => !common.has(name)),
    onlyInB: [...inB.keys()].filter((name) => !common.has(name)),
    same,
    regrouped,
    drivers: [...common].flatMap((device) => {
      const [left, right] = [inA.get(device)!.driver, inB.get(device)!.driver];
      return left === undefined || right === undefined || left === right ? [] : [{ device, a: left, b: right }];
    }),
    verdicts,
  };
}

interface Home {
  /** A group, or, of a device without one, itself. */
  readonly key: string;
  readonly group?: InspectedGroup;
  readonly driver: string | null | undefined;
}

function homes({ groups, alone }: Inspection): ReadonlyMap<string, Home> {
  return new Map<string, Home>([
    ...groups.flatMap((group) =>
      group.members.map(({ name, driver }) => [name, { key: `group ${group.group}`, group, driver }] as const),
    ),
    ...alone.map(({ device: { name, driver } }) => [name, { key: `alone ${name}`, driver }] as const),
  ]);
}

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
