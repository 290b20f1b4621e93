import { PluginError } from './plugin-error.ts';
import { atomOf, isNote, type Atom, type Program } from './step.ts';

/** A point in a program: a history of outcomes, and what comes after it. */
export type Place =
  | { readonly kind: 'step'; readonly notes: readonly string[]; readonly atom: Atom; readonly next: readonly Place[] }
  | { readonly kind: 'done'; readonly notes: readonly string[]; readonly result: unknown }
  /** The program threw here: an error only if the search gets here. */
  | { readonly kind: 'throws'; readonly error: Error };

/** Where a program stands: at a step, or past its end. `notes` were passed since the last step. */
export type Standing =
  { readonly kind: 'step'; readonly notes: readonly string[]; readonly atom: Atom } | Exclude<Place, { kind: 'step' }>;

interface Taken {
  readonly key: string;
  readonly outcome: unknown;
}

const MOST_STEPS = 200;

/**
 * Runs a program once for every history of outcomes its steps can have, and returns what it does in all of them.
 * `next[i]` follows outcome `i` of the atom. Throws a {@link PluginError} when it yields something that is no step,
 * does not end, or does something else the second time.
 */
export function unfold(start: () => Program<unknown>, what: string): Place {
  const fresh = begin(start, what);
  return after([], fresh, fresh.go(undefined));

  /** `run` stands after `history`. The first branch goes on with it, each other one begins again. */
  function after(history: readonly Taken[], run: Run, here: Standing): Place {
    if (history.length > MOST_STEPS)
      throw new PluginError(
        `${what} never ends: it took ${MOST_STEPS} steps; a loop has to end, or to be an operation of its own`,
      );
    if (here.kind !== 'step') return here;
    const { atom } = here;
    const next = atom.outcomes.map((outcome, at) => {
      const longer = [...history, { key: atom.key, outcome }];
      if (at === 0) return after(longer, run, run.go(outcome));
      const again = begin(start, what);
      return after(longer, again, follow(again, longer, what));
    });
    return { ...here, next };
  }
}

/** Where a program stands after `history`; the naive interpreter is this function and nothing else. */
export const replay = (start: () => Program<unknown>, history: readonly Taken[], what: string): Standing =>
  follow(begin(start, what), history, what);

function follow(run: Run, history: readonly Taken[], what: string): Standing {
  let here = run.go(undefined);
  for (const { key, outcome } of history) {
    if (here.kind !== 'step' || here.atom.key !== key)
      throw new PluginError(
        `${what} is not deterministic: after the same outcomes it did ${key} first and ` +
          `${here.kind === 'step' ? here.atom.key : 'nothing'} then; it may depend on nothing else`,
      );
    here = run.go(outcome);
  }
  return here;
}

/** A program under way. */
export interface Run {
  /** Gives it the outcome of its step, and lets it go on to the next one. */
  go(outcome: unknown): Standing;
}

/** Starts a program, to be driven step by step. */
export function begin(start: () => Program<unknown>, what: string): Run {
  let program: Program<unknown> | undefined;
  return {
    go(outcome) {
      const notes: string[] = [];
      try {
        program ??= start();
        for (let at = program.next(outcome); ; at = program.next(undefined)) {
          if (at.done) return { kind: 'done', notes, result: at.value };
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
