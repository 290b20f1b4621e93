/** Something that is run with and without a mutant, and may tell the difference. */
export interface Trial {
  readonly name: string;
  readonly kind: 'scenario' | 'world';
  /** Deterministic. Throws what a plugin that breaks the contract makes the tool throw. */
  run(): Outcome;
}

export interface Outcome {
  /** What it says of the kernel: the scenario's verdict, or the principles that are broken there. */
  readonly verdict: string;
  /** What was explored: where it differs, something is different, seen or not. */
  readonly size: string;
}

/** Searches stop there; no trial comes near it. One that does with a mutant has noticed it. */
export const limits = { maxStates: 200_000 };

export const undecided = 'undecided';
