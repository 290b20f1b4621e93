import type { Happening } from '@busward/core';
import type { At, Compiled } from '../compile.ts';
import { sameWrites } from '../same-writes.ts';
import { situationsOf } from '../situations.ts';
import type { Entry, Situation, Table } from '../table.ts';
import type { Arrangement } from './arrangements.ts';

/** Devices were taken to be alike, and are not. */
export class Unlike extends Error {}

/** So many situations of a table are looked at for one of its twin's, where it reads more: one that goes on until it finds somebody may read all. */
const MOST = 500;

/**
 * Whether devices of several kinds can be put in each other's places without anything being different, in every situation
 * that has come up: what is looked at before an operation starts, and each step, do with them in other places what they did,
 * to those who are there now.
 */
export function agree(compiled: Compiled, arrangements: readonly Arrangement[]): boolean {
  const { cells, initial, nodes } = compiled;
  const row = initial.slice();
  const [idle] = nodes;
  const starts = idle?.kind === 'idle' ? idle.starts : [];
  const guards = starts.map(({ possible }) => possible.learned().slice());
  const steps = [...new Set([...starts.map(({ first }) => first), ...nodes.filter((node) => node.kind === 'at')])].map(
    (node) => [node, node.table.learned().slice()] as const,
  );
  return arrangements.every((arrangement) => {
    const twins = new Map<At, At>(
      starts.map(({ first }, choice) => [first, starts[arrangement.starts[choice]!]!.first]),
    );
    nodes.forEach((node, at) => {
      const twin = nodes[arrangement.nodes[at]!]!;
      if (node.kind === 'at' && twin.kind === 'at') twins.set(node, twin);
    });
    return (
      guards.every((met, choice) => {
        const { possible } = starts[arrangement.starts[choice]!]!;
        return met.every((here) => doesSame(arrangement, here, possible, (x, y) => x.result === y.result));
      }) &&
      steps.every(([node, met]) => {
        const twin = twins.get(node)!;
        return met.every((here) =>
          doesSame(arrangement, here, twin.table, (x, y) => sameStep(arrangement, node, x, twin, y)),
        );
      })
    );
  });

  /** Whatever else the other table reads there. */
  function doesSame<T>(
    { cells: moved }: Arrangement,
    { reads, values, entry }: Situation<T>,
    other: Table<T>,
    same: (x: Entry<T>, y: Entry<T>) => boolean,
  ): boolean {
    const given = reads.map((id) => moved[id]!);
    for (let at = 0; at < given.length; at++) row[given[at]!] = values[at]!;
    const twins = situationsOf(other, cells, row, given, MOST);
    for (const id of given) row[id] = initial[id]!;
    return twins?.every((twin) => same(entry, twin.entry)) === true;
  }

  function sameStep(arrangement: Arrangement, one: At, x: Entry<number>, other: At, y: Entry<number>): boolean {
    if (x.failure || y.failure) return x.failure?.name === y.failure?.name;
    if (x.result < 0 || y.result < 0) return x.result === y.result;
    const [next, twin] = [one.next[x.result], other.next[y.result]];
    if ((next === undefined) !== (twin === undefined) || (next?.error === undefined) !== (twin?.error === undefined))
      return false;
    if (next && twin && !next.error && arrangement.nodes[next.to] !== twin.to) return false;
    return sameWrites(x.writes, y.writes, arrangement.cells) && said(x.events, arrangement) === said(y.events);
  }
}

/** Without what is only printed. */
const said = (events: readonly Happening[], arrangement?: Arrangement): string =>
  events.length === 0
    ? ''
    : JSON.stringify(events, (key, value: unknown) =>
        key === 'text' ? undefined : (arrangement?.devices.get(value as string) ?? value),
      );
