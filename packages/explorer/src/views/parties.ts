import { startsOf, type Compiled, type Start } from '../tables/compile.ts';
import { cellsOf } from '../tables/cells-of.ts';
import type { Row } from '../tables/table.ts';

/** Who acts in a system: a device with all that users have of it; a user, where an operation names no device; or whoever else does. */
export interface Party {
  readonly at: number;
  /** The cells that are its own, and their first values. */
  readonly cells: readonly number[];
  readonly atRest: readonly number[];
  readonly starts: readonly Start[];
}

/** Every cell of a system is of one party, or shared. */
export interface Parties {
  readonly all: readonly Party[];
  /** The cells that are nobody's own. */
  readonly shared: readonly number[];
  /** Of each cell whose it is, or -1. */
  readonly ofCell: readonly number[];
  /** Of each cell which of its party's it is, or of those that are shared. */
  readonly place: readonly number[];
}

export function partiesOf(compiled: Compiled): Parties {
  const { cells, system, initial } = compiled;
  const starts = startsOf(compiled);
  const devices = system.machine.devices.map(({ name }) => name);
  const actors = starts.map(({ operation }) => ('user' in operation ? operation.user : ''));
  const others = starts.flatMap((start, at) => ('device' in start.operation ? [] : [actors[at]!]));
  const all = [
    ...devices.map((name) => ({
      cells: cellsOf(compiled, name),
      starts: starts.filter(({ operation }) => 'device' in operation && operation.device === name),
    })),
    ...[...new Set(others)].map((name) => ({
      cells: [],
      starts: starts.filter(({ operation }, at) => !('device' in operation) && actors[at] === name),
    })),
  ].map((party, at) => ({ at, atRest: party.cells.map((id) => initial[id]!), ...party }));
  const ofCell = cells.map(({ id }) => all.findIndex(({ cells: own }) => own.includes(id)));
  const shared = cells.flatMap(({ id }) => (ofCell[id] === -1 ? [id] : []));
  const place = cells.map(({ id }) => (all[ofCell[id]!]?.cells ?? shared).indexOf(id));
  return { all, shared, ofCell, place };
}

/** Puts what a party is in into a row. */
export function show(row: Row, { cells }: Party, values: readonly number[]): void {
  for (let at = 0; at < cells.length; at++) row[cells[at]!] = values[at]!;
}

/** Puts what is shared into a row. */
export function showShared(row: Row, { shared }: Parties, values: readonly number[]): void {
  for (let at = 0; at < shared.length; at++) row[shared[at]!] = values[at]!;
}
