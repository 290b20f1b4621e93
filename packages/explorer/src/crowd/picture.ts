import type { Cell } from '@busward/core';
import type { Compiled } from '../compile.ts';
import type { Row } from '../table.ts';
import type { Counter } from './counters.ts';
import type { Crowd, Sketch } from './sketch.ts';

/*
 * A picture of a state of a machine with crowds: everything but the crowds as it is; of a crowd the devices that operations
 * are at, and for every local state that a device can be in, whether any other is.
 */

/** A picture as numbers: the cells of devices that are no crowd's others, then the crowds' classes, then the slots. */
export type Picture = Uint16Array;

export interface Pictures {
  /** How many bits each place of a picture needs; the last places are the slots. */
  readonly bits: readonly number[];
  /** The picture of a state of the sketch, and of one that a step with these writes led to from a sample. */
  draw(row: Row, into: Picture): void;
  drawAfter(before: Sample, row: Row, writes: readonly number[], into: Picture): void;
  /** States of the sketch that the picture is of: they differ in which class the many are in, and in lost counts. */
  samples(picture: Picture, visit: (sample: Sample) => void): void;
  /** The same with a device of each class in turn as the next actor of each crowd, leaving others there, and none. */
  samplesWithActor(picture: Picture, visit: (sample: Sample) => void): void;
  /** Actors at which an operation is, as bits in the order of `actors`. */
  busy(picture: Picture): number;
  readonly actors: readonly string[];
  /** Cells whose values differ from sample to sample of one picture. */
  readonly sampled: ReadonlySet<number>;
}

/** A state of the sketch for a picture: the same objects each time. */
export interface Sample {
  readonly row: Row;
  /** The picture without the actor, which has left its class. */
  readonly picture: Picture;
  readonly actor?: string;
}

/** The sketch has too few devices to draw a picture with that many classes. */
export class TooFew extends Error {}

const CLASS_BITS = 16;
const CLASS_WORDS = 4;

interface Drawn extends Crowd {
  /** Of each device, actors first, its cells, in one order. */
  readonly cells: readonly (readonly number[])[];
  readonly classes: Classes;
}

/** `named` has the same nodes as `compiled`, and all ways between them. */
export function picturesOf(
  compiled: Compiled,
  named: Compiled,
  sketch: Sketch,
  counters: readonly Counter[],
): Pictures {
  const { cells, slots, initial } = compiled;
  const crowds: readonly Drawn[] = sketch.crowds.map((crowd) => ({
    ...crowd,
    cells: [...crowd.actors, ...crowd.others].map((name) => cellsOf(compiled, name)),
    classes: classes(),
  }));
  const nodes = nodeNames(named, crowds);
  const others = new Set(crowds.flatMap((crowd) => crowd.cells.slice(crowd.actors.length).flat()));
  const kept = cells.filter(({ id }) => !others.has(id)).map(({ id }) => id);
  const counterOf = new Map(counters.map((counter) => [counter.cell.id, counter]));
  const firstClass = kept.length;
  const firstSlot = firstClass + crowds.length * CLASS_WORDS;
  const width = firstSlot + slots;
  const bits = [
    ...kept.map((id) => bitsFor(counterOf.has(id) ? beyond(counterOf.get(id)!) + 2 : cells[id]!.values.length)),
    ...crowds.flatMap(() => Array.from({ length: CLASS_WORDS }, () => CLASS_BITS)),
    ...compiled.bits.slice(cells.length),
  ];
  const keptAt = new Int32Array(cells.length);
  kept.forEach((id, at) => (keptAt[id] = at));
  const counterAt = counters.map((counter) => ({ ...counter, at: keptAt[counter.cell.id]! }));
  const sampleRow = initial.slice();
  const without: Picture = new Uint16Array(width);
  // Of each crowd, the actor that has just left its class, or -1; devices at which no operation is; classes there are.
  const leaving = crowds.map(() => -1);
  const free = crowds.map((): number[] => []);
  const present = crowds.map((): number[] => []);

  const sampled = new Set([...others, ...counters.map(({ cell }) => cell.id)]);
  const firstActor = crowds.map((_, at) => crowds.slice(0, at).reduce((total, { actors }) => total + actors.length, 0));
  // Of each cell: 0, or 1 for one of a crowd's other devices, or 2 and more for one of its actors.
  const standing = new Uint8Array(cells.length);
  crowds.forEach(({ cells: ids, actors }, number) =>
    ids.forEach((own, device) =>
      own.forEach((id) => (standing[id] = device < actors.length ? 2 + firstActor[number]! + device : 1)),
    ),
  );
  const before = new Int32Array(counters.length);

  return {
    bits,
    draw: (row, into) => drawFrom(undefined, row, true, into),
    drawAfter: (sample, row, writes, into) => drawFrom(sample.picture, row, isSweep(sample, writes), into),
    samples,
    samplesWithActor,
    busy: busyAt,
    actors: crowds.flatMap(({ actors }) => actors),
    sampled,
  };

  function busyAt(picture: Picture): number {
    let busy = 0;
    for (let number = 0; number < crowds.length; number++)
      for (const actor of nodes.order(number, picture, firstSlot)) busy |= 1 << (firstActor[number]! + actor);
    return busy;
  }

  /** Whether a device was written to at which no operation is. */
  function isSweep({ picture }: Sample, writes: readonly number[]): boolean {
    let busy = -1;
    for (let at = 0; at < writes.length; at += 2) {
      const who = standing[writes[at]!]!;
      if (who === 1) return true;
      if (who > 1 && (busy = busy < 0 ? busyAt(picture) : busy) !== (busy | (1 << (who - 2)))) return true;
    }
    return false;
  }

  function drawFrom(from: Picture | undefined, row: Row, everybody: boolean, into: Picture): void {
    for (let at = 0; at < kept.length; at++) into[at] = row[kept[at]!]!;
    for (let at = 0; at < counterAt.length; at++)
      into[counterAt[at]!.at] = told(counterAt[at]!, row, from, before[at]!);
    for (let slot = 0; slot < slots; slot++) into[firstSlot + slot] = row[cells.length + slot]!;
    for (let number = 0; number < crowds.length; number++) {
      const crowd = crowds[number]!;
      const order = nodes.order(number, row, cells.length);
      const word = firstClass + number * CLASS_WORDS;
      const redrawn = everybody || !from;
      for (let at = word; at < word + CLASS_WORDS; at++) into[at] = redrawn ? 0 : from[at]!;
      for (let device = 0; device < (redrawn ? crowd.cells.length : crowd.actors.length); device++) {
        if (device < crowd.actors.length && order.includes(device)) continue;
        if (!redrawn && !nodes.isAt(number, device, from, firstSlot) && device !== leaving[number]) continue;
        const known = crowd.classes.numberOf(crowd.cells[device]!, row);
        into[word + (known >> 4)]! |= 1 << (known & 15);
      }
      // Actors that nobody is at are blank; the others are named in the order of where their operations are.
      for (let to = 0; to < crowd.actors.length; to++) {
        const actor = order[to];
        const ids = crowd.cells[to]!;
        for (let at = 0; at < ids.length; at++)
          into[keptAt[ids[at]!]!] = actor === undefined ? 0 : row[crowd.cells[actor]![at]!]!;
      }
      if (order.some((one, to) => one !== to)) nodes.rename(number, order, into, firstSlot);
    }
    sortSlots(into);
  }

  function sortSlots(into: Picture): void {
    for (let at = firstSlot + 1; at < width; at++)
      for (let to = at; to > firstSlot && into[to - 1]! > into[to]!; to--) {
        const lower = into[to]!;
        into[to] = into[to - 1]!;
        into[to - 1] = lower;
      }
  }

  /** A count as its difference, if that is in the range seen; else whether it is zero. */
  function told(counter: Counter & { readonly at: number }, row: Row, from: Picture | undefined, was: number): number {
    const now = row[counter.cell.id]!;
    const lost = beyond(counter);
    if (from && from[counter.at]! >= lost && Math.abs(now - was) <= 1) return now === 0 ? lost : lost + 1;
    const difference = now - sum(counter.counts, row);
    if (difference >= counter.low && difference <= counter.high) return difference - counter.low;
    return now === 0 ? lost : lost + 1;
  }

  function samples(picture: Picture, visit: (sample: Sample) => void): void {
    enter(picture);
    const most = Math.max(1, ...present.map(({ length }) => length));
    // The many are in the first class, then in the last one; in one between if the counts do not fit otherwise.
    const sample = { row: sampleRow, picture };
    let fitting = 0;
    for (const many of most === 1 ? [0] : [0, -1]) if (crowded(many)) fitting++;
    for (let many = 1; fitting === 0 && many < most - 1; many++) if (crowded(many)) fitting++;

    function crowded(many: number): boolean {
      for (let number = 0; number < crowds.length; number++)
        fill(crowds[number]!, free[number]!, present[number]!, many, sampleRow);
      return counted(picture, sampleRow, () => visit(sample));
    }
  }

  function samplesWithActor(picture: Picture, visit: (sample: Sample) => void): void {
    enter(picture);
    for (let number = 0; number < crowds.length; number++)
      fill(crowds[number]!, free[number]!, present[number]!, 0, sampleRow);
    for (let number = 0; number < crowds.length; number++) {
      const crowd = crowds[number]!;
      const here = present[number]!;
      const [actor, ...rest] = free[number]!;
      if (actor === undefined || actor >= crowd.actors.length) continue;
      leaving[number] = actor;
      without.set(picture);
      const word = firstClass + number * CLASS_WORDS;
      const sample = { row: sampleRow, picture: without, actor: crowd.actors[actor]! };
      for (const taken of here) {
        const left = here.filter((one) => one !== taken);
        crowd.classes.write(taken, crowd.cells[actor]!, sampleRow);
        for (const remain of left.length > 0 ? [here, left] : [here]) {
          without.fill(0, word, word + CLASS_WORDS);
          for (const one of remain) without[word + (one >> 4)]! |= 1 << (one & 15);
          let fits = false;
          for (let many = 0; !fits && many < remain.length; many++) {
            fill(crowd, rest, remain, many, sampleRow);
            fits = counted(picture, sampleRow, () => visit(sample));
          }
        }
      }
      leaving[number] = -1;
      fill(crowd, free[number]!, here, 0, sampleRow);
    }
  }

  /** Writes everything that the picture tells as it is, and sees who is free, and which classes there are. */
  function enter(picture: Picture): void {
    spread(picture, sampleRow);
    for (let number = 0; number < crowds.length; number++) {
      leaving[number] = -1;
      const taken = nodes.order(number, picture, firstSlot);
      const of = free[number]!;
      of.length = 0;
      for (let device = 0; device < crowds[number]!.cells.length; device++)
        if (!taken.includes(device)) of.push(device);
      classesIn(picture, number, present[number]!);
    }
  }

  /** Everything that the picture tells as it is. */
  function spread(picture: Picture, row: Row): void {
    for (let at = 0; at < kept.length; at++) row[kept[at]!] = picture[at]!;
    for (let slot = 0; slot < slots; slot++) row[cells.length + slot] = picture[firstSlot + slot]!;
  }

  function fill(crowd: Drawn, devices: readonly number[], of: readonly number[], many: number, row: Row): void {
    if (of.length > devices.length) throw new TooFew();
    const most = of.at(many) ?? of[0]!;
    for (let at = 0; at < devices.length; at++) crowd.classes.write(of[at] ?? most, crowd.cells[devices[at]!]!, row);
  }

  /** Visits the row with its counts, in every way the picture allows. Says whether there is one. */
  function counted(picture: Picture, row: Row, visit: () => void, from = 0): boolean {
    const counter = counterAt[from];
    if (!counter) {
      visit();
      return true;
    }
    const code = picture[counter.at]!;
    const lost = beyond(counter);
    const most = counter.cell.values.length - 1;
    if (code === lost) return withCount(0);
    if (code < lost) return withCount(counter.low + code + sum(counter.counts, row));
    let fits = false;
    for (const value of new Set([1, Math.min(2, most), most])) fits = withCount(value) || fits;
    return fits;

    function withCount(value: number): boolean {
      if (value < 0 || value > most) return false;
      row[counter!.cell.id] = value;
      before[from] = value;
      return counted(picture, row, visit, from + 1);
    }
  }

  function classesIn(picture: Picture, number: number, into: number[]): void {
    into.length = 0;
    for (let word = 0; word < CLASS_WORDS; word++)
      for (let left = picture[firstClass + number * CLASS_WORDS + word]!, bit = 0; left !== 0; left >>= 1, bit++)
        if (left & 1) into.push(word * CLASS_BITS + bit);
  }
}

const bitsFor = (values: number): number => Math.ceil(Math.log2(values));

/** How many differences a counter tells exactly; the two numbers after them tell zero, and more. */
const beyond = ({ low, high }: Counter): number => high - low + 1;

function sum(counted: readonly Cell[], row: Row): number {
  let total = 0;
  for (const { id } of counted) total += row[id]!;
  return total;
}

function cellsOf({ system: { kernel } }: Compiled, name: string): readonly number[] {
  const { layout, machine } = kernel;
  return [layout.device(name), ...machine.users.map((user) => layout.file(user.name, name))].flatMap((cells) =>
    Object.values(cells).map(({ id }) => id),
  );
}

/** The local states that devices of a crowd were seen in, numbered in order of appearance. */
interface Classes {
  numberOf(ids: readonly number[], row: Row): number;
  write(known: number, ids: readonly number[], row: Row): void;
}

function classes(): Classes {
  const known: (readonly number[])[] = [];
  const root: Trie = new Map();
  return {
    numberOf(ids, row) {
      let at = root;
      for (let next = 0; next < ids.length - 1; next++) {
        const value = row[ids[next]!]!;
        let child = at.get(value) as Trie | undefined;
        if (!child) at.set(value, (child = new Map()));
        at = child;
      }
      const last = row[ids.at(-1)!]!;
      const old = at.get(last) as number | undefined;
      if (old !== undefined) return old;
      if (known.length === CLASS_BITS * CLASS_WORDS) throw new TooFew();
      at.set(last, known.length);
      known.push(ids.map((id) => row[id]!));
      return known.length - 1;
    },
    write(number, ids, row) {
      const values = known[number]!;
      for (let at = 0; at < ids.length; at++) row[ids[at]!] = values[at]!;
    },
  };
}

type Trie = Map<number, unknown>;

/** Which actor a place of an operation is at, and what the same place is called at another actor. */
function nodeNames({ nodes }: Compiled, crowds: readonly Crowd[]) {
  const idle = nodes[0]!;
  const starts = idle.kind === 'idle' ? idle.starts : [];
  const owners = crowds.map(() => new Int16Array(nodes.length).fill(-1));
  /** By crowd: of each actor, the nodes of its operations, in one order. */
  const named = crowds.map(({ actors }, crowd) =>
    actors.map((actor, at) => {
      const order: number[] = [];
      const visit = (node: number): void => {
        const here = nodes[node];
        // What ends with its first step is at no node.
        if (here?.kind !== 'at' || owners[crowd]![node] !== -1) return;
        owners[crowd]![node] = at;
        order.push(node);
        here.next.forEach(({ to }) => visit(to));
      };
      for (const { operation, first } of starts)
        if ('device' in operation && operation.device === actor) visit(nodes.indexOf(first));
      return order;
    }),
  );
  const rank = named.map((orders) => {
    const ranks = new Int32Array(nodes.length);
    orders.forEach((order) => order.forEach((node, at) => (ranks[node] = at)));
    return ranks;
  });
  const isAt = (crowd: number, actor: number, row: Uint16Array, first: number): boolean => {
    for (let at = first; at < row.length; at++) if (owners[crowd]![row[at]!] === actor) return true;
    return false;
  };
  const none: readonly number[] = [];
  const ones = [0, 1, 2, 3, 4, 5, 6, 7].map((actor) => [actor]);
  return {
    isAt,
    /** Actors that operations are at, in the order of where those are. */
    order(crowd: number, row: Uint16Array, first: number): readonly number[] {
      const owner = owners[crowd]!;
      let one = -1;
      let several = false;
      for (let at = first; at < row.length; at++) {
        const actor = owner[row[at]!]!;
        if (actor < 0 || actor === one) continue;
        several = one >= 0;
        one = actor;
      }
      if (!several) return one < 0 ? none : (ones[one] ?? [one]);
      const placesOf = new Map<number, number[]>();
      for (let at = first; at < row.length; at++) {
        const actor = owner[row[at]!]!;
        if (actor < 0) continue;
        const place = rank[crowd]![row[at]!]!;
        placesOf.set(actor, [...(placesOf.get(actor) ?? []), place]);
      }
      for (const places of placesOf.values()) places.sort((a, b) => a - b);
      return [...placesOf]
        .toSorted(([a, at], [b, to]) => to.length - at.length || compareKeys(at, to) || a - b)
        .map(([actor]) => actor);
    },
    rename(crowd: number, order: readonly number[], picture: Uint16Array, first: number): void {
      const owner = owners[crowd]!;
      for (let slot = first; slot < picture.length; slot++) {
        const node = picture[slot]!;
        const to = order.indexOf(owner[node]!);
        if (owner[node]! >= 0) picture[slot] = named[crowd]![to]![rank[crowd]![node]!]!;
      }
    },
  };
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return a[at]! - b[at]!;
  return 0;
}
