import { PluginError } from './plugin-error.ts';
import { atomOf, calledBy, isNote, type Atom, type Program } from './step.ts';

/** A point in a program: a history of outcomes, and what comes after it. */
export type Place =
  | { readonly kind: 'step'; readonly notes: readonly string[]; readonly atom: Atom; readonly next: readonly Place[] }
  | { readonly kind: 'done'; readonly notes: readonly string[]; readonly result: unknown }
  /** The program threw here: an error only if the search gets here. */
  | { readonly kind: 'throws'; readonly error: Error };

/** Where a program stands: at a step, or past its end. `notes` were passed since the last step. */
export type Standing =
  { readonly kind: 'step'; readonly notes: readonly string[]; readonly atom: Atom } | Exclude<Place, { kind: 'step' }>;

/** A program that is not followed into what it calls stands at a call, too. */
type Outside = Standing | { readonly kind: 'calls'; readonly notes: readonly string[]; readonly program: Start };

type Start = () => Program<unknown>;

interface Taken {
  readonly key: string;
  readonly outcome: unknown;
}

const MOST_STEPS = 200;
const CALLED: string = 'call';

/**
 * Runs a program once for every history of outcomes its steps can have, and returns what it does in all of them.
 * `next[i]` follows outcome `i` of the atom. With 'shared', what comes after a call is run once for each result, and is
 * one and the same place after all ways to it; else every history is a place of its own. Throws a {@link PluginError}
 * when the program yields something that is no step, does not end, or does something else the second time. `see` is told of
 * each step before what comes after it is run: histories can be more than there is time for.
 */
export function unfold(
  start: Start,
  what: string,
  calls: 'shared' | 'apart' = 'apart',
  see: () => void = () => {},
): Place {
  const into = calls === 'apart';
  const fresh = run(start, what, into);
  return after([], fresh, fresh.go(undefined));

  /** `at` stands after `history`. The first branch goes on with it, each other one begins again. */
  function after(history: readonly Taken[], at: OutsideRun, here: Outside): Place {
    if (history.length > MOST_STEPS)
      throw new PluginError(
        `${what} never ends: it took ${MOST_STEPS} steps; a loop has to end, or to be an operation of its own`,
      );
    let used = false;
    const then = (key: string, outcome: unknown): Place => {
      const longer = [...history, { key, outcome }];
      if (used) {
        const again = run(start, what, into);
        return after(longer, again, follow(again, longer, what));
      }
      used = true;
      return after(longer, at, at.go(outcome));
    };
    if (here.kind === 'calls')
      return continued(unfold(here.program, what, calls, see), here.notes, (result) => then(CALLED, result));
    if (here.kind !== 'step') return here;
    see();
    const { atom } = here;
    return { ...here, next: atom.outcomes.map((outcome) => then(atom.key, outcome)) };
  }
}

/** The called program with what follows its results in the place of its ends; `notes` were passed before it. */
function continued(called: Place, notes: readonly string[], follows: (result: unknown) => Place): Place {
  const byResult = new Map<unknown, Place>();
  const grafted = new Map<Place, Place>();
  return preceded(notes, graft(called));

  function graft(place: Place): Place {
    const now = grafted.get(place) ?? grow(place);
    grafted.set(place, now);
    return now;
  }

  function grow(place: Place): Place {
    if (place.kind === 'throws') return place;
    if (place.kind === 'step') return { ...place, next: place.next.map(graft) };
    const next = byResult.get(place.result) ?? follows(place.result);
    byResult.set(place.result, next);
    return preceded(place.notes, next);
  }
}

const preceded = (notes: readonly string[], place: Place): Place =>
  notes.length === 0 || place.kind === 'throws' ? place : { ...place, notes: [...notes, ...place.notes] };

/** Where a program stands after `history`; the naive interpreter is this function and nothing else. */
export const replay = (start: Start, history: readonly Taken[], what: string): Standing =>
  follow(begin(start, what), history, what);

function follow<T extends Outside>(at: { go(outcome: unknown): T }, history: readonly Taken[], what: string): T {
  let here = at.go(undefined);
  for (const { key, outcome } of history) {
    if (keyOf(here) !== key)
      throw new PluginError(
        `${what} is not deterministic: after the same outcomes it did ${key} first and ` +
          `${keyOf(here) ?? 'nothing'} then; it may depend on nothing else`,
      );
    here = at.go(outcome);
  }
  return here;
}

function keyOf(here: Outside): string | undefined {
  if (here.kind === 'calls') return CALLED;
  return here.kind === 'step' ? here.atom.key : undefined;
}

/** A program under way. */
export interface Run {
  /** Gives it the outcome of its step, and lets it go on to the next one. */
  go(outcome: unknown): Standing;
}

interface OutsideRun {
  go(outcome: unknown): Outside;
}

/** Starts a program, to be driven step by step. */
export const begin = (start: Start, what: string): Run => run(start, what, true) as Run;

/** `into` says whether a call is gone into, or is what it stands at. */
function run(start: Start, what: string, into: boolean): OutsideRun {
  const stack: Program<unknown>[] = [];
  let started = false;
  return {
    go(outcome) {
      const notes: string[] = [];
      let given = outcome;
      try {
        if (!started) stack.push(start());
        started = true;
        for (;;) {
          const at = stack.at(-1)!.next(given);
          given = undefined;
          if (at.done) {
            if (stack.length === 1) return { kind: 'done', notes, result: at.value };
            stack.pop();
            given = at.value;
            continue;
          }
          const called = calledBy(at.value);
          if (called && !into) return { kind: 'calls', notes, program: called };
          if (called) {
            stack.push(called());
            continue;
          }
          const atom = atomOf(at.value);
          if (!atom)
            throw new PluginError(
              `${what} yielded ${describe(at.value)}, which is no step; write yield* before the call of a kernel function`,
            );
          if (!isNote(atom)) return { kind: 'step', notes, atom };
          notes.push(atom.name);
        }
      } catch (error) {
        if (error instanceof PluginError) throw error;
        return { kind: 'throws', error: error instanceof Error ? error : new Error(String(error)) };
      }
    },
  };
}

const describe = (value: unknown): string =>
  typeof value === 'object' && value !== null ? 'an object' : (JSON.stringify(value) ?? String(value));
