import { ANSWER, CALL, observationOf, OutOfRange } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import { brokenBy } from '../judging/broken-by.ts';
import type { Judges } from '../judging/judges.ts';
import type { Move } from '../tables/moves.ts';
import { tabulate, type Row } from '../tables/table.ts';
import { answerOf, callOf, endOf, type Label } from './labels.ts';

/** What is seen of a system with calls apart: of a state, and of a move to another one; nothing, if nobody can tell. */
export interface Lens {
  /** What the state shows, part by part. */
  shows(row: Row): readonly string[];
  /** `row` is the state after the move. */
  labelOf(move: Move, row: Row, before: readonly string[], after: readonly string[]): Label | undefined;
  /** Calls that one side cannot make are passed over by it: only what else is seen tells two sides apart. */
  readonly passesOver: boolean;
  /** The cells that decide what a state shows. */
  readonly cells: ReadonlySet<number>;
  /** Whether answers are seen. */
  readonly answers: boolean;
}

/** Everything that comparisons are about: calls, answers, what {@link observationOf} shows, a crash, a count out of range. */
export function behaviour({ system, cells }: Compiled): Lens {
  const parts = observationOf(system.kernel).map(({ what, touches, in: shown }) => ({
    what,
    touches,
    table: tabulate(`what ${what} shows`, cells, touches, shown),
  }));
  return {
    passesOver: false,
    cells: new Set(parts.flatMap(({ touches }) => touches.map(({ id }) => id))),
    answers: true,
    shows: (row) => parts.map(({ what, table }) => `${what}: ${table.at(row).result}`),
    labelOf({ at, outcome, crashed, failure }, _row, before, after) {
      const { operation, name, next } = at;
      if (crashed) return endOf(operation, 'crash');
      if (failure) return endOf(operation, failure instanceof OutOfRange ? `${failure.cell.name} out of range` : '');
      if (name === CALL) return callOf(operation);
      if (name === ANSWER) return answerOf(operation, next[outcome]!.result!);
      const news = after.filter((text, part) => text !== before[part]);
      return news.length === 0 ? undefined : { kind: 'change', text: news.join(', ') };
    },
  };
}

/** Calls, and which principles they come to break: what answers say, and in which order, is not looked at. */
export function breaches(compiled: Compiled, judges: Judges): Lens {
  return {
    passesOver: true,
    cells: judges.seen,
    answers: false,
    shows: (row) =>
      judges.states.flatMap(({ principle, table, devices }) => {
        const broken = table.at(row).result;
        return devices.flatMap((device, at) => (broken & (1 << at) ? [`${principle.id} at ${device}`] : []));
      }),
    labelOf(move, row, before, after) {
      if (move.at.name === CALL) return callOf(move.at.operation);
      const now = brokenBy(compiled, judges, move, row).flatMap(({ principle, devices }) =>
        devices.map((device) => `${principle.id} at ${device}`),
      );
      const news = new Set([...now, ...after.filter((text) => !before.includes(text))]);
      return news.size === 0 ? undefined : { kind: 'breach', text: [...news].toSorted().join(', ') };
    },
  };
}
