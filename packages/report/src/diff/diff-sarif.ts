import type { Diff, Difference, Standing } from '@busward/explorer';
import { match } from 'ts-pattern';
import { diffTitle, standingText } from './diff-document.ts';

/**
 * SARIF 2.1.0 (OASIS), as code scanning reads it: a result for each difference, with the principles that the weaker side
 * breaks as its rules. There are no lines of source to point at, so places are logical: the bus, the strategy.
 */
export function diffSarif(diff: Diff, version: string): object {
  const { restriction } = diff;
  const results = [
    ...resultsOf(diff),
    ...(restriction?.kind === 'admits more'
      ? [{ ...resultOf(restriction.difference, diff), level: 'error' as const }]
      : []),
  ];
  const ids = [...new Set(results.map(({ ruleId }) => ruleId))];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'busward', version, rules: ids.map((id) => ruleOf(diff, id)) } },
        invocations: [{ executionSuccessful: diff.finding.kind !== 'undecided' }],
        results,
      },
    ],
  };
}

interface Result {
  readonly ruleId: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: { readonly text: string };
  readonly locations: readonly object[];
}

function resultsOf(diff: Diff): readonly Result[] {
  return match(diff.finding)
    .returnType<readonly Result[]>()
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

function resultOf({ traces, standing, by, shows, operations }: Difference, { sides }: Diff): Result {
  const weaker = weakerOf(standing);
  const [broken = 'different'] =
    weaker === undefined ? [] : traces[weaker].breaks.filter((id) => !traces[weaker === 0 ? 1 : 0].breaks.includes(id));
  return {
    ruleId: broken,
    level: weaker === undefined ? 'note' : weaker === 0 ? 'error' : 'warning',
    message: {
      text: `After ${operations} operation${operations === 1 ? '' : 's'} ${sides[by]} can show what ${sides[by === 0 ? 1 : 0]} never does: ${shows}. Here ${standingText(standing, sides)}.`,
    },
    locations: [placeOf(sides[weaker ?? by])],
  };
}

const weakerOf = (standing: Standing): 0 | 1 | undefined =>
  standing === 'first is weaker' ? 0 : standing === 'second is weaker' ? 1 : undefined;

const placeOf = (name: string): object => ({ logicalLocations: [{ fullyQualifiedName: name, kind: 'module' }] });

function ruleOf({ principles }: Diff, id: string): object {
  const principle = principles.find((one) => one.id === id);
  return principle
    ? { id, name: principle.name, shortDescription: { text: principle.sentence }, help: { text: principle.source } }
    : { id, shortDescription: { text: id === 'undecided' ? 'a limit was reached' : 'the two sides differ' } };
}
