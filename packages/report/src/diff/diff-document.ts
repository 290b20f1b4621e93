import { count, type Machine } from '@busward/core';
import type {
  Beyond,
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
import type { Block, Document } from '../document/document.ts';

/** What a diff found, the scenarios that show it with both traces, and the bound. */
export function diffDocument(diff: Diff): Document {
  const { finding, restriction, bound, machines, states } = diff;
  return {
    title: diffTitle(diff),
    blocks: [
      ...match(finding)
        .with({ kind: 'different' }, (different) => differentBlocks(different, diff))
        .with({ kind: 'same outcomes, different choices' }, ({ parting }) => partingBlocks(parting, diff.sides))
        .with({ kind: 'same' }, { kind: 'undecided' }, () => [])
        .exhaustive(),
      ...(restriction ? restrictionBlocks(restriction, diff.sides) : []),
      { kind: 'heading', text: 'Bound' },
      {
        kind: 'list',
        items: [...bound, `${count(machines, 'machine')} compared, ${count(states, 'state')} visited`],
      },
    ],
  };
}

/** Two sides, and what comparing them came to. */
export type Found = Pick<Diff, 'sides' | 'finding'>;

/** `cdx and platform: different`. */
export const diffTitle = ({ sides, finding }: Found): string => `${sides[0]} and ${sides[1]}: ${headlineOf(finding)}`;

const headlineOf = (finding: Finding): string =>
  match(finding)
    .with({ kind: 'different' }, { kind: 'same outcomes, different choices' }, ({ kind }) => kind)
    .with({ kind: 'same' }, ({ by }) => `the same${by ? ` by ${by.join(' ')}` : ''}, within the bound`)
    .with({ kind: 'undecided' }, ({ covered }) => `undecided, ${covered}`)
    .exhaustive();

/** `cdx is weaker than platform`, by what each breaks. */
export const standingText = (
  standing: Standing,
  breaks: Pair<readonly string[]>,
  [first, second]: Pair<string>,
): string =>
  match(standing)
    .with('first is weaker', () => `${first} is weaker than ${second}`)
    .with('second is weaker', () => `${second} is weaker than ${first}`)
    .with('incomparable', () => 'neither is weaker: each breaks a principle that the other keeps')
    .with('neither', () =>
      breaks[0].length === 0 ? 'neither breaks a principle' : 'neither is weaker: they break the same principles',
    )
    .exhaustive();

function differentBlocks(different: Different, { sides, principles }: Diff): readonly Block[] {
  const { differences, smallest, standing, breaks } = different;
  const judged = principles.length === 1 ? `, by ${principles[0]!.id}` : '';
  const broken = breaksTexts(breaks, sides, 'can break', 'over everything that can be done');
  return [
    { kind: 'paragraph', text: `${standingText(standing, breaks, sides)}${judged}` },
    ...(broken.length > 0 ? [{ kind: 'list' as const, items: broken }] : []),
    ...differences.flatMap((difference, at) =>
      differenceBlocks(difference, sides, scenarioTitle(difference, at, differences.length, smallest)),
    ),
  ];
}

/** How large the scenario is, and whether there is a smaller one. */
export function scenarioTitle({ operations }: Difference, at: number, of: number, smallest: boolean): string {
  const size = count(operations, 'operation');
  if (of > 1) return `${at + 1} of ${of}: ${size}`;
  return smallest
    ? `The smallest scenario that tells them apart takes ${size}; nothing smaller does`
    : `A scenario that tells them apart takes ${size}; there may be a smaller one`;
}

function differenceBlocks(difference: Difference, sides: Pair<string>, title: string): readonly Block[] {
  const { machine, before, by, shows, instead, traces, standing } = difference;
  const breaks = [traces[0].breaks, traces[1].breaks] as const;
  const other = by === 0 ? 1 : 0;
  return [
    { kind: 'heading', text: title },
    {
      kind: 'list',
      items: [
        ...machineTexts(machine, sides),
        `after ${callsOf(before, sides) || 'nothing'}`,
        `${sides[by]} can show: ${shows}`,
        instead.length > 0
          ? `${sides[other]} cannot, but: ${instead.join(' or ')}`
          : `${sides[other]} never shows that at this point, nor any other difference`,
        `here ${standingText(standing, breaks, sides)}`,
        ...breaksTexts(breaks, sides, 'breaks', 'here'),
      ],
    },
    {
      kind: 'traces',
      traces: traces.map(({ witness, differsAt }, side) => ({ title: sides[side]!, witness, marked: differsAt })),
    },
  ];
}

function restrictionBlocks(restriction: Restriction, sides: Pair<string>): readonly Block[] {
  const [first, second] = sides;
  return match(restriction)
    .returnType<readonly Block[]>()
    .with({ kind: 'admits nothing more' }, ({ inFlight, undecided }) => [
      {
        kind: 'paragraph',
        text:
          `${first} admits nothing that ${second} does not, ${inFlightText(inFlight)}: ` +
          `whatever it does, what it refuses left out, the other can do`,
      },
      ...(undecided ? [{ kind: 'paragraph' as const, text: undecidedText(undecided) }] : []),
    ])
    .with({ kind: 'admits more' }, ({ difference }) =>
      differenceBlocks(difference, sides, `${first} admits what ${second} does not`),
    )
    .with({ kind: 'undecided' }, () => [{ kind: 'paragraph', text: `whether ${first} admits more is undecided` }])
    .exhaustive();
}

export const inFlightText = (inFlight: number): string =>
  inFlight === 1 ? 'one operation after the other' : `with ${inFlight} operations in flight`;

export const undecidedText = ({ inFlight, machines }: Beyond): string =>
  `${inFlightText(inFlight)} it is undecided: a limit was reached on ${machines === 1 ? 'one machine' : `${machines} machines`}`;

/** What was called, in order; answers and changes are in the traces. */
const callsOf = (before: readonly Seen[], sides: Pair<string>): string =>
  before
    .filter(({ text }) => text.startsWith('call: '))
    .map(({ text, passedOverBy }) =>
      passedOverBy === undefined ? text.slice(6) : `${text.slice(6)} (${sides[passedOverBy]} cannot)`,
    )
    .join(', ');

function machineTexts([first, second]: Pair<Machine>, sides: Pair<string>): readonly string[] {
  if (first.name === second.name) return [`on ${first.name}`];
  return [first, second].map((one, side) => `${sides[side]} on ${one.name}`);
}

/** Nothing, where neither breaks any. */
function breaksTexts(
  breaks: Pair<readonly string[]>,
  sides: Pair<string>,
  does: 'can break' | 'breaks',
  where: string,
): readonly string[] {
  if (breaks.every((ids) => ids.length === 0)) return [];
  return breaks.map((ids, side) => `${sides[side]} ${does} ${ids.join(' ') || 'none'}, ${where}`);
}

function partingBlocks(parting: Parting, sides: Pair<string>): readonly Block[] {
  const { machine, operations, before, traces, can } = parting;
  return [
    { kind: 'heading', text: `Where they part, after ${count(operations, 'operation')}` },
    {
      kind: 'list',
      items: [
        ...machineTexts(machine, sides),
        `after ${before.join('; ') || 'nothing'}`,
        ...can.map((shows, side) => `${sides[side]} can be where it can still show: ${shows.join('; ') || 'nothing'}`),
      ],
    },
    { kind: 'traces', traces: traces.map((witness, side) => ({ title: sides[side]!, witness })) },
  ];
}
