import type { Compiled } from '../tables/compile.ts';
import type { LikeDevices } from '../devices/like-devices.ts';
import { roundsOf, weightOf, type Member, type Naming, type Ordering } from '../likeness/ordering.ts';
import { userExchangeOf, type UserExchange } from './exchange.ts';

/** Users who can be exchanged. */
export interface LikeUsers extends Ordering {
  /** Who is like whom, by name. */
  readonly classes: readonly (readonly string[])[];
  readonly exchanges: readonly UserExchange[];
}

/**
 * Nothing if no two users of the system look alike. Where `devices` are put in order, too, what is said of one of them weighs as
 * much as what is said of another.
 */
export function likeUsersOf(compiled: Compiled, devices?: LikeDevices): LikeUsers | undefined {
  if (!compiled.symmetric) return undefined;
  const classes: string[][] = [];
  const exchanges: UserExchange[][] = [];
  for (const { name } of compiled.system.kernel.machine.users) {
    const found = classes.some((own, at) => {
      const exchange = userExchangeOf(compiled, [own.at(-1)!, name]);
      if (exchange) {
        own.push(name);
        exchanges[at]!.push(exchange);
      }
      return exchange !== undefined;
    });
    if (found) continue;
    classes.push([name]);
    exchanges.push([]);
  }
  const all = exchanges.flat();
  if (all.length === 0 || !commute(all, devices?.exchanges)) return undefined;
  const some = exchanges.filter(({ length }) => length > 0);
  const members = some.flatMap((own) => membersOf(own, all, devices));
  const cells = new Uint8Array(compiled.cells.length);
  for (const { own, naming } of members) for (const { id } of [...own, ...naming]) cells[id] = 1;
  const places = Uint8Array.from(compiled.nodes, (_, at) => (isShared(all, at) ? 0 : 1));
  const together = classes.filter(({ length }) => length > 1);
  const rounds = roundsOf(together.map(({ length }) => length));
  return { classes: together, members, exchanges: all, rounds, cells, places };
}

/** Whether it is the same in which order users and devices are exchanged, so that tables which agree on one say all of both. */
const commute = (users: readonly UserExchange[], devices: LikeDevices['exchanges'] = []): boolean =>
  users.every(({ places }) =>
    devices.every(({ places: moved }) => places.every((place, at) => moved[place] === places[moved[at]!])),
  );

/** Nobody's place: no exchange makes another of it. */
const isShared = (exchanges: readonly UserExchange[], place: number): boolean =>
  exchanges.every(({ places }) => places[place] === place);

/** The users of one class, each told by the exchange with the one before him. */
function membersOf(
  own: readonly UserExchange[],
  all: readonly UserExchange[],
  devices?: LikeDevices,
): readonly Member[] {
  const [first] = own;
  const others = all.filter((exchange) => exchange !== first);
  const moves = [...others, ...(devices?.exchanges ?? [])].map(({ places: moved }) => moved);
  let places = weightsOf(first!.places.length, moves).map((weight, at) => (isShared(all, at) ? 0 : weight));
  // Cells of all users have one order, and so have those that name them.
  const cellRanks = ranksOf(first!.own.map(([id]) => ({ id, says: 0 })));
  const namingRanks = ranksOf(first!.naming.map(({ id, values: [value] }) => ({ id, says: value })));
  const member = (cells: readonly number[], naming: readonly Naming[], side: 0 | 1): Member => ({
    own: cells.map((id, at) => ({ id, weight: weightOf(cellRanks[at]!) })),
    naming: naming.map(({ id, values }, at) => ({
      id,
      value: values[side],
      weight: weightOf(cells.length + namingRanks[at]!),
    })),
    places,
  });
  const ofFirst = member(
    first!.own.map(([id]) => id),
    first!.naming,
    0,
  );
  return [
    ofFirst,
    ...own.map((exchange) => {
      const before = places;
      places = before.map((_, at) => before[exchange.places[at]!]!);
      return member(
        exchange.own.map(([, id]) => id),
        exchange.naming,
        1,
      );
    }),
  ];

  /** Where what says the same of the first of like devices stands. */
  function ranksOf(told: readonly { readonly id: number; readonly says: number }[]): readonly number[] {
    return told.map(({ id, says }, at) => {
      const rank = told.findIndex((one) => one.id === (devices?.cells[id] ?? id) && one.says === says);
      return rank < 0 ? at : rank;
    });
  }
}

/** Places weigh the same if exchanging others makes one of the other. */
function weightsOf(count: number, others: readonly Uint16Array[]): Int32Array {
  const orbit = Int32Array.from({ length: count }, (_, at) => at);
  for (let changed = true; changed;) {
    changed = false;
    for (const places of others)
      for (let at = 0; at < count; at++) {
        const least = Math.min(orbit[at]!, orbit[places[at]!]!);
        changed ||= orbit[at] !== least;
        orbit[at] = least;
      }
  }
  return orbit.map((at) => weightOf(1000 + at));
}
