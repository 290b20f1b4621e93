import { count } from '@busward/core';
import type { Finding, Matrix, MatrixRow } from '@busward/explorer';
import { match } from 'ts-pattern';
import type { Cell } from '../columns.ts';
import { standingText } from '../diff/diff-document.ts';
import type { Block, Document } from '../document/document.ts';

/** All buses by all kernels by all principles. `differences`: only what breaks one, and only buses that stand apart. */
export function matrixDocument(matrix: Matrix, { differences = false } = {}): Document {
  const { rows, changes, bound, states } = matrix;
  const changed = changes.filter(({ finding }) => !differences || finding.kind !== 'same');
  return {
    title: 'Buses, kernels and principles',
    blocks: [
      { kind: 'paragraph', text: legendOf(matrix) },
      ...tableBlocks(matrix, differences),
      { kind: 'heading', text: 'Buses that behave alike' },
      { kind: 'list', items: rows.flatMap((row) => classTexts(row, differences)) },
      ...(changed.length === 0
        ? []
        : [
            { kind: 'heading', text: 'What changed' } as const,
            {
              kind: 'list',
              items: changed.map(
                ({ from, to, bus, finding }) => `${bus}, ${from} to ${to}: ${shortly(finding, [from, to])}`,
              ),
            } as const,
          ]),
      { kind: 'heading', text: 'Bound' },
      { kind: 'list', items: [...bound, `${count(states, 'state')} visited`] },
    ],
  };
}

function legendOf(matrix: Matrix): string {
  const kept = matrix.principles.map(({ id }) => id).filter((id) => !brokenIn(matrix).has(id));
  const undecided = undecidedIn(matrix);
  const said = [
    'x: a device of the bus takes part in breaking the principle',
    ...(undecided.length > 0 && brokenIn(matrix).size > 0 ? ['?: undecided'] : []),
    ...(kept.length === 0
      ? []
      : [
          undecided.length === 0
            ? `${kept.join(' ')} are kept by all`
            : `${kept.join(' ')} were not found to be broken, which is undecided under ${undecided.join(', ')}`,
        ]),
  ];
  return said.join('; ');
}

/** Kernels of which not all states were visited. */
const undecidedIn = ({ rows }: Matrix): readonly string[] =>
  rows.filter(({ complete }) => !complete).map(({ kernel }) => kernel);

const brokenIn = ({ rows }: Matrix): ReadonlySet<string> =>
  new Set(rows.flatMap(({ breaks }) => [...breaks.values()].flat()));

function tableBlocks(matrix: Matrix, differences: boolean): readonly Block[] {
  const { principles, rows } = matrix;
  const shown = principles.filter(({ id }) => brokenIn(matrix).has(id));
  const body = rows.flatMap((row) => breaksOf(row).filter(({ broken }) => !differences || broken.length > 0));
  const nothing = undecidedIn(matrix).length > 0 ? 'nothing was found to be broken' : 'nothing is broken';
  if (body.length === 0) return [{ kind: 'paragraph', text: nothing }];
  const head = ['under', 'buses', ...shown.map(({ id }) => id)].map((text): Cell => ({ text }));
  const cells = body.map(({ kernel, buses, broken, otherwise }) => [
    { text: kernel },
    { text: buses },
    ...shown.map(({ id, outcome }): Cell => (broken.includes(id) ? { text: 'x', outcome } : { text: otherwise })),
  ]);
  return [{ kind: 'table', rows: [head, ...cells] }];
}

/** Buses that break the same share a line. */
function breaksOf({ kernel, breaks, complete }: MatrixRow) {
  const byBroken = new Map<string, { readonly names: string[]; readonly broken: readonly string[] }>();
  for (const [bus, broken] of breaks) {
    const known = byBroken.get(broken.join()) ?? { names: [], broken };
    known.names.push(bus);
    byBroken.set(broken.join(), known);
  }
  return [...byBroken.values()].map(({ names, broken }) => ({
    kernel,
    broken,
    otherwise: complete ? '' : '?',
    buses: tellBuses(names, [...breaks.keys()]),
  }));
}

/** `all`, `all but amba`, or the names. */
function tellBuses(names: readonly string[], all: readonly string[]): string {
  const others = all.filter((name) => !names.includes(name));
  if (names.length < 2 || others.length >= names.length) return names.join(' ');
  return others.length === 0 ? 'all' : `all but ${others.join(' ')}`;
}

function classTexts({ kernel, classes, complete }: MatrixRow, differences: boolean): readonly string[] {
  const [largest, ...others] = classes;
  if (!largest || (differences && others.length === 0)) return [];
  return [
    `${kernel}: ${largest.buses.join(' ')}${complete ? '' : ' (not all states were visited)'}`,
    ...others.map(
      ({ buses, apart }) => `${kernel}, ${buses.join(' ')} apart: ${shortly(apart!, [largest.buses[0]!, buses[0]!])}`,
    ),
  ];
}

/** A finding in one sentence. */
const shortly = (finding: Finding, sides: readonly [string, string]): string =>
  match(finding)
    .with({ kind: 'different' }, ({ standing, breaks, differences: [first] }) => {
      const calls = first.before.filter(({ text }) => text.startsWith('call: ')).map(({ text }) => text.slice(6));
      const instead = first.instead.length > 0 ? `, but ${first.instead.map(quoted).join(' or ')} can` : '';
      return (
        `${standingText(standing, breaks, sides)}; after ${calls.join(', ') || 'nothing'} (${first.machine[0].name}), ` +
        `under ${sides[first.by]} ${quoted(first.shows)} can happen; under ${sides[first.by === 0 ? 1 : 0]} it cannot${instead}`
      );
    })
    .with({ kind: 'same outcomes, different choices' }, ({ kind }) => kind)
    .with({ kind: 'same' }, () => 'the same')
    .with({ kind: 'undecided' }, ({ covered }) => `undecided, ${covered}`)
    .exhaustive();

const quoted = (text: string): string => `'${text}'`;
