import { count } from '@busward/core';
import type { Diff, Difference, Standing } from '@busward/explorer';
import { match } from 'ts-pattern';
import { placeOf, sarifOf, type SarifResult } from '../document/sarif.ts';
import { diffTitle, standingText, type Found } from './diff-document.ts';

/** A result for each difference, with a principle that the weaker side breaks as its rule. */
export function diffSarif(diff: Diff, version: string): object {
  const { restriction, principles, finding } = diff;
  const more =
    restriction?.kind === 'admits more' ? [{ ...resultOf(restriction.difference, diff), level: 'error' as const }] : [];
  return sarifOf([...resultsOf(diff), ...more], principles, finding.kind !== 'undecided', version);
}

/** What two sides come to, as results. */
export function resultsOf(diff: Found): readonly SarifResult[] {
  return match(diff.finding)
    .returnType<readonly SarifResult[]>()
    .with({ kind: 'different' }, ({ differences }) => differences.map((difference) => resultOf(difference, diff)))
    .with({ kind: 'same outcomes, different choices' }, () => [
      { ruleId: 'different', level: 'note', message: { text: diffTitle(diff) }, locations: diff.sides.map(placeOf) },
    ])
    .with({ kind: 'undecided' }, () => [
      { ruleId: 'undecided', level: 'warning', message: { text: diffTitle(diff) }, locations: diff.sides.map(placeOf) },
    ])
    .with({ kind: 'same' }, () => [])
    .exhaustive();
}

function resultOf({ traces, standing, by, shows, operations }: Difference, { sides }: Found): SarifResult {
  const weaker = weakerOf(standing);
  const [broken = 'different'] =
    weaker === undefined ? [] : traces[weaker].breaks.filter((id) => !traces[weaker === 0 ? 1 : 0].breaks.includes(id));
  return {
    ruleId: broken,
    level: weaker === undefined ? 'note' : weaker === 0 ? 'error' : 'warning',
    message: {
      text: `After ${count(operations, 'operation')} ${sides[by]} can show what ${sides[by === 0 ? 1 : 0]} never does: ${shows}. Here ${standingText(standing, [traces[0].breaks, traces[1].breaks], sides)}.`,
    },
    locations: [placeOf(sides[weaker ?? by])],
  };
}

const weakerOf = (standing: Standing): 0 | 1 | undefined =>
  standing === 'first is weaker' ? 0 : standing === 'second is weaker' ? 1 : undefined;
