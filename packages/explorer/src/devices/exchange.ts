import { groupBy } from '../group-by.ts';
import { kindsOf, loosened, namesDomain, type Kind } from '../likeness/kinds.ts';
import type { Compiled } from '../tables/compile.ts';
import { looksOneByOne } from '../likeness/one-by-one.ts';
import { sortSlots } from '../tables/moves.ts';
import { likeDevice, likeDevicesOf, type LikeDevice, type LikeDevices } from './like-devices.ts';
import { arrangementsOf, choicesOf, ordersOf, type Arrangement, type Mixture } from './arrangements.ts';
import type { Row } from '../tables/table.ts';
import type { Turn } from '../tables/turns.ts';

/** Devices of a system that can change places without anything being different but names ({@link kindsOf}). */
export interface DeviceExchange {
  /** In how many orders like devices can be: so many times fewer states there are, at most. */
  readonly orders: number;
  /**
   * Rewrites a state as one that is the same but for which of the like devices is where; says whether it is another. With `since`
   * only devices are looked at that are not as they were, or that somebody is busy with.
   */
  order(row: Row, since?: Since): boolean;
  /** Those that a device can change places with, itself among them. */
  likes(device: string): readonly string[];
  /** Those among them of which core knows that they are alike, whatever tables say. */
  kin(device: string): readonly string[];
  readonly devices: LikeDevices;
  /** Ways to put devices of kinds that were taken for one in each other's places: tables have to {@link devicesAgree} that nothing comes of it. */
  readonly arrangements: readonly Arrangement[];
  /** Devices are taken to be alike of which core knows that they are not on one bus, or in one role. */
  readonly isLoose: boolean;
  /** The same path with two like devices in each other's place. */
  exchanged(path: readonly Turn[], one: string, other: string): readonly Turn[];
}

/** A state that is in order, and the cells that were written (cell, value, ...) to come from it to another. */
export interface Since {
  readonly before: Row;
  readonly writes: readonly number[];
}

/** More ways to put devices in each other's places are not looked at. */
const MOST_ARRANGEMENTS = 20;

/**
 * Nothing if slots are told apart, if an operation goes through like devices one by one, or if members can leave: who is like whom
 * may hang on the first that refuses a domain. `loosely` takes kinds for one that
 * core knows nothing different of ({@link loosened}).
 */
export function deviceExchangeOf(compiled: Compiled, loosely?: 'loosely'): DeviceExchange | undefined {
  const { system, nodes, cells, initial, symmetric } = compiled;
  const { machine, strategy, bus } = system.kernel;
  const [idle] = nodes;
  if (!symmetric || idle?.kind !== 'idle') return undefined;
  if (idle.starts.some(({ operation }) => operation.do === 'remove')) return undefined;
  const buses = [...new Set(machine.devices.map(bus))];
  const strict = kindsOf(machine, buses, strategy);
  const mixtures = (loosely ? loosened(strict) : strict)
    .filter(({ group, devices }) => group !== undefined && devices.length > 1 && !devices.some(namesDomain))
    .flatMap(mixturesOf)
    .filter(({ devices }) => devices.length > 1);
  const arrangements = arrangementsOf(compiled, idle, mixtures, MOST_ARRANGEMENTS);
  if (!arrangements) return undefined;
  const kinds = mixtures.map(({ devices }) => devices);
  if (
    looksOneByOne(
      compiled,
      kinds.map((alike) => alike.map(({ name }) => name)),
    ) !== undefined
  )
    return undefined;

  const first = cells.length;
  // Of each node: its kind, which of the kind's devices it is about, and its rank among that device's.
  const kindAt = new Int16Array(nodes.length).fill(-1);
  const deviceAt = new Int16Array(nodes.length);
  const rankAt = new Int32Array(nodes.length);
  kinds.forEach((alike, kind) =>
    alike.forEach((one, device) =>
      one.nodes.forEach((node, rank) => {
        kindAt[node] = kind;
        deviceAt[node] = device;
        rankAt[node] = rank;
      }),
    ),
  );
  // Of each kind the cells of its devices, one device behind the other.
  const cellsOfKind = kinds.map((alike) => Int32Array.from(alike.flatMap(({ cells: own }) => own)));
  const widths = kinds.map(([one]) => one!.cells.length);
  const most = Math.max(0, ...kinds.map(({ length }) => length));
  const places = new Int32Array(most);
  const order = new Int32Array(most);
  const moved = new Uint16Array(Math.max(0, ...cellsOfKind.map(({ length }) => length)));
  const mayBeOut = kinds.map(({ length }) => new Uint8Array(length));
  // Of each cell its kind, and which of the kind's devices it is of.
  const kindOfCell = new Int16Array(first).fill(-1);
  const deviceOfCell = new Int16Array(first);
  cellsOfKind.forEach((own, kind) =>
    own.forEach((id, at) => {
      kindOfCell[id] = kind;
      deviceOfCell[id] = Math.floor(at / widths[kind]!);
    }),
  );
  const kindOf = (device: string) => kinds.find((alike) => alike.some(({ name }) => name === device));

  return {
    orders: ordersOf(kinds.map(({ length }) => length)),
    devices: likeDevicesOf(compiled, kinds),
    arrangements,
    isLoose: mixtures.some(({ classes }) => classes.length > 1),
    order(row, since) {
      for (const devices of mayBeOut) devices.fill(since ? 0 : 1);
      if (since) markChanged(row, since);
      let isMoved = false;
      for (let kind = 0; kind < kinds.length; kind++) isMoved = inOrder(kind, row) || isMoved;
      if (isMoved) sortSlots(compiled, row);
      return isMoved;
    },
    likes: (device) => kindOf(device)?.map(({ name }) => name) ?? [device],
    kin: (device) =>
      mixtures
        .flatMap(({ devices, classes }) => classes.map((some) => some.map((at) => devices[at]!.name)))
        .find((some) => some.includes(device)) ?? [device],
    exchanged(path, one, other) {
      const [mine, theirs] = [choicesOf(idle, one), choicesOf(idle, other)];
      const twins = new Map([
        ...mine.map((choice, at) => [choice, theirs[at]!] as const),
        ...theirs.map((choice, at) => [choice, mine[at]!] as const),
      ]);
      return path.map(({ lane, start }) =>
        start === undefined ? { lane } : { lane, start: twins.get(start) ?? start },
      );
    },
  };

  /**
   * Those of a kind that have as many cells and places, and begin alike; what is on several buses need not. In the order of the
   * machine, in which most steps look at them: what one finds early its twin does not find late.
   */
  function mixturesOf({ devices, of }: Kind): readonly Mixture[] {
    const alike = machine.devices.filter((one) => devices.includes(one)).map((one) => likeDevice(compiled, one.name));
    const classOf = (name: string): number =>
      (of ?? []).findIndex((one) => one.devices.some((own) => own.name === name));
    const shapeOf = ({ cells: own, nodes: at }: LikeDevice): string =>
      `${at.length} ${own.map((id) => initial[id]).join()}`;
    return [...groupBy(alike, shapeOf).values()].map((some) => ({
      devices: some,
      classes: [...groupBy([...some.keys()], (at) => classOf(some[at]!.name)).values()],
    }));
  }

  function markChanged(row: Row, { before, writes }: Since): void {
    for (let at = 0; at < writes.length; at += 2) mark(kindOfCell[writes[at]!]!, deviceOfCell[writes[at]!]!);
    for (let slot = first; slot < row.length; slot++)
      for (let node = row[slot]!, left = 2; left > 0; node = before[slot]!, left--)
        mark(kindAt[node]!, deviceAt[node]!);
  }

  function mark(kind: number, device: number): void {
    if (kind >= 0) mayBeOut[kind]![device] = 1;
  }

  /** Whether the devices of the kind were put in another order. */
  function inOrder(kind: number, row: Row): boolean {
    const mayBe = mayBeOut[kind]!;
    if (!mayBe.includes(1)) return false;
    const { length } = kinds[kind]!;
    const own = cellsOfKind[kind]!;
    const width = widths[kind]!;
    for (let at = 0; at < length; at++) {
      places[at] = 0;
      order[at] = at;
    }
    let busy = false;
    for (let slot = first; slot < row.length; slot++) {
      const node = row[slot]!;
      if (kindAt[node] !== kind) continue;
      busy = true;
      // Two sets of places with one sum are not told apart: then there are more states than there need be.
      places[deviceAt[node]!]! += Math.imul(rankAt[node]! + 1, 0x9e3779b1) >>> 8;
    }
    let isMoved = false;
    for (let at = 1; at < length; at++) {
      if (!isMoved && mayBe[at - 1] === 0 && mayBe[at] === 0) continue;
      for (let to = at; to > 0 && isAfter(own, width, order[to - 1]!, order[to]!, row); to--) {
        const later = order[to - 1]!;
        order[to - 1] = order[to]!;
        order[to] = later;
        isMoved = true;
      }
    }
    if (!isMoved) return false;
    for (let at = 0, to = 0; at < length; at++)
      for (let cell = 0, from = order[at]! * width; cell < width; cell++) moved[to++] = row[own[from++]!]!;
    for (let to = 0; to < own.length; to++) row[own[to]!] = moved[to]!;
    if (busy)
      for (let slot = first; slot < row.length; slot++) {
        const node = row[slot]!;
        if (kindAt[node] === kind) row[slot] = kinds[kind]![order.indexOf(deviceAt[node]!)]!.nodes[rankAt[node]!]!;
      }
    return true;
  }

  function isAfter(own: Int32Array, width: number, one: number, other: number, row: Row): boolean {
    for (let cell = 0, a = one * width, b = other * width; cell < width; cell++, a++, b++) {
      const difference = row[own[a]!]! - row[own[b]!]!;
      if (difference !== 0) return difference > 0;
    }
    return places[one]! > places[other]!;
  }
}
