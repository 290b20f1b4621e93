import { count, describeOperation } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import { forEachMove, type Move } from '../tables/moves.ts';
import { BETWEEN, type Watched } from '../search/watched.ts';

/** A labelled transition between two numbered states; 0 is the initial one. */
interface Labelled {
  readonly from: number;
  readonly to: number;
  /** The start of an operation, its result, or `i` for what nobody sees. */
  readonly label: string;
}

export interface Lts {
  readonly states: number;
  readonly transitions: readonly Labelled[];
}

/** Every state and transition, breadth first. Throws an Error where it is stopped, or there are more than `maxStates`. */
export function* ltsOf(compiled: Compiled, maxStates: number): Watched<Lts> {
  const row = compiled.initial.slice();
  const numbers = new Map([[row.join(), 0]]);
  const rows = [row.slice()];
  const crashed = new Set<number>();
  const transitions: Labelled[] = [];
  // With much in flight a single state has thousands of transitions.
  let said = 0;
  for (let from = 0; from < rows.length; from++) {
    if (from === 0 || transitions.length >= said + BETWEEN) {
      said = transitions.length;
      const stop = yield { states: rows.length, transitions: transitions.length, depth: 0, bytes: 0 };
      if (stop !== undefined) throw new Error(`stopped ${stop}; only a whole system can be exported`);
    }
    if (crashed.has(from)) continue;
    row.set(rows[from]!);
    forEachMove(compiled, row, (move) => {
      if (move.failure) return;
      const key = row.join();
      let to = numbers.get(key);
      if (to === undefined) {
        numbers.set(key, (to = rows.length));
        rows.push(row.slice());
        if (move.crashed) crashed.add(to);
      }
      transitions.push({ from, to, label: labelOf(move) });
    });
    if (rows.length > maxStates)
      throw new Error(`more than ${count(maxStates, 'state')}; export something smaller, or give --max-states`);
  }
  return { states: rows.length, transitions };
}

/** The Aldebaran format, as mCRL2 and CADP read it. */
export const autOf = ({ states, transitions }: Lts): string =>
  [
    `des (0, ${transitions.length}, ${states})`,
    ...transitions.map(({ from, to, label }) => `(${from}, ${JSON.stringify(label)}, ${to})`),
    '',
  ].join('\n');

/** A graph for Graphviz. What nobody sees has no label. */
export const dotOf = ({ states, transitions }: Lts, name: string): string =>
  [
    `digraph ${JSON.stringify(name)} {`,
    '  node [shape=circle, width=0.2, label="", fontname="sans-serif"]; edge [fontname="sans-serif", fontsize=10];',
    '  0 [shape=doublecircle];',
    ...Array.from({ length: states - 1 }, (_, at) => `  ${at + 1};`),
    ...transitions.map(
      ({ from, to, label }) => `  ${from} -> ${to}${label === 'i' ? '' : ` [label=${JSON.stringify(label)}]`};`,
    ),
    '}',
    '',
  ].join('\n');

function labelOf({ start, at, outcome, crashed }: Move): string {
  if (crashed) return `${describeOperation(at.operation)}: crash`;
  const result = at.next[outcome]?.result;
  if (start) return `${describeOperation(at.operation)}${result === undefined ? '' : ` = ${result}`}`;
  return result === undefined ? 'i' : `${describeOperation(at.operation)} = ${result}`;
}
