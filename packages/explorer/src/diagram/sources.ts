import type { At, Compiled, Start } from '../tables/compile.ts';

/** What a slot can do at a place: the step there, or the first step of what it can start. */
export interface Source {
  /** The place, an index into the compiled nodes. */
  readonly from: number;
  readonly start: Start | undefined;
  /** The place of `start` in the menu. */
  readonly choice: number;
  readonly step: At;
}

export const sourcesOf = ({ nodes }: Compiled): readonly Source[] =>
  nodes.flatMap((node, from): readonly Source[] =>
    node.kind === 'at'
      ? [{ from, start: undefined, choice: 0, step: node }]
      : node.starts.map((start, choice) => ({ from, start, choice, step: start.first })),
  );
