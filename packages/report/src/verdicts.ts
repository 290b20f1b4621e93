import { outcomes, type Outcome } from '@busward/core';
import type { Broken, ComparisonRow, Verdict } from '@busward/explorer';
import { match } from 'ts-pattern';
import type { Cell } from './columns.ts';

/** `mixed 12`: the outcome, and the steps of a shortest way to it. */
export const cellOf = (verdict: Verdict): Cell =>
  match(verdict)
    .with({ kind: 'absent' }, () => ({ text: '-' }))
    .with({ kind: 'isolated' }, () => ({ text: 'isolated', outcome: 'isolated' }))
    .with({ kind: 'undecided' }, () => ({ text: 'undecided', outcome: 'undecided' }))
    .with({ kind: 'broken' }, ({ outcome, witness, orWorse }) => ({
      text: `${shortly(outcome)} ${witness.steps.length}${orWorse ? ' or worse' : ''}`,
      outcome,
    }))
    .exhaustive();

export const shortly = (outcome: Outcome | 'undecided' | 'isolated'): string =>
  outcome === 'refused without cause' ? 'refused' : outcome;

export const brokenOf = (row: ComparisonRow): readonly Broken[] =>
  [...row.verdicts.values()].filter((verdict): verdict is Broken => verdict.kind === 'broken');

/** The worst outcome of a row, by a shortest way. */
export const worstOf = (row: ComparisonRow): Broken | undefined =>
  brokenOf(row).toSorted(
    (a, b) =>
      outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome) || a.witness.steps.length - b.witness.steps.length,
  )[0];
