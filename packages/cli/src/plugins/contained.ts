import { createContext, Script } from 'node:vm';
import {
  blamedOn,
  isProgram,
  PluginError,
  type Bus,
  type Device,
  type Errno,
  type GroupView,
  type Principle,
  type Program,
  type Section,
  type Strategy,
} from '@busward/core';

/** How long a function of a plugin may take, in milliseconds: what it does takes microseconds. */
export const LIMIT_MS = 5_000;

export const neverEnds = (what: string, limit = LIMIT_MS): string =>
  `${what} never ends: it was stopped after ${limit / 1000} s; a loop in it has to end`;

/**
 * The bus, or the definition of one, every function of which may do what it wants: one that does not come back is stopped,
 * and that, or what one throws, is a {@link PluginError} which names the bus, the function and the device. Costs a tenth
 * of a millisecond a call, so it is for plugins that do not come with the tool.
 */
export function containedBus<T extends Bus>(bus: T, limit = LIMIT_MS): T {
  const what = `bus '${bus.name}'`;
  const watch = toldOf(limit);
  const { refine, history, at } = bus;
  const past = new Map<Bus, Bus>();
  return Object.freeze({
    ...parts(bus, what, watch, shapes),
    ...(refine && { refine: parts(refine, `${what}, refine`, watch) }),
    ...(Array.isArray(history) && { history: history.map((one) => parts(one, what, watch, shapes)) }),
    ...(at && {
      at(version: string) {
        const then = at(version);
        past.set(then, past.get(then) ?? containedBus(then, limit));
        return past.get(then)!;
      },
    }),
  });
}

/**
 * {@link containedBus} of a strategy, or the definition of one: its verbs, its sections, and where it stands. What one of
 * them throws is an error only if the search gets there, and so left as it is.
 */
export function containedStrategy(strategy: Strategy, limit = LIMIT_MS): Strategy {
  // Which defineStrategy says better.
  if (typeof strategy.ownership !== 'function') return strategy;
  const what = `strategy '${strategy.name}'`;
  const watch = stoppedAfter(limit);
  const ownership = watched(strategy.ownership, strategy, `${what}, ownership`, watch);
  return Object.freeze({
    ...strategy,
    at: parts(strategy.at, what, watch),
    ownership(section: Section, bus: string) {
      const own = (...[at, name, outcomes, body]: SectionCall) =>
        section(at, name, outcomes, watched(body, undefined, `${what}, section ${name}`, watch));
      return parts(ownership(own as Section, bus), what, watch);
    },
  });
}

/** The arguments of a section, at a device. */
type SectionCall = [
  at: Device,
  name: string,
  outcomes: readonly Errno[],
  body: (group: GroupView | undefined) => Errno,
];

/** {@link containedBus} of a principle. */
export function containedPrinciple(principle: Principle, limit = LIMIT_MS): Principle {
  const what = `principle '${principle.id}'`;
  const untold = toldOf(limit);
  // A view that is asked for what it does not have knows nothing of who asks.
  const watch: Watch = (about, call) => {
    try {
      return untold(about, call);
    } catch (error) {
      if (!(error instanceof PluginError) || error.message.startsWith(what)) throw error;
      throw new PluginError(`${about}: ${error.message}`);
    }
  };
  const { events } = principle;
  return Object.freeze({
    ...parts(principle, what, watch),
    ...(events && { events: parts(events, `${what}, events`, watch) }),
  });
}

/** Makes a call of what is named. */
type Watch = <T>(what: string, call: () => T) => T;
type Anything = (...given: never[]) => unknown;

/** A copy, all functions of which are {@link watched}. */
function parts<T extends object>(of: T, what: string, watch: Watch, returned: Shapes = {}): T {
  if (typeof of !== 'object' || of === null) return of;
  const entries = Object.entries(of).map(([part, value]: [string, unknown]): [string, unknown] => [
    part,
    typeof value === 'function' ? watched(value as Anything, of, `${what}, ${part}`, watch, returned[part]) : value,
  ]);
  return Object.fromEntries(entries) as T;
}

/** The function, and the program that it may return, stretch by stretch from step to step. */
function watched<F extends Anything>(call: F, self: unknown, what: string, watch: Watch, shape?: Shape): F {
  return ((...given) => {
    const about = what + subjectOf(given[0]);
    const result = watch(about, () => call.apply(self, given));
    if (shape && !shape.fits(result))
      throw new PluginError(`${about}: returned ${JSON.stringify(result)}; return ${shape.write}`);
    return isProgram(result) ? driven(result, about, watch) : result;
  }) as F;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

interface Shape {
  fits(value: unknown): boolean;
  readonly write: string;
}
type Shapes = Readonly<Record<string, Shape>>;

/** What nobody else looks at before it is used, by the part of a bus that returns it. */
const shapes: Shapes = {
  isolation: {
    fits: (value) => Array.isArray(value) && value.every((key) => typeof key === 'string'),
    write: 'a list of strings, [] for no group',
  },
  firmware: {
    fits: (value) => value === undefined || (isRecord(value) && typeof value['node'] === 'string'),
    write: '{ node, id }, or undefined where firmware knows nothing of it',
  },
  example: { fits: isRecord, write: 'an object of facts' },
};

function* driven(program: Program<unknown>, what: string, watch: Watch): Program<unknown> {
  let at = watch(what, () => program.next());
  while (!at.done) {
    const outcome = yield at.value;
    at = watch(what, () => program.next(outcome));
  }
  return at.value;
}

/** ` for B`: the device, the name of one, or the group that a call is about. */
function subjectOf(given: unknown): string {
  if (typeof given === 'string') return ` for ${given}`;
  if (typeof given !== 'object' || given === null) return '';
  // What core shows a plugin may have no such part, and says so.
  for (const part of ['name', 'group'] as const)
    if (part in given) return ` for ${String((given as Record<typeof part, unknown>)[part])}`;
  return '';
}

/** What strategies threw inside a hook that called them. */
const notOfHook = new WeakSet<Error>();

const watching =
  (thrownFor: (what: string, error: unknown) => unknown) =>
  (limit: number): Watch =>
  (what, call) =>
    inTime(what, limit, () => {
      try {
        return call();
      } catch (error) {
        throw thrownFor(what, error);
      }
    });

const toldOf = watching((what, error) =>
  error instanceof Error && notOfHook.has(error) ? error : blamedOn(what, error),
);

const stoppedAfter = watching((_, error) => {
  if (error instanceof Error) notOfHook.add(error);
  return error;
});

/** The calls under way: a hook calls a verb of a strategy, which makes its section. */
const underWay: string[] = [];
let running: () => unknown;
const outside = createContext({ run: () => running() });
const script = new Script('run()');

/** One timer for a call and for what it calls in turn; the innermost is to blame. */
function inTime<T>(what: string, timeout: number, call: () => T): T {
  const depth = underWay.length;
  underWay.push(what);
  try {
    if (depth > 0) return call();
    running = call;
    return script.runInContext(outside, { timeout }) as T;
  } catch (error) {
    // What is cut off runs none of its own `finally`.
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new PluginError(neverEnds(underWay.at(-1)!, timeout));
    throw error;
  } finally {
    underWay.length = depth;
  }
}
