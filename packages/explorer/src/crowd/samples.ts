import type { Compiled } from '../tables/compile.ts';
import type { Row } from '../tables/table.ts';
import type { Actors } from './actors.ts';
import { CLASS_BITS, CLASS_WORDS, TooFew, type Classes } from './classes.ts';
import type { Counts } from './counts.ts';
import type { Picture } from './picture.ts';
import type { Crowd } from './sketch.ts';

/** A state of the sketch for a picture: the same objects each time. */
export interface Sample {
  readonly row: Row;
  /** The picture without the actor, which has left its class. */
  readonly picture: Picture;
  readonly actor?: string;
  /** It differs from the one before in nothing but cells that are `sampled`. */
  readonly further: boolean;
}

/** What is drawn, and where it is in a picture. */
export interface Frame {
  readonly compiled: Compiled;
  readonly crowds: readonly Drawn[];
  readonly who: Actors;
  readonly counts: Counts;
  /** Cells that are kept, which come first. */
  readonly kept: readonly number[];
  readonly firstClass: number;
  readonly firstSlot: number;
  readonly width: number;
}

export interface Drawn extends Crowd {
  /** Of each device, actors first, its cells, in one order. */
  readonly cells: readonly (readonly number[])[];
  readonly classes: Classes;
  /** All of its devices are drawn: what has more classes than there are devices is no picture of it. */
  readonly isWhole: boolean;
}

/** States of the sketch that pictures are of. */
export interface Samples {
  of(picture: Picture, visit: (sample: Sample) => void): void;
  withActor(picture: Picture, visit: (sample: Sample) => void): void;
  /** Of each crowd, the actor that has just left its class, or -1; and how many actors operations are at, who are the first. */
  readonly leaving: readonly number[];
  readonly busyBefore: readonly number[];
}

/** Several are in each class, as far as there are devices. */
const EVERYWHERE = -1;

export function samplesIn({ compiled, crowds, who, counts, kept, firstClass, firstSlot, width }: Frame): Samples {
  const { cells, slots, initial } = compiled;
  const sampleRow = initial.slice();
  const without: Picture = new Uint16Array(width);
  const leaving = crowds.map(() => -1);
  const busyBefore = crowds.map(() => 0);
  // Of each crowd, devices at which no operation is; classes there are.
  const free = crowds.map((): number[] => []);
  const present = crowds.map((): number[] => []);
  return { of: samplesOf, withActor: samplesWithActor, leaving, busyBefore };

  function samplesOf(picture: Picture, visit: (sample: Sample) => void): void {
    enter(picture);
    let most = 1;
    for (let number = 0; number < crowds.length; number++) most = Math.max(most, present[number]!.length);
    const sample = { row: sampleRow, picture, further: false };
    const visitNext = visiting(visit);
    // One is in each class, and the others in each in turn, and then everywhere: what tells one from several is followed.
    for (let many = 0; many < most + Number(most > 1); many++) {
      for (let number = 0; number < crowds.length; number++)
        if (!fill(crowds[number]!, free[number]!, present[number]!, many === most ? EVERYWHERE : many, sampleRow))
          return;
      counts.fillIn(picture, sampleRow, visitNext, sample);
    }
  }

  function samplesWithActor(picture: Picture, visit: (sample: Sample) => void): void {
    enter(picture);
    const visitNext = visiting(visit);
    for (let number = 0; number < crowds.length; number++)
      if (!fill(crowds[number]!, free[number]!, present[number]!, 0, sampleRow)) return;
    for (let number = 0; number < crowds.length; number++) {
      const crowd = crowds[number]!;
      const here = present[number]!;
      const [actor, ...rest] = free[number]!;
      if (actor === undefined || actor >= crowd.actors.length) continue;
      leaving[number] = actor;
      without.set(picture);
      const word = firstClass + number * CLASS_WORDS;
      const sample = { row: sampleRow, picture: without, actor: crowd.actors[actor]!, further: false };
      for (const taken of here) {
        const left = here.filter((one) => one !== taken);
        crowd.classes.write(taken, crowd.cells[actor]!, sampleRow);
        for (const remain of left.length > 0 ? [here, left] : [here]) {
          without.fill(0, word, word + CLASS_WORDS);
          for (const one of remain) without[word + (one >> 4)]! |= 1 << (one & 15);
          sample.further = false;
          for (let many = remain.length > 1 ? EVERYWHERE : 0; many < remain.length; many++)
            if (fill(crowd, rest, remain, many, sampleRow)) counts.fillIn(picture, sampleRow, visitNext, sample);
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
      const taken = who.order(number, picture, firstSlot);
      busyBefore[number] = taken.length;
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

  /** False: there are not so many devices, so that no state has this picture. */
  function fill(crowd: Drawn, devices: readonly number[], of: readonly number[], many: number, row: Row): boolean {
    if (crowd.isWhole && of.length > devices.length) return false;
    // One more, so that several are in a class.
    if (!crowd.isWhole && of.length >= devices.length) throw new TooFew();
    const most = of[many] ?? of[0]!;
    for (let at = 0; at < devices.length; at++) {
      const where = of[many === EVERYWHERE ? at % of.length : at] ?? most;
      crowd.classes.write(where, crowd.cells[devices[at]!]!, row);
    }
    return true;
  }

  function classesIn(picture: Picture, number: number, into: number[]): void {
    into.length = 0;
    for (let word = 0; word < CLASS_WORDS; word++)
      for (let left = picture[firstClass + number * CLASS_WORDS + word]!, bit = 0; left !== 0; left >>= 1, bit++)
        if (left & 1) into.push(word * CLASS_BITS + bit);
  }
}

type Next = Sample & { further: boolean };

const visiting =
  (visit: (sample: Sample) => void) =>
  (sample: Next): void => {
    visit(sample);
    sample.further = true;
  };
