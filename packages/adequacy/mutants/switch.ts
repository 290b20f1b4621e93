import { PluginError } from '@busward/core';

/*
 * Which mutant is on, asked by the instrumented code at each of its places; and what was seen there while none was.
 * Module state: the instrumented modules and whoever switches are in one process, one thing after the other.
 */

/** What an unchanged run came past. */
export interface Seen {
  /** Mutants whose place was executed. */
  readonly reached: ReadonlySet<string>;
  /** ... and would have gone another way there. A run that decides none of a mutant's is the same with it. */
  readonly decided: ReadonlySet<string>;
}

let active = '';
let fuel = 0;
let seen: { readonly reached: Set<string>; readonly decided: Set<string> } | undefined;

/** Places come past until a program is said not to end; a large exploration takes a tenth. */
const FUEL = 20_000_000;

/** Runs `work` with one mutant on. */
export function withMutant<T>(id: string, work: () => T): T {
  active = id;
  fuel = FUEL;
  try {
    return work();
  } finally {
    active = '';
  }
}

/** Runs `work` with no mutant on, and says what it came past. */
export function watched<T>(work: () => T): { readonly result: T; readonly seen: Seen } {
  const here = { reached: new Set<string>(), decided: new Set<string>() };
  seen = here;
  try {
    return { result: work(), seen: here };
  } finally {
    seen = undefined;
  }
}

/** Instrumented code asks: is this mutant on? */
export function on(id: string): boolean {
  if (active === '') return false;
  if (fuel-- <= 0) throw new PluginError('the kernel never ends');
  return active === id;
}

/**
 * Instrumented code says: a condition came out so; `yes` would have forced it true, `no` false. `rest` is what counts
 * then, where the condition is one side of `&&` or `||`.
 */
export function came<T>(yes: string, no: string, value: T, rest?: () => unknown): T {
  if (!seen) return value;
  if (yes !== '') seen.reached.add(yes);
  if (no !== '') seen.reached.add(no);
  const other = value ? no : yes;
  // Asked each time: what a step reads has to be the same each time.
  if (other !== '' && (!rest || Boolean(value) !== comesTo(rest))) seen.decided.add(other);
  return value;
}

/** What cannot be asked where its guard says no decides, to be on the safe side. */
function comesTo(rest: () => unknown): boolean | undefined {
  try {
    return Boolean(rest());
  } catch {
    return undefined;
  }
}

/** Instrumented code asks whether to leave out what comes next. */
export function skips(id: string): boolean {
  if (on(id)) return true;
  seen?.reached.add(id);
  seen?.decided.add(id);
  return false;
}

/** Instrumented code gives a filter's predicate. */
export function keeping<T extends readonly unknown[]>(
  id: string,
  predicate: (...of: T) => unknown,
): (...of: T) => unknown {
  return (...of) => on(id) || came(id, '', predicate(...of));
}
