import {
  assemble,
  blamed,
  hooksOf,
  unfold,
  type Bus,
  type Device,
  type Machine,
  type Place,
  type Program,
  type Strategy,
} from '@busward/core';
import { groupBy } from '../group-by.ts';
import { mindedOf, mindedSoFar } from './minded.ts';

/** Devices of a group that can change places without anything being different but names. */
export interface Kind {
  readonly group: string | undefined;
  readonly devices: readonly Device[];
  readonly likeness: Likeness;
  /** What core knows of each but for names. */
  readonly statics: string;
  /** Between which members that refuse a domain it stands. */
  readonly stretch: number;
  /** They differ in bus, role or what refinements look at, kind by kind: whether anything comes of that is seen by who looks at them. */
  readonly of?: readonly Kind[];
}

/** What the devices of a kind have in common. */
interface Likeness {
  /** What is known of each but for names, what its binds do, and whether refinements look at one for another. */
  readonly what: string;
  /** Devices of other kinds that refinements look at for one of these, and that look at these. */
  readonly looksAt: readonly string[];
  readonly seenBy: readonly string[];
}

/**
 * Sorts the devices of a machine by who is like whom. Two devices of a group are alike if they are on one bus in one
 * role, and what is known of them and of their drivers is the same but for names; if refinements look at both or at
 * neither, and they at the same others; if what a bind of them does is the same, step by step; if they have the same of what was
 * seen to be minded under the strategy ({@link mindedOf}); and if no member that refuses a domain makes a difference between them,
 * since groups are moved in order. A device without a group is alone.
 */
export function kindsOf(machine: Machine, buses: readonly Bus[], strategy: Strategy): readonly Kind[] {
  const own = buses.filter(({ name }) => machine.devices.some(({ bus }) => bus === name));
  const before = sorted.get(machine) ?? [];
  const minded = mindedSoFar(strategy);
  const known = before.find(
    (one) =>
      one.strategy === strategy &&
      one.minded === minded &&
      one.buses.length === own.length &&
      own.every((bus) => one.buses.includes(bus)),
  );
  if (known) return known.kinds;
  const kinds = sort(machine, own, strategy);
  sorted.set(machine, [...before, { strategy, minded, buses: own, kinds }]);
  return kinds;
}

/** To unfold the binds of each of a hundred devices takes longer than all that comes after. */
const MANY = 16;

/** Each way to look at a machine asks for its kinds, and unfolding binds takes a while. */
const sorted = new WeakMap<
  Machine,
  readonly {
    readonly strategy: Strategy;
    /** How much was minded by then. */
    readonly minded: number;
    readonly buses: readonly Bus[];
    readonly kinds: readonly Kind[];
  }[]
>();

function sort(machine: Machine, buses: readonly Bus[], strategy: Strategy): readonly Kind[] {
  const looks = looksOf(machine, buses);
  const texts = new Map(
    machine.devices.map((device) => [device, `${kindOf(device, buses)} ${mindedOf(device, strategy)}`]),
  );
  const binds = new Map<string, string>();
  const groups = groupBy(machine.devices, ({ group }) => group);
  return [undefined, ...machine.groups].flatMap((group): readonly Kind[] => {
    const members = machine.devices.filter((device) => device.group === group);
    const stretches = stretchesOf(members);
    const rough = [
      ...groupBy(members, (device) =>
        group === undefined ? device.name : `${stretches.get(device)} ${texts.get(device)}`,
      ).values(),
    ];
    return rough.flatMap((alike) => {
      const among = new Set(alike);
      return [...groupBy(alike, (device) => `${bindOf(device)} ${looks(device, among).text}`).values()].map(
        (devices) => {
          const { at, by, each } = looks(devices[0]!, new Set(devices));
          const what = `${texts.get(devices[0]!)} ${bindOf(devices[0]!)} ${each}`;
          const statics = `${staticsOf(devices[0]!)} ${mindedOf(devices[0]!, strategy)}`;
          const stretch = stretches.get(devices[0]!) ?? 0;
          return { group, devices, statics, stretch, likeness: { what, looksAt: at, seenBy: by } };
        },
      );
    });
  });

  /**
   * A member that refuses a domain stops a move: those before it are moved, and moved back, and those after it are not. So
   * devices fare differently on two sides of one that refuses, up to the first that is a member from the start on, as nothing
   * that is looked at takes it away: no move goes past that one, and all who refuse after it, and all others, are alike.
   */
  function stretchesOf(members: readonly Device[]): ReadonlyMap<Device, number> {
    const { iommu } = strategy.surroundings;
    const mayRefuse = ({ direct, failsToAttach }: Device): boolean =>
      (direct && iommu.sparesDirect) || failsToAttach !== undefined;
    if (!members.some(mayRefuse)) return new Map(members.map((device) => [device, 0]));
    const { layout } = assemble(machine, strategy, buses, { kind: 'open', inFlight: 1, menu: [] }).kernel;
    const last = members.findIndex((device) => mayRefuse(device) && layout.device(device.name).member.initial);
    const stretches: number[] = [];
    members.forEach((device, at) => {
      const isOther = at > 0 && mayRefuse(device) !== mayRefuse(members[at - 1]!);
      stretches.push(
        last >= 0 && at > last
          ? stretches[last]! + (mayRefuse(device) ? 0 : 1)
          : (stretches.at(-1) ?? 0) + Number(isOther),
      );
    });
    return new Map(members.map((device, at) => [device, stretches[at]!]));
  }

  /** What its binds do, as text. In a group of many, devices that differ in nothing but names are asked once. */
  function bindOf(device: Device): string {
    const isOfMany = groups.get(device.group)!.length > MANY;
    const shown = JSON.stringify([texts.get(device), device.facts, isOfMany ? undefined : device.name]);
    const known = binds.get(shown);
    if (known !== undefined) return known;
    const text = bindText(machine, device, strategy, buses);
    binds.set(shown, text);
    return text;
  }
}

/** The kinds, with those of a group that core knows nothing different of, on whatever bus, taken as one where it may be. */
export const takenAsOne = (kinds: readonly Kind[], mayBe: (all: Kind) => boolean): readonly Kind[] =>
  [...groupBy(kinds, ({ group, stretch, statics }) => `${group} ${stretch} ${statics}`).values()].flatMap(
    (of): readonly Kind[] => {
      const all = { ...of[0]!, devices: of.flatMap(({ devices }) => devices), of };
      return of.length > 1 && all.group !== undefined && mayBe(all) ? [all] : of;
    },
  );

/** All such. Whoever exchanges their devices has to see to it that nothing comes of that. */
export const loosened = (kinds: readonly Kind[]): readonly Kind[] => takenAsOne(kinds, () => true);

/** What tells two devices of a group apart, but for their names. */
function kindOf(device: Device, buses: readonly Bus[]): string {
  const bus = buses.find((one) => one.name === device.bus);
  return JSON.stringify([device.bus, bus?.role?.(device) ?? '', staticsOf(device)]);
}

function staticsOf(device: Device): string {
  const drivers = device.drivers.map((driver) => ({ ...driver, name: '' }));
  const { name: _, facts: __, group: ___, bus: ____, drivers: _____, ...rest } = device;
  return JSON.stringify([rest, drivers]);
}

/** A domain that is named after its device tells it from the others. */
export const namesDomain = ({ drivers }: Device): boolean =>
  drivers.some((driver) => !driver.managesDma && driver.ownDomain !== undefined);

/** The devices that its bus's refinement looks at. What is no list of devices is an error where it is asked for. */
export function looksAt(device: Device, { devices }: Machine, buses: readonly Bus[]): readonly Device[] {
  const bus = buses.find(({ name }) => name === device.bus);
  const seen: unknown = bus?.refine && blamed(`bus '${bus.name}', refine`, () => bus.refine!.of(device, devices));
  return Array.isArray(seen) ? devices.filter((one) => seen.includes(one)) : [];
}

/** Whether a bus that the machine has devices on refines the check: what it makes of them is its own. */
export const isRefined = ({ devices }: Machine, buses: readonly Bus[]): boolean =>
  buses.some(({ name, refine }) => refine !== undefined && devices.some(({ bus }) => bus === name));

interface Looks {
  readonly at: readonly string[];
  readonly by: readonly string[];
  /** Those that it may be like are among them. */
  readonly each: boolean;
  readonly text: string;
}

/** Which others its bus's refinement looks at, and whose look at it, outside those that it may be like; and all as text. */
function looksOf(machine: Machine, buses: readonly Bus[]) {
  const at = new Map<Device, readonly Device[]>();
  const by = new Map<Device, Device[]>();
  for (const device of machine.devices) {
    const seen = looksAt(device, machine, buses);
    at.set(device, seen);
    for (const one of seen) by.set(one, [...(by.get(one) ?? []), device]);
  }
  return (device: Device, among: ReadonlySet<Device>): Looks => {
    const told = (others: readonly Device[] = []) => {
      const inside = new Set(others.filter((one) => among.has(one)));
      const outside = others.filter((one) => !among.has(one)).map(({ name }) => name);
      // Those of one channel look at one another: with itself, each has the same set.
      if (inside.size > 0) inside.add(device);
      const names = [...inside].map(({ name }) => name).toSorted();
      return { outside, inside: inside.size, text: JSON.stringify([names, outside.toSorted()]) };
    };
    const [seen, seeing] = [told(at.get(device)), told(by.get(device))];
    const each = seen.inside + seeing.inside > 0;
    return { at: seen.outside, by: seeing.outside, each, text: `${seen.text} ${seeing.text}` };
  };
}

/** What is done with it at a bind and at its end, unfolded on a machine of its own, with the device's name left out. */
function bindText(machine: Machine, device: Device, strategy: Strategy, buses: readonly Bus[]): string {
  const own = [device, ...looksAt(device, machine, buses).slice(0, 1)];
  const alone = { ...machine, devices: own, groups: [...new Set(own.flatMap(({ group }) => group ?? []))] };
  const { kernel } = assemble(alone, strategy, buses, { kind: 'open', inFlight: 1, menu: [] });
  const [shown] = kernel.machine.devices;
  const hooks = shown!.drivers.flatMap((driver, nth) =>
    hooksOf(kernel, shown!, driver).filter(({ at }) => nth === 0 || strategy.at[at] !== undefined),
  );
  const text = hooks.map(({ run }) => textOf(run)).join('\n\n');
  return withoutNames(text, [device.name, ...device.drivers.map(({ name }) => name)]);
}

/** The program as text: its steps by number, and where each leads. */
function textOf(program: () => Program<unknown>): string {
  const places = new Map<Place, number>();
  const lines: string[] = [];
  const number = (place: Place): number => {
    const old = places.get(place);
    if (old !== undefined) return old;
    places.set(place, places.size);
    if (place.kind === 'step') {
      const next = place.next.map(number);
      lines.push(`${place.atom.key} ${place.atom.outcomes.map(String).join()} ${place.notes.join()} ${next.join()}`);
    } else lines.push(place.kind === 'done' ? `${String(place.result)} ${place.notes.join()}` : place.error.message);
    return places.get(place)!;
  };
  number(unfold(program, 'bind', 'shared'));
  return lines.join('\n');
}

/** The text with a number for each of these names wherever it stands by itself. */
function withoutNames(text: string, names: readonly string[]): string {
  const any = names.map((name) => name.replaceAll(/[^\w]/g, '\\$&')).join('|');
  return text.replaceAll(new RegExp(`(?<![\\w.-])(?:${any})(?![\\w.-])`, 'g'), (name) => `@${names.indexOf(name)}`);
}
