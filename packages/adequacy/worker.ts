import { OutOfRange, PluginError } from '@busward/core';
import { match } from 'ts-pattern';
import { watched, withMutant } from './mutants/switch.ts';
import { allTrials } from './trials/all-trials.ts';
import { undecided, type Outcome, type Trial } from './trials/trial.ts';

/* One process of the crew: the kernel that is instrumented, and every trial. */

/** count: of trials. rehearse: one without a mutant. attempt: with a mutant, trial after trial until one notices it. */
export type Job =
  | { readonly do: 'count' }
  | { readonly do: 'rehearse'; readonly trial: number }
  | { readonly do: 'attempt'; readonly mutant: string; readonly trials: readonly Rehearsed[] };

export type Answer<J extends Job> = J extends { do: 'count' }
  ? number
  : J extends { do: 'rehearse' }
    ? Rehearsal
    : Attempted;

/** What a trial says of the kernel as it is. */
export interface Rehearsed extends Outcome {
  readonly trial: number;
}

export interface Rehearsal extends Rehearsed {
  readonly name: string;
  readonly kind: Trial['kind'];
  /** The verdict that the scenario expects. */
  readonly expected?: string;
  readonly milliseconds: number;
  /** Mutants, as {@link Seen}. */
  readonly reached: readonly string[];
  readonly decided: readonly string[];
}

export interface Attempted {
  readonly noticed?: Noticed;
  /** How many trials explored something else, and said the same. */
  readonly differed: number;
  readonly tried: number;
}

export interface Noticed {
  readonly trial: number;
  readonly by: 'scenario' | 'principle' | 'contract';
  /** The verdict with the mutant, or what was thrown. */
  readonly says: string;
}

const trials = await allTrials(process.argv[2] ?? '');
process.on('message', (job: Job) =>
  process.send!(
    match(job)
      .with({ do: 'count' }, () => trials.length)
      .with({ do: 'rehearse' }, ({ trial }) => rehearse(trial))
      .with({ do: 'attempt' }, ({ mutant, trials: rehearsed }) => attempt(mutant, rehearsed))
      .exhaustive(),
  ),
);

function rehearse(trial: number): Rehearsal {
  const { name, kind, run, ...more } = trials[trial]!;
  const start = performance.now();
  const { result, seen } = watched(() => saying(name, run));
  return {
    trial,
    name,
    kind,
    ...('expected' in more && { expected: more.expected }),
    ...result,
    milliseconds: performance.now() - start,
    reached: [...seen.reached],
    decided: [...seen.decided],
  };
}

/** An unchanged kernel that throws is no kernel to begin with. */
function saying(name: string, run: () => Outcome): Outcome {
  try {
    return run();
  } catch (error) {
    throw new Error(`${name}, without any mutant`, { cause: error });
  }
}

function attempt(mutant: string, rehearsed: readonly Rehearsed[]): Attempted {
  let differed = 0;
  for (const [tried, { trial, verdict, size }] of rehearsed.entries()) {
    const { kind, run } = trials[trial]!;
    const outcome = withMutant(mutant, () => orThrown(run));
    if (typeof outcome === 'string')
      return { noticed: { trial, by: 'contract', says: outcome }, differed, tried: tried + 1 };
    if (outcome.verdict !== verdict || outcome.verdict === undecided)
      return {
        noticed: { trial, by: kind === 'scenario' ? 'scenario' : 'principle', says: outcome.verdict },
        differed,
        tried: tried + 1,
      };
    if (outcome.size !== size) differed++;
  }
  return { differed, tried: rehearsed.length };
}

/** What the mutant breaks of the contract, in words; an error of any other kind is one, too: code that cannot run. */
function orThrown(run: () => Outcome): Outcome | string {
  try {
    return run();
  } catch (error) {
    if (error instanceof PluginError || error instanceof OutOfRange) return error.message;
    return String(error);
  }
}
