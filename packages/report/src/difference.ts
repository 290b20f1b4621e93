import type { Machine } from '@busward/core';
import type {
  Diff,
  Difference,
  Different,
  Finding,
  Pair,
  Parting,
  Restriction,
  Seen,
  Standing,
} from '@busward/explorer';
import { match } from 'ts-pattern';
import { wrap, type Page } from './columns.ts';
import { witnessLines } from './witness.ts';

/** A diff as text: what was found, the scenarios that show it with both traces, and the bound. */
export function diffText(diff: Diff, page: Page): string {
  const { sides, finding, restriction, bound, machines, states } = diff;
  const lines = [
    ...wrap(`${sides[0]} and ${sides[1]}: ${headlineOf(finding)}`, page.width),
    ...match(finding)
      .with({ kind: 'different' }, (different) => differentLines(different, diff, page))
      .with({ kind: 'same outcomes, different choices' }, ({ parting }) => partingLines(parting, sides, page))
      .with({ kind: 'same' }, () => [])
      .with({ kind: 'undecided' }, () => [])
      .exhaustive(),
    ...(restriction ? restrictionLines(restriction, sides, page) : []),
    '',
    'Bound',
    ...bound.flatMap((sentence) => wrap(sentence, page.width, '  - ', '    ')),
    ...wrap(`${count(machines, 'machine')} compared, ${count(states, 'state')} visited`, page.width, '  - ', '    '),
  ];
  return `${lines.join('\n')}\n`;
}

const headlineOf = (finding: Finding): string =>
  match(finding)
    .with({ kind: 'different' }, () => 'different')
    .with({ kind: 'same outcomes, different choices' }, ({ kind }) => kind)
    .with({ kind: 'same' }, () => 'the same, within the bound')
    .with({ kind: 'undecided' }, ({ covered }) => `undecided, ${covered}`)
    .exhaustive();

function differentLines(different: Different, { sides, principles }: Diff, page: Page): readonly string[] {
  const { differences, smallest, standing, breaks } = different;
  const judged = principles.length === 1 ? `, by ${principles[0]!.id}` : '';
  return [
    ...wrap(`${standingText(standing, sides)}${judged}`, page.width),
    ...breaksLines(breaks, sides, 'whatever is done', page),
    ...differences.flatMap((difference, at) => [
      '',
      ...wrap(titleOf(difference, at, differences.length, smallest), page.width),
      ...differenceLines(difference, sides, page),
    ]),
  ];
}

/** `cdx is weaker than platform`. */
export const standingText = (standing: Standing, [first, second]: Pair<string>): string =>
  match(standing)
    .with('first is weaker', () => `${first} is weaker than ${second}`)
    .with('second is weaker', () => `${second} is weaker than ${first}`)
    .with('incomparable', () => 'neither is weaker: each breaks a principle that the other keeps')
    .with('neither', () => 'neither is weaker: they break the same principles')
    .exhaustive();

function titleOf({ operations }: Difference, at: number, of: number, smallest: boolean): string {
  const size = count(operations, 'operation');
  if (of > 1) return `${at + 1} of ${of}: ${size}`;
  return smallest
    ? `The smallest scenario that tells them apart takes ${size}; nothing smaller does`
    : `A scenario that tells them apart takes ${size}; there may be a smaller one`;
}

function differenceLines(difference: Difference, sides: Pair<string>, page: Page): readonly string[] {
  const { machine, before, by, shows, instead, traces, standing } = difference;
  const other = by === 0 ? 1 : 0;
  return [
    ...machineLines(machine, sides, page),
    ...wrap(`after ${before.length === 0 ? 'nothing' : callsOf(before, sides)}`, page.width, '  ', '    '),
    ...wrap(`${sides[by]} can show: ${shows}`, page.width, '  ', '    '),
    ...wrap(
      `${sides[other]} cannot${instead.length > 0 ? `, but: ${instead.join(' or ')}` : ', nor anything in its place'}`,
      page.width,
      '  ',
      '    ',
    ),
    ...wrap(`here ${standingText(standing, sides)}`, page.width, '  ', '    '),
    ...breaksLines([traces[0].breaks, traces[1].breaks], sides, 'here', page, '  '),
    ...traces.flatMap(({ witness, differsAt }, side) =>
      witness.steps.length === 0
        ? []
        : ['', `  ${sides[side]}`, ...indented(witnessLines(witness, { ...page, width: page.width - 4 }, differsAt))],
    ),
  ];
}

function restrictionLines(restriction: Restriction, sides: Pair<string>, page: Page): readonly string[] {
  const [first, second] = sides;
  return match(restriction)
    .with({ kind: 'admits nothing more' }, () => [
      '',
      ...wrap(
        `${first} admits nothing that ${second} does not: whatever it does, one operation after the other and what it refuses left out, the other can do`,
        page.width,
      ),
    ])
    .with({ kind: 'admits more' }, ({ difference }) => [
      '',
      ...wrap(`${first} admits what ${second} does not:`, page.width),
      ...differenceLines(difference, sides, page),
    ])
    .with({ kind: 'undecided' }, () => ['', ...wrap(`whether ${first} admits more is undecided`, page.width)])
    .exhaustive();
}

/** What was called, in order; answers and changes are in the traces. */
const callsOf = (before: readonly Seen[], sides: Pair<string>): string =>
  before
    .filter(({ text }) => text.startsWith('call: '))
    .map(({ text, passedOverBy }) =>
      passedOverBy === undefined ? text.slice(6) : `${text.slice(6)} (${sides[passedOverBy]} cannot)`,
    )
    .join(', ');

function machineLines([first, second]: Pair<Machine>, sides: Pair<string>, page: Page): readonly string[] {
  if (first.name === second.name) return wrap(`on ${first.name}`, page.width, '  ', '    ');
  return [first, second].flatMap((one, side) => wrap(`${sides[side]} on ${one.name}`, page.width, '  ', '    '));
}

function breaksLines(
  breaks: Pair<readonly string[]>,
  sides: Pair<string>,
  when: string,
  page: Page,
  indent = '',
): readonly string[] {
  const [first, second] = breaks;
  if (first.length + second.length === 0) return wrap(`no principle is broken ${when}`, page.width, indent);
  return breaks.flatMap((ids, side) =>
    wrap(
      `${sides[side]} breaks ${ids.length === 0 ? 'none' : ids.join(' ')}, ${when}`,
      page.width,
      indent,
      `${indent}  `,
    ),
  );
}

function partingLines(
  { machine, operations, before, traces, can }: Parting,
  sides: Pair<string>,
  page: Page,
): readonly string[] {
  return [
    '',
    ...wrap(`Where they part, after ${count(operations, 'operation')}:`, page.width),
    ...machineLines(machine, sides, page),
    ...wrap(`after ${before.join('; ')}`, page.width, '  ', '    '),
    ...traces.flatMap((witness, side) => [
      '',
      ...wrap(
        `${sides[side]} can be where it can still show: ${can[side]!.join('; ') || 'nothing'}`,
        page.width,
        '  ',
        '    ',
      ),
      ...(witness.steps.length > 0 ? indented(witnessLines(witness, { ...page, width: page.width - 4 })) : []),
    ]),
  ];
}

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `    ${line}`);

const count = (many: number, what: string): string => `${many.toLocaleString('en')} ${what}${many === 1 ? '' : 's'}`;
