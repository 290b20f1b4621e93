import type { Broken, Comparison, ComparisonRow, Verdict } from '@busward/explorer';
import { wrap, type Page } from './columns.ts';
import { brokenOf, cellOf, worstOf } from './verdicts.ts';
import { witnessLines } from './witness.ts';

interface Story {
  readonly strategy: string;
  readonly who: string;
  /** An outcome, and the bus if that stands apart. */
  readonly end: string;
  readonly broken: Broken;
}

/** Stories of the same lines. */
type Told = readonly [lines: string, sharing: readonly Story[]];

/** A shortest witness of each outcome, and of each bus that stands apart; or of `each` strategy, which share what is the same. */
export function stories(
  rows: readonly ComparisonRow[],
  moved: Comparison['moved'],
  page: Page,
  each: boolean,
): readonly string[] {
  const all = shared(storiesOf(rows, moved), page);
  const told = each ? all : all.filter((one) => one === shortest(endOf(one), all));
  const strategies = (some: readonly Told[]): readonly string[] =>
    some.flatMap(([, sharing]) => sharing.map(({ strategy }) => strategy));
  const others = [...new Set(strategies(all))].filter((name) => !strategies(told).includes(name));
  const legend = 'Steps are numbered; those that only take a lock or look at something are not shown.';
  return [
    ...told.flatMap(([lines, sharing], at) => {
      const { outcome, principle, device } = sharing[0]!.broken;
      const who = sharing.map((story) => story.who).join(', ');
      return [
        '',
        ...(at === 0 ? [...wrap(legend, page.width), ''] : []),
        ...wrap(`${who}: ${outcome} (${principle.id}, ${principle.name}) at ${device}`, page.width),
        ...wrap(principle.sentence, page.width, '  '),
        '',
        lines,
      ];
    }),
    ...(others.length > 0
      ? [
          '',
          ...wrap(
            `Others come to the same in ways of their own; to see them: --strategy ${others.join(',')}`,
            page.width,
          ),
        ]
      : []),
  ];
}

const storiesOf = (rows: readonly ComparisonRow[], moved: Comparison['moved']): readonly Story[] => [
  ...rows.flatMap((row) => worstStory(row, row.strategy.name)),
  ...(moved?.rows ?? []).flatMap((row) =>
    toldApart(row, rows).flatMap(([bus, verdict]) =>
      worstStory(
        { ...row, verdicts: new Map([[bus, verdict]]) },
        `${row.strategy.name}, ${moved!.device.name} on ${bus}`,
        ` on ${bus}`,
      ),
    ),
  ),
];

function worstStory(row: ComparisonRow, who: string, where = ''): readonly Story[] {
  const broken = worstOf(row);
  return broken ? [{ strategy: row.strategy.name, who, end: broken.outcome + where, broken }] : [];
}

function shared(all: readonly Story[], page: Page): readonly Told[] {
  const told = new Map<string, Story[]>();
  for (const story of all) {
    const lines = witnessLines(story.broken.witness, page).join('\n');
    const same = told.get(lines) ?? [];
    if (same.every(({ strategy }) => strategy !== story.strategy)) told.set(lines, [...same, story]);
  }
  return [...told];
}

const endOf = ([, [story]]: Told): string => story!.end;

const shortest = (end: string, all: readonly Told[]): Told | undefined =>
  all.filter((one) => endOf(one) === end).toSorted((a, b) => stepsOf(a) - stepsOf(b))[0];

const stepsOf = ([, [story]]: Told): number => story!.broken.witness.steps.length;

/** Buses that stand apart; or all, where the machine itself has nothing to tell of. */
function toldApart(row: ComparisonRow, rows: readonly ComparisonRow[]): readonly (readonly [string, Verdict])[] {
  const own = rows.find(({ strategy }) => strategy === row.strategy);
  if (own && brokenOf(own).length > 0) return apart(row);
  return [...row.verdicts].filter(([, { kind }]) => kind === 'broken');
}

/** Buses of a row whose verdict is not that of most. */
function apart({ verdicts }: ComparisonRow): readonly (readonly [string, Verdict])[] {
  const texts = [...verdicts.values()].map((verdict) => cellOf(verdict).text);
  const times = (one: string): number => texts.filter((text) => text === one).length;
  const [usual] = texts.toSorted((a, b) => times(b) - times(a));
  return [...verdicts].filter(([, verdict]) => cellOf(verdict).text !== usual);
}
