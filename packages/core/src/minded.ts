import { ownershipOf } from './contract/ownership-of.ts';
import type { Ownership, Section, Strategy } from './contract/strategy.ts';
import type { Device, Driver, Facts } from './machine.ts';
import { NamelessError } from './plugin-error.ts';
import type { Program } from './step.ts';

/*
 * Whoever takes devices for one another has to know what tells them apart. What a bus's hooks do, and which devices its refinement
 * looks at, shows when they are run. What a section, a judgement or a principle makes of a device's facts, or of names, does not, before
 * it was asked in every state, of every device: so it is noted what they look at.
 */

/** What was looked at that may tell devices apart. It can only grow. */
export interface Minded {
  /** Facts of devices. */
  readonly facts: ReadonlySet<string>;
  /** Whose names: of devices, of their drivers, of their groups. */
  readonly names: ReadonlySet<Names>;
}

type Names = 'device' | 'driver' | 'group';

interface Noted extends Minded {
  readonly facts: Set<string>;
  readonly names: Set<Names>;
}

const mindedBy = new WeakMap<Strategy, Noted>();
let noted: Noted | undefined;

/** What was looked at under the strategy so far: by it, by what judges in it, by principles. */
export const mindedUnder = (strategy: Strategy): Minded => notedOf(strategy);

function notedOf(strategy: Strategy): Noted {
  const known = mindedBy.get(strategy) ?? { facts: new Set<string>(), names: new Set<Names>() };
  mindedBy.set(strategy, known);
  return known;
}

/** Runs what may make a difference between devices that nobody sees: what it looks at is noted. */
export const minding = <T>(strategy: Strategy, run: () => T): T => notingIn(notedOf(strategy), run);

/** Runs the kernel's own code, or a bus's, of which it is seen what it does. */
export const notMinding = <T>(run: () => T): T => notingIn(undefined, run);

/** The same of programs. */
export const mindingProgram = <T>(strategy: Strategy, start: () => Program<T>): Program<T> =>
  taken((run) => minding(strategy, run), start);
export const notMindingProgram = <T>(start: () => Program<T>): Program<T> => taken(notMinding, start);

/** What the strategy's check says: each verb of it may mind something. */
export const mindingOwnership = (strategy: Strategy, section: Section, bus: string): Ownership =>
  eachVerb(ownershipOf(strategy, section, bus), (start) => mindingProgram(strategy, start));

/** The kernel's own, as a strategy is given it, with something `around` each. */
export const notMindingVerbs = <V extends object>(
  verbs: V,
  around: (verb: string, program: Program<unknown>) => Program<unknown>,
): V => eachVerb(verbs, (start, verb) => around(verb, notMindingProgram(start)));

function eachVerb<V extends object>(
  verbs: V,
  taking: (start: () => Program<unknown>, verb: string) => Program<unknown>,
): V {
  const held = Object.entries(verbs).map(([verb, run]: [string, unknown]) => [
    verb,
    typeof run === 'function'
      ? (...of: unknown[]) => taking(() => run.apply(verbs, of) as Program<unknown>, verb)
      : run,
  ]);
  return Object.fromEntries(held) as V;
}

/** The program, the call of which, and each step, is taken by `taking`. */
function* taken<T>(taking: <U>(run: () => U) => U, start: () => Program<T>): Program<T> {
  const program = taking(start);
  let at = taking(() => program.next());
  while (!at.done) {
    const outcome = yield at.value;
    at = taking(() => program.next(outcome));
  }
  return at.value;
}

/** The device as plugins are shown it, which says when its facts or names are looked at: one and the same for the same device. */
export function withLooksNoted(device: Device): Device {
  const known = withNotes.get(device) ?? Object.freeze(withoutDriver(namesNoted(device)));
  withNotes.set(device, known).set(known, known);
  return known;
}

function namesNoted(device: Device): Device {
  const shown = { ...device, facts: noting(device.facts), drivers: device.drivers.map(driverNoted) };
  nameNoted(shown, 'name', 'device');
  for (const named of ['sameStreamAs', 'returnsAs'] as const) if (named in device) nameNoted(shown, named, 'device');
  return 'group' in device ? nameNoted(shown, 'group', 'group') : shown;
}

const driverNoted = (driver: Driver): Driver => Object.freeze(nameNoted({ ...driver }, 'name', 'driver'));

const nameNoted = <T extends object>(shown: T, part: keyof T, whose: Names): T => {
  const name = shown[part];
  return Object.defineProperty(shown, part, {
    enumerable: true,
    get() {
      noted?.names.add(whose);
      return name;
    },
  });
};

const withNotes = new WeakMap<Device, Device>();

/** What changes is no part of a device; `undefined` would be taken for an answer. */
export const withoutDriver = (device: Device): Device =>
  Object.defineProperty(device, 'driver', {
    get() {
      throw new NamelessError(
        `device '${device.name}' does not say its driver, which changes; ask group.bound(device) or group.active(device) in a ` +
          `principle, member.driver in a section, kernel.driver.read(device) in a hook`,
      );
    },
  });

const noting = (facts: Facts): Facts =>
  new Proxy(facts, {
    get(target, fact) {
      if (typeof fact === 'string') noted?.facts.add(fact);
      return Reflect.get(target, fact) as unknown;
    },
    getOwnPropertyDescriptor(target, fact) {
      if (typeof fact === 'string') noted?.facts.add(fact);
      return Reflect.getOwnPropertyDescriptor(target, fact);
    },
    has(target, fact) {
      if (typeof fact === 'string') noted?.facts.add(fact);
      return Reflect.has(target, fact);
    },
    ownKeys(target) {
      for (const fact of Object.keys(target)) noted?.facts.add(fact);
      return Reflect.ownKeys(target);
    },
  });

function notingIn<T>(into: Noted | undefined, run: () => T): T {
  const before = noted;
  noted = into;
  try {
    return run();
  } finally {
    noted = before;
  }
}
