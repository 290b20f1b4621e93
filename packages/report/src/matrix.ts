import type { Finding, Matrix, MatrixRow } from '@busward/explorer';
import { match } from 'ts-pattern';
import { table, wrap, type Page } from './columns.ts';
import { standingText } from './difference.ts';

/** The matrix as text. `differences`: only what breaks a principle, and only buses that stand apart. */
export function matrixText(matrix: Matrix, page: Page, { differences = false } = {}): string {
  const { principles, rows, changes, bound, states } = matrix;
  const everBroken = new Set(rows.flatMap(({ breaks }) => [...breaks.values()].flat()));
  const ids = principles.flatMap(({ id }) => (everBroken.has(id) ? [id] : []));
  const kept = principles.flatMap(({ id }) => (everBroken.has(id) ? [] : [id]));
  const body = rows.flatMap((row) => breaksOf(row).filter(({ broken }) => !differences || broken.length > 0));
  const lines = [
    ...wrap(
      `x: a device of the bus takes part in breaking the principle${kept.length > 0 ? `; ${kept.join(' ')} are kept by all` : ''}`,
      page.width,
    ),
    '',
    ...table(
      [
        ['under', 'buses', ...ids].map((text) => ({ text })),
        ...body.map(({ kernel, buses, broken }) => [
          { text: kernel },
          { text: buses },
          ...ids.map((id) => {
            const { outcome } = principles.find((one) => one.id === id)!;
            return broken.includes(id) ? { text: 'x', outcome } : { text: '' };
          }),
        ]),
      ],
      page,
    ),
    ...(body.length === 0 ? ['(nothing is broken)'] : []),
    '',
    'Buses that are one',
    ...rows.flatMap((row) => classLines(row, page, differences)),
    ...(changes.length > 0
      ? [
          '',
          'What changed',
          ...changes
            .filter(({ finding }) => !differences || finding.kind !== 'same')
            .flatMap(({ from, to, bus, finding }) =>
              wrap(`${bus}, ${from} to ${to}: ${shortly(finding, [from, to])}`, page.width, '  - ', '    '),
            ),
        ]
      : []),
    '',
    'Bound',
    ...bound.flatMap((sentence) => wrap(sentence, page.width, '  - ', '    ')),
    ...wrap(`${states.toLocaleString('en')} states visited`, page.width, '  - ', '    '),
  ];
  return `${lines.join('\n')}\n`;
}

/** Buses that break the same share a line. */
function breaksOf({ kernel, breaks }: MatrixRow) {
  const byBroken = new Map<
    string,
    { readonly kernel: string; readonly names: string[]; readonly broken: readonly string[] }
  >();
  for (const [bus, broken] of breaks) {
    const key = broken.join();
    const known = byBroken.get(key) ?? { kernel, names: [], broken };
    known.names.push(bus);
    byBroken.set(key, known);
  }
  return [...byBroken.values()].map(({ names, ...rest }) => ({
    ...rest,
    buses: tellBuses(names, [...breaks.keys()]),
  }));
}

/** `all`, `all but amba`, or the names. */
function tellBuses(names: readonly string[], all: readonly string[]): string {
  const others = all.filter((name) => !names.includes(name));
  if (names.length < 2 || others.length >= names.length) return names.join(' ');
  return others.length === 0 ? 'all' : `all but ${others.join(' ')}`;
}

function classLines({ kernel, classes, complete }: MatrixRow, page: Page, differences: boolean): readonly string[] {
  const [largest, ...others] = classes;
  if (!largest || (differences && others.length === 0)) return [];
  const undecided = complete ? '' : ' (not all states were visited)';
  return [
    ...wrap(`${kernel}: ${largest.buses.join(' ')}${undecided}`, page.width, '  - ', '    '),
    ...others.flatMap(({ buses, apart }) =>
      wrap(
        `${buses.join(' ')} apart: ${shortly(apart!, [largest.buses[0]!, buses[0]!])}`,
        page.width,
        '      ',
        '        ',
      ),
    ),
  ];
}

/** A finding in one sentence. */
const shortly = (finding: Finding, sides: readonly [string, string]): string =>
  match(finding)
    .with({ kind: 'different' }, ({ standing, differences: [first] }) => {
      const calls = first.before.filter(({ text }) => text.startsWith('call: ')).map(({ text }) => text.slice(6));
      return `${standingText(standing, sides)}; after ${calls.join(', ') || 'nothing'} (${first.machine[0].name}) ${sides[first.by]} can show ${first.shows}, ${sides[first.by === 0 ? 1 : 0]} ${first.instead.length > 0 ? first.instead.join(' or ') : 'not'}`;
    })
    .with({ kind: 'same outcomes, different choices' }, ({ kind }) => kind)
    .with({ kind: 'same' }, () => 'the same')
    .with({ kind: 'undecided' }, ({ covered }) => `undecided, ${covered}`)
    .exhaustive();

/** The matrix as plain data. */
export function matrixJson({ principles, rows, changes, bound, states }: Matrix): object {
  return {
    principles: principles.map(({ id, name, outcome }) => ({ id, name, outcome })),
    kernels: rows.map(({ kernel, breaks, classes, complete }) => ({
      kernel,
      complete,
      breaks: Object.fromEntries(breaks),
      classes: classes.map(({ buses, apart }) => ({ buses, ...(apart && { apart: findingInShort(apart) }) })),
    })),
    changes: changes.map(({ finding, ...about }) => ({ ...about, ...findingInShort(finding) })),
    bound,
    states,
  };
}

const findingInShort = (finding: Finding): object =>
  match(finding)
    .with({ kind: 'different' }, ({ kind, standing, differences: [first] }) => ({
      finding: kind,
      standing,
      operations: first.operations,
      machine: first.machine.map(({ name }) => name),
      before: first.before,
      by: first.by,
      shows: first.shows,
      instead: first.instead,
    }))
    .with({ kind: 'undecided' }, ({ kind, covered }) => ({ finding: kind, covered }))
    .otherwise(({ kind }) => ({ finding: kind }));
