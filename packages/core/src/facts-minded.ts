import { ownershipOf } from './contract/ownership-of.ts';
import type { Ownership, Section, Strategy } from './contract/strategy.ts';
import type { Errno } from './errno.ts';
import type { Device, Facts } from './machine.ts';
import { PluginError } from './plugin-error.ts';
import type { Program } from './step.ts';

/*
 * Whoever takes devices for one another has to know what tells them apart. What a bus's hooks do, and which devices its refinement
 * looks at, shows when they are run. What a section, a judgement or a principle makes of a device's facts does not, before it was
 * asked in every state: so it is noted which facts they look at.
 */

const mindedBy = new WeakMap<Strategy, Set<string>>();
let noted: Set<string> | undefined;

/** The facts of devices that were looked at under the strategy so far: by it, by what judges in it, by principles. */
export function factsMinded(strategy: Strategy): ReadonlySet<string> {
  const known = mindedBy.get(strategy) ?? new Set<string>();
  mindedBy.set(strategy, known);
  return known;
}

/** Runs what may make a difference between devices that nobody sees: which of their facts it looks at is noted. */
export const minding = <T>(strategy: Strategy, run: () => T): T => notingIn(factsMinded(strategy) as Set<string>, run);

/** Runs a bus's own code, of which it is seen what it does. */
export const notMinding = <T>(run: () => T): T => notingIn(undefined, run);

/** The same of programs. */
export const mindingProgram = <T>(strategy: Strategy, start: () => Program<T>): Program<T> =>
  taken((run) => minding(strategy, run), start);
export const notMindingProgram = <T>(start: () => Program<T>): Program<T> => taken(notMinding, start);

/** What the strategy's check says: each verb of it may mind facts. */
export function mindingOwnership(strategy: Strategy, section: Section, bus: string): Ownership {
  const own = ownershipOf(strategy, section, bus);
  const verbs = Object.entries(own).map(([verb, run]: [string, ((...of: unknown[]) => Program<Errno>) | undefined]) => [
    verb,
    run && ((...of: unknown[]) => mindingProgram(strategy, () => run.apply(own, of))),
  ]);
  return Object.fromEntries(verbs) as Ownership;
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

/** The device as plugins are shown it, whose facts say when they are looked at: one and the same for the same device. */
export function withFactsNoted(device: Device): Device {
  const known = withNotes.get(device) ?? Object.freeze(withoutDriver({ ...device, facts: noting(device.facts) }));
  withNotes.set(device, known).set(known, known);
  return known;
}

const withNotes = new WeakMap<Device, Device>();

/** What changes is no part of a device; `undefined` would be taken for an answer. */
const withoutDriver = (device: Device): Device =>
  Object.defineProperty(device, 'driver', {
    get() {
      throw new PluginError(
        `device '${device.name}' does not say its driver, which changes; ask group.bound(device) or group.active(device) in a ` +
          `principle, member.driver in a section, kernel.driver.read(device) in a hook`,
      );
    },
  });

const noting = (facts: Facts): Facts =>
  new Proxy(facts, {
    get(target, fact) {
      if (typeof fact === 'string') noted?.add(fact);
      return Reflect.get(target, fact) as unknown;
    },
    has(target, fact) {
      if (typeof fact === 'string') noted?.add(fact);
      return Reflect.has(target, fact);
    },
    ownKeys(target) {
      for (const fact of Object.keys(target)) noted?.add(fact);
      return Reflect.ownKeys(target);
    },
  });

function notingIn<T>(facts: Set<string> | undefined, run: () => T): T {
  const before = noted;
  noted = facts;
  try {
    return run();
  } finally {
    noted = before;
  }
}
