import type { Bus, Machine, Operation, Principle, Strategy } from '@busward/core';
import type { Fact } from '@busward/explorer';

/** A machine, who does what to it, and what is said of every way in which that can go: our word for a litmus test. */
export interface Scenario {
  readonly file: string;
  /** The question it answers, in one sentence. */
  readonly question: string;
  /** Commits, files and functions, or Message-Ids. */
  readonly sources: readonly string[];
  /** What it tells, where it is shown to people: a bug, a user's case. */
  readonly story?: Story;
  readonly machine: Machine;
  /** Done one after the other before anybody else moves; each has to succeed. */
  readonly before: readonly Operation[];
  readonly actors: readonly Actor[];
  readonly condition: Condition;
  readonly expect: readonly Expectation[];
}

interface Story {
  /** `M01`, in kernel-facts' numbering. */
  readonly id?: string;
  readonly title?: string;
  readonly text?: string;
}

export interface Actor {
  readonly name: string;
  readonly operations: readonly Operation[];
}

/**
 * never: in no execution do the facts come together, although `when` does in some. sometimes: in some they do.
 * always: at the end of each execution they all hold, and none ends by a crash.
 */
export interface Condition {
  readonly kind: 'never' | 'sometimes' | 'always';
  readonly facts: readonly Said[];
  /** What has to be possible for 'never' to mean anything; empty for the others. */
  readonly when: readonly Said[];
}

/** A fact, and its words in the file. */
export interface Said {
  readonly text: string;
  readonly fact: Fact;
}

export interface Expectation {
  /** As {@link variantOf} reads it. */
  readonly variant: string;
  readonly verdict: 'holds' | 'fails';
}

/** What a scenario file can speak of. */
export interface Vocabulary {
  readonly buses: readonly Bus[];
  readonly strategies: readonly Strategy[];
  readonly principles: readonly Principle[];
}
