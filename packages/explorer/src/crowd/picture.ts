import { cellsOf } from '../tables/cells-of.ts';
import { bitsFor, type Compiled } from '../tables/compile.ts';
import type { Reduced } from '../search/reduced.ts';
import { sortFrom } from '../tables/moves.ts';
import type { Row } from '../tables/table.ts';
import { actorsOf } from './actors.ts';
import { CLASS_BITS, CLASS_WORDS, classes } from './classes.ts';
import type { Counter } from './counters.ts';
import { countsOf } from './counts.ts';
import { samplesIn, type Drawn, type Sample } from './samples.ts';
import type { Sketch } from './sketch.ts';
import { pictureOrder } from './users-in-order.ts';

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
  /** States of the sketch that the picture is of: they differ in which class has several, and in lost counts. */
  samples(picture: Picture, visit: (sample: Sample) => void): void;
  /** The same with a device of each class in turn as the next actor of each crowd, leaving others there, and none. */
  samplesWithActor(picture: Picture, visit: (sample: Sample) => void): void;
  /** Actors at which an operation is, as bits in the order of `actors`. */
  busy(picture: Picture): number;
  readonly actors: readonly string[];
  /** Cells whose values differ from sample to sample of one picture. */
  readonly sampled: ReadonlySet<number>;
}

/** `named` has the same nodes as `compiled`, and all ways between them. */
export function picturesOf(compiled: Reduced, named: Compiled, sketch: Sketch, counters: readonly Counter[]): Pictures {
  const { cells, slots } = compiled;
  const crowds: readonly Drawn[] = sketch.crowds.map((crowd) => ({
    ...crowd,
    cells: [...crowd.actors, ...crowd.others].map((name) => cellsOf(compiled, name)),
    classes: classes(CLASS_BITS * CLASS_WORDS),
    isWhole: crowd.kind.devices.length <= crowd.actors.length + crowd.others.length,
  }));
  const who = actorsOf(named, crowds);
  const others = new Set(crowds.flatMap((crowd) => crowd.cells.slice(crowd.actors.length).flat()));
  const kept = cells.filter(({ id }) => !others.has(id)).map(({ id }) => id);
  const keptAt = new Int32Array(cells.length).fill(-1);
  kept.forEach((id, place) => (keptAt[id] = place));
  const counts = countsOf(counters, (id) => keptAt[id]!);
  const firstClass = kept.length;
  const firstSlot = firstClass + crowds.length * CLASS_WORDS;
  const width = firstSlot + slots;
  const bits = [
    ...kept.map((id) => bitsFor(counts.codes(id) ?? cells[id]!.values.length)),
    ...crowds.flatMap(() => Array.from({ length: CLASS_WORDS }, () => CLASS_BITS)),
    ...compiled.bits.slice(cells.length),
  ];
  const before: Picture = new Uint16Array(width);
  const sampling = samplesIn({ compiled, crowds, who, counts, kept, firstClass, firstSlot, width });
  const { leaving, busyBefore } = sampling;

  const sampled = new Set([...others, ...counters.map(({ cell }) => cell.id)]);
  const firstActor = crowds.map((_, at) => crowds.slice(0, at).reduce((total, { actors }) => total + actors.length, 0));
  // Of each cell: 0, or 1 for one of a crowd's other devices, or 2 and more for one of its actors.
  const standing = new Uint8Array(cells.length);
  crowds.forEach(({ cells: ids, actors }, number) =>
    ids.forEach((own, device) =>
      own.forEach((id) => (standing[id] = device < actors.length ? 2 + firstActor[number]! + device : 1)),
    ),
  );

  const putUsers =
    compiled.likeUsers &&
    pictureOrder(compiled.likeUsers, compiled, {
      keptAt,
      crowds: crowds.map(({ classes: of, cells: [own] }, number) => ({
        classes: of,
        cells: own!,
        word: firstClass + number * CLASS_WORDS,
      })),
      words: CLASS_WORDS,
      firstSlot,
    });

  return {
    bits,
    draw(row, into) {
      for (let at = 0; at < kept.length; at++) into[at] = row[kept[at]!]!;
      drawFrom(undefined, row, [], into);
    },
    drawAfter(sample, row, writes, into) {
      // All else that is kept is as it was, but for counts and actors.
      into.set(sample.picture);
      for (let at = 0; at < writes.length; at += 2)
        if (keptAt[writes[at]!]! >= 0) into[keptAt[writes[at]!]!] = writes[at + 1]!;
      drawFrom(sample, row, writes, into);
    },
    samples: sampling.of,
    samplesWithActor: sampling.withActor,
    busy: (picture) => who.busy(picture, firstSlot),
    actors: crowds.flatMap(({ actors }) => actors),
    sampled,
  };

  /** Whether a device was written to at which no operation is. */
  function isSweep({ picture }: Sample, writes: readonly number[]): boolean {
    for (let at = 0; at < writes.length; at += 2) {
      const stands = standing[writes[at]!]!;
      if (stands === 1 || (stands > 1 && (who.busy(picture, firstSlot) & (1 << (stands - 2))) === 0)) return true;
    }
    return false;
  }

  /** Counts, slots and crowds; the other cells that are kept are drawn already. */
  function drawFrom(sample: Sample | undefined, row: Row, writes: readonly number[], into: Picture): void {
    const from = sample?.picture;
    const everybody = !sample || isSweep(sample, writes);
    // Whether anybody came to stand, or does not stand there any more, or is somebody else.
    let isOther = everybody;
    counts.draw(row, from, into);
    for (let slot = 0; slot < slots; slot++) into[firstSlot + slot] = row[cells.length + slot]!;
    for (let number = 0; number < crowds.length; number++) {
      const crowd = crowds[number]!;
      const order = who.order(number, row, cells.length);
      const word = firstClass + number * CLASS_WORDS;
      const redrawn = everybody || !from;
      if (!redrawn && leaving[number]! < 0 && isNamed(order, busyBefore[number]!)) continue;
      isOther = true;
      for (let at = word; at < word + CLASS_WORDS; at++) into[at] = redrawn ? 0 : from[at]!;
      for (let device = 0; device < (redrawn ? crowd.cells.length : crowd.actors.length); device++) {
        if (device < crowd.actors.length && order.includes(device)) continue;
        if (!redrawn && !who.isAt(number, device, from, firstSlot) && device !== leaving[number]) continue;
        const known = crowd.classes.numberOf(crowd.cells[device]!, row);
        into[word + (known >> 4)]! |= 1 << (known & 15);
      }
      for (let actor = 0; actor < crowd.actors.length; actor++) {
        const ids = crowd.cells[actor]!;
        const isBlank = !order.includes(actor);
        for (let at = 0; at < ids.length; at++) into[keptAt[ids[at]!]!] = isBlank ? 0 : row[ids[at]!]!;
      }
      nameActors(number, order, into);
    }
    if ((isOther || isAboutUsers(from, writes, into)) && putUsers?.(into))
      for (let number = 0; number < crowds.length; number++)
        nameActors(number, who.order(number, into, firstSlot), into);
    sortFrom(firstSlot, into);
  }

  /** Whether a user may have another number: if not, and nobody else stands there, they are in order as they were. */
  function isAboutUsers(from: Picture | undefined, writes: readonly number[], into: Picture): boolean {
    if (!from || !compiled.likeUsers) return true;
    const { cells: telling, places } = compiled.likeUsers;
    for (let at = 0; at < writes.length; at += 2) if (telling[writes[at]!] === 1) return true;
    for (let slot = firstSlot; slot < width; slot++)
      if (into[slot] !== from[slot] && (places[into[slot]!] === 1 || places[from[slot]!] === 1)) return true;
    return false;
  }

  /** Actors are named in the order of where their operations are; those that nobody is at are blank. */
  function nameActors(number: number, order: readonly number[], picture: Picture): void {
    const { actors, cells: ids } = crowds[number]!;
    if (isNamed(order, order.length)) return;
    before.set(picture);
    for (let to = 0; to < actors.length; to++)
      for (let at = 0; at < ids[to]!.length; at++)
        picture[keptAt[ids[to]![at]!]!] = to < order.length ? before[keptAt[ids[order[to]!]![at]!]!]! : 0;
    who.rename(number, order, picture, firstSlot);
  }
}

/** Whether these are so many, the first actors, one after the other. */
function isNamed(order: readonly number[], count: number): boolean {
  if (order.length !== count) return false;
  for (let to = 0; to < count; to++) if (order[to] !== to) return false;
  return true;
}
