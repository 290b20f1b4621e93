import { cellsOf } from '../tables/cells-of.ts';
import { startsOf, type At, type Compiled } from '../tables/compile.ts';
import { groupBy } from '../group-by.ts';
import { nodesOf } from '../tables/nodes-of.ts';
import type { Situation } from '../tables/table.ts';
import { choicesOf, type Arrangement } from './arrangements.ts';

/** Devices that something is about: a bit for each, or for several of them. */
type Whom = number;
const EVERYBODY: Whom = -1;

/** Which of the devices that change places something is about. */
export interface AboutWhom {
  start(choice: number): Whom;
  node(node: number): Whom;
  /** What is read in a situation. */
  reads(situation: Situation<unknown>): Whom;
  /** All that a step does there. */
  step(one: At, situation: Situation<number>): Whom;
  /**
   * One arrangement for each way in which these devices change places: what is about them is the same in all others of
   * that way. Where they stay, nothing is different.
   */
  placed(whom: Whom): readonly Arrangement[];
}

export function aboutWhom(compiled: Compiled, arrangements: readonly Arrangement[]): AboutWhom {
  const names = [...(arrangements[0]?.devices.keys() ?? [])];
  const ofCell = new Int32Array(compiled.cells.length);
  const ofNode = new Int32Array(compiled.nodes.length);
  const ofStart = new Int32Array(startsOf(compiled).length);
  names.forEach((name, at) => {
    for (const id of cellsOf(compiled, name)) ofCell[id]! |= 1 << at;
    for (const node of nodesOf(compiled, name)) ofNode[node]! |= 1 << at;
    for (const choice of choicesOf(compiled, name)) ofStart[choice]! |= 1 << at;
  });
  const known = new Map<Whom, readonly Arrangement[]>();

  return {
    start: (choice) => ofStart[choice]!,
    node: (node) => ofNode[node]!,
    reads: ({ reads }) => ofCells(reads),
    step(one, { reads, entry: { writes, events, result } }) {
      if (events.length > 0) return EVERYBODY;
      const next = result < 0 ? undefined : one.next[result];
      return ofCells(reads) | ofCells(writes.filter((_, at) => at % 2 === 0)) | (next ? ofNode[next.to]! : 0);
    },
    placed(whom) {
      const before = known.get(whom);
      if (before) return before;
      const some = names.filter((_, at) => whom & (1 << at));
      const others = arrangements.filter(({ devices }) => some.some((name) => devices.get(name) !== name));
      const ways = groupBy(others, ({ devices }) => some.map((name) => devices.get(name)).join(' '));
      const placed = [...ways.values()].map(([first]) => first!);
      known.set(whom, placed);
      return placed;
    },
  };

  function ofCells(some: readonly number[]): Whom {
    let whom: Whom = 0;
    for (let at = 0; at < some.length; at++) whom |= ofCell[some[at]!]!;
    return whom;
  }
}
