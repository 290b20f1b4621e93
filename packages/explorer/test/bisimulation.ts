import type { Compiled } from '@busward/explorer';
import { forEachMove } from '../src/tables/moves.ts';

/** A labelled transition system; the first state is the initial one. */
export interface Lts {
  readonly states: readonly {
    readonly observed: string;
    readonly edges: readonly (readonly [label: string, to: number])[];
  }[];
}

/** Every reachable state, with all variables observed and each transition labelled by what was done. */
export function ltsOf(compiled: Compiled): Lts {
  const cells = compiled.cells.length;
  const numbers = new Map<string, number>([[compiled.initial.join(), 0]]);
  const rows = [compiled.initial];
  const states: { observed: string; edges: [string, number][] }[] = [];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!.slice();
    const edges: [string, number][] = [];
    states.push({ observed: row.subarray(0, cells).join(), edges });
    forEachMove(compiled, row, (move) => {
      const key = row.join();
      let to = numbers.get(key);
      if (to === undefined) {
        numbers.set(key, (to = rows.length));
        rows.push(row.slice());
      }
      const next = move.at.next[move.outcome];
      edges.push([JSON.stringify([move.start !== undefined, move.at.operation, move.at.name, next?.result]), to]);
    });
  }
  return { states };
}

/** Strong bisimulation by naive partition refinement: split by what is seen, then by where transitions lead. */
export function bisimilar(a: Lts, b: Lts): boolean {
  const all = [
    ...a.states,
    ...b.states.map(({ observed, edges }) => ({
      observed,
      edges: edges.map(([label, to]) => [label, to + a.states.length] as const),
    })),
  ];
  let classes = numbered(all.map(({ observed }) => observed));
  for (;;) {
    const finer = numbered(
      all.map(
        ({ edges }, at) =>
          `${classes[at]} ${[...new Set(edges.map(([label, to]) => `${label} ${classes[to]}`))].toSorted().join()}`,
      ),
    );
    if (new Set(finer).size === new Set(classes).size) return classes[0] === classes[a.states.length];
    classes = finer;
  }
}

function numbered(keys: readonly string[]): readonly number[] {
  const numbers = new Map<string, number>();
  return keys.map((key) => {
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key)!;
  });
}
