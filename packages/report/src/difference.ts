import type { Difference } from '@busward/passthrough';
import { section } from './inspection.ts';
import { wrap, type Page } from './columns.ts';

/** What differs between two machines, or two looks at one. */
export function differenceText(difference: Difference, page: Page): string {
  const { a, b, same, regrouped, onlyInA, onlyInB, drivers, verdicts } = difference;
  const sentences = regrouped.map(({ from, to }) => {
    const devices = from.flat().length;
    return `${parts(from)} ${from.length === 1 ? 'has' : 'have'} become ${parts(to)}, ${devices} devices: ${to.map((one) => one.join(' ')).join(' | ')}`;
  });
  const nothing = [regrouped, onlyInA, onlyInB, drivers, verdicts].every((one) => one.length === 0);
  const lines = [
    ...wrap(`${a}, and ${b}`, page.width),
    ...wrap(`${same} ${same === 1 ? 'group has' : 'groups have'} the same devices in both`, page.width),
    ...(nothing ? ['nothing differs'] : []),
    ...section('Regrouped', sentences, page),
    ...section(`In ${a} only`, listed(onlyInA), page),
    ...section(`In ${b} only`, listed(onlyInB), page),
    ...section(
      'Other drivers',
      drivers.map((one) => `${one.device}: ${one.a ?? 'none'}, then ${one.b ?? 'none'}`),
      page,
    ),
    ...section(
      'A user can own it in one only, or for another reason',
      verdicts.map((one) => `${one.devices.join(' ')}: ${one.a}; then ${one.b}`),
      page,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const parts = (groups: readonly (readonly string[])[]): string =>
  groups.length === 1 ? 'one group' : `${groups.length} groups`;

<<<<<<< HEAD
const listed = (names: readonly string[]): readonly string[] => (names.length === 0 ? [] : [names.join(' ')]);
=======
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
>>>>>>> diff
