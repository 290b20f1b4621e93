import type { Happening } from '@busward/core';
import type { At, Compiled, Next } from '../tables/compile.ts';
import type { Judges } from '../judging/judges.ts';
import { sameEvents } from '../tables/same-events.ts';
import { sameWrites } from '../tables/same-writes.ts';
import { situationsIn } from '../tables/situations.ts';
import type { Entry, Situation, Table } from '../tables/table.ts';
import { exchanged, namedAfter, type UserExchange } from './exchange.ts';

/** So many situations of a table are looked at for one of its twin's, where it reads more. */
const MOST = 64;

/**
 * Whether exchanging users changes nothing, in every situation that a search has met: steps, guards and principles do in
 * the exchanged situation what they did, with the users exchanged. Situations that are met on the way are looked at in turn,
 * so that what is true of each exchange is true of all of them one after the other.
 */
export function usersAgree(compiled: Compiled, judges: Judges, exchanges: readonly UserExchange[]): boolean {
  const { nodes, cells, initial } = compiled;
  const situationsOf = situationsIn(cells, initial);
  const partners = new Map<UserExchange, Map<Table<unknown>, Table<unknown>>>(exchanges.map((one) => [one, new Map()]));
  // Situations that one of the partner, from which exchanging leads back, was held against.
  const compared = new Map<UserExchange, Set<Situation<unknown>>>(exchanges.map((one) => [one, new Set()]));
  const heard = new Map<UserExchange, Set<Table<unknown>>>(exchanges.map((one) => [one, new Set()]));
  /** Each looks at what its table has learned since, and says whether that was anything; nothing if two disagree. */
  const looks: (() => boolean | undefined)[] = [];
  for (const exchange of exchanges) {
    const steps = new Map<At, At>();
    nodes.forEach((node, at) => {
      const twin = nodes[exchange.places[at]!]!;
      if (node.kind === 'at' && twin.kind === 'at') steps.set(node, twin);
      if (node.kind === 'idle' && twin.kind === 'idle')
        node.starts.forEach(({ possible, first }, choice) => {
          const start = twin.starts[exchange.starts[choice]!]!;
          look(exchange, possible, start.possible, (x, y) => x.result === y.result);
          steps.set(first, start.first);
        });
    });
    for (const [one, other] of steps)
      look(exchange, one.table, other.table, (x, y) => sameStep(exchange, [one, x], [other, y]));
    if (judges.ours) continue;
    for (const { table } of judges.states) look(exchange, table, table, (x, y) => x.result === y.result);
  }
  for (let news = true; news;) {
    news = false;
    for (let at = 0; at < looks.length; at++) {
      const found = looks[at]!();
      if (found === undefined) return false;
      news ||= found;
    }
  }
  return true;

  function look<T>(
    exchange: UserExchange,
    one: Table<T>,
    other: Table<T>,
    same: (x: Entry<T>, y: Entry<T>) => boolean,
  ): void {
    let next = 0;
    partners.get(exchange)!.set(one, other);
    looks.push(() => {
      const from = next;
      for (const all = one.learned(); next < all.length; next++) {
        const here = all[next]!;
        if (compared.get(exchange)!.delete(here)) continue;
        const twins = twinsOf(exchange, here, other);
        if (!twins?.every((twin) => same(here.entry, twin.entry))) return undefined;
        const [twin] = twins;
        const isBoth = twins.length === 1 && twin!.reads.length === here.reads.length;
        if (isBoth && twin !== here && partners.get(exchange)!.get(other) === one) compared.get(exchange)!.add(twin!);
      }
      return next > from;
    });
  }

  /** What the other table does where users are exchanged, whatever else it reads there. */
  function twinsOf<T>(
    exchange: UserExchange,
    { reads, values }: Situation<T>,
    other: Table<T>,
  ): readonly Situation<T>[] | undefined {
    const given = reads.map((id) => exchange.moved[id]!);
    const named = values.map((value, at) => namedAfter(exchange, reads[at]!, value));
    return situationsOf(other, given, named, MOST);
  }

  function sameStep(
    exchange: UserExchange,
    [one, x]: readonly [At, Entry<number>],
    [other, y]: readonly [At, Entry<number>],
  ): boolean {
    if (x.failure || y.failure) return x.failure?.name === y.failure?.name;
    if (
      x.result < 0 || y.result < 0
        ? x.result !== y.result
        : !sameNext(exchange, one.next[x.result], other.next[y.result])
    )
      return false;
    const becomes = (cell: number, value: number): number => namedAfter(exchange, cell, value);
    return sameWrites(x.writes, y.writes, exchange.moved, becomes) && saySame(exchange, x.events, y.events);
  }

  function sameNext({ places }: UserExchange, one: Next | undefined, other: Next | undefined): boolean {
    if (!one || !other) return one === other;
    if (one.error || other.error) return one.error?.message === other.error?.message;
    return places[one.to] === other.to && one.result === other.result;
  }

  function saySame(exchange: UserExchange, mine: readonly Happening[], yours: readonly Happening[]): boolean {
    if (!sameEvents(mine, yours, (value) => exchanged(value, exchange.users, compiled))) return false;
    if (!judges.ours)
      mine.forEach((event, at) => {
        if (judges.hears(event)) for (const alone of [true, false]) lookAtEvent(exchange, event, yours[at]!, alone);
      });
    return true;
  }

  function lookAtEvent(exchange: UserExchange, mine: Happening, yours: Happening, alone: boolean): void {
    const table = judges.eventTable(mine, alone);
    if (heard.get(exchange)!.has(table)) return;
    heard.get(exchange)!.add(table);
    look(exchange, table, judges.eventTable(yours, alone), (x, y) => sameBroken(x.result, y.result));
  }
}

const sameBroken = (one: readonly Broken[], other: readonly Broken[]): boolean =>
  JSON.stringify(one.map(toldOf)) === JSON.stringify(other.map(toldOf));

const toldOf = ({ principle, devices }: Broken): readonly unknown[] => [principle.id, devices];

type Broken = ReturnType<Judges['atEvent']>[number];
