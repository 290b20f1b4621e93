import type { Compiled } from '../compile.ts';
import { END, NOTHING, pairCache, type Forest } from './forest.ts';
import type { Relation } from './relation.ts';
import { DONE, NEVER, type Rules } from './rules.ts';
import type { Values } from './values.ts';

/** What the diagrams of one search are made of. */
export interface Workshop {
  readonly compiled: Compiled;
  readonly forest: Forest;
  readonly values: Values;
  readonly rules: Rules;
  readonly relation: Relation;
  readonly steps: Steps;
}

/** Steps taken on sets of states. */
export interface Steps {
  /** Every state that is reached from `set`, those of it included. */
  closure(set: number): number;
  /** The states that are one step further than those of `set`. */
  image(set: number): number;
  /** What the rule makes of `set`. */
  apply(set: number, rule: number): number;
  /** Forgets what was computed: tables have learned something. */
  forget(): void;
  readonly bytes: number;
}

/** Thrown when a piece of work is done; what was computed is kept, so that the same call goes on where it was. */
export const PAUSE = Symbol('pause');

/**
 * Saturation (Ciardo, Luettgen and Siminiceanu 2001): a set is closed level by level from the bottom up. A step is taken as
 * soon as the levels it is about are closed below it, and what it makes is closed at once, so that no large set is made on
 * the way. `ended` hears of rules that come to an end of their own in a set. Throws {@link PAUSE} after `work` results.
 */
export function stepsOn(
  { forest, values, rules, relation }: Omit<Workshop, 'steps'>,
  ended: (end: number) => void,
  work: number,
): Steps {
  const closed = pairCache();
  const imaged = pairCache();
  const closing = pairCache();
  const plain = pairCache();
  const frames: Int32Array[][] = Array.from({ length: values.top + 1 }, () => []);
  const flags: Uint8Array[][] = frames.map(() => []);
  let left = work;
  return {
    closure: (set) => closure(values.top, set),
    image: (set) => image(values.top, set),
    apply: (set, rule) => apply(values.top, set, rule, false),
    forget() {
      for (const cache of [closed, imaged, closing, plain]) cache.clear();
    },
    get bytes() {
      return closed.bytes() + imaged.bytes() + closing.bytes() + plain.bytes();
    },
  };

  function closure(level: number, set: number): number {
    if (set === NOTHING || set === END) return set;
    const known = closed.get(set, 0);
    if (known >= 0) return known;
    let frame = take(level);
    for (let at = 0; at < forest.width(set); at++)
      frame = put(frame, forest.value(set, at), closure(level - 1, forest.child(set, at)));
    return closed.set(set, 0, close(level, frame));
  }

  /** Takes every step whose highest level this is, until nothing new comes of it. */
  function close(level: number, begun: Int32Array): number {
    let frame = begun;
    const queue: number[] = [];
    let waiting = flags[level]!.pop() ?? new Uint8Array(frame.length);
    for (let value = 0; value < frame.length; value++) if (frame[value] !== NOTHING) again(value);
    for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
      waiting[value] = 0;
      const steps = relation.steps(level, value);
      for (let at = 0; at < steps.length; at += 2) {
        const made = apply(level - 1, frame[value]!, steps[at + 1]!, true);
        if (made === NOTHING) continue;
        const to = steps[at]!;
        const before = to < frame.length ? frame[to]! : NOTHING;
        const now = forest.union(before, made);
        if (now === before) continue;
        frame = put(frame, to, now);
        again(to);
      }
    }
    flags[level]!.push(waiting);
    return finish(level, frame);

    function again(value: number): void {
      if (value >= waiting.length) {
        const longer = new Uint8Array(Math.max(frame.length, value + 8));
        longer.set(waiting);
        waiting = longer;
      }
      if (waiting[value] === 0) queue.push(value);
      waiting[value] = 1;
    }
  }

  function apply(level: number, set: number, rule: number, andClose: boolean): number {
    if (set === NOTHING || rule === DONE) return set;
    if (rule === NEVER) return NOTHING;
    if (rules.isEnd(rule)) {
      ended(rule);
      return NOTHING;
    }
    const cache = andClose ? closing : plain;
    const known = cache.get(set, rule);
    if (known >= 0) return known;

    const highest = rules.level(rule);
    rest();
    let frame = take(level);
    let empty = true;
    for (let at = 0; at < forest.width(set); at++) {
      const value = forest.value(set, at);
      if (highest < level) {
        const made = apply(level - 1, forest.child(set, at), rule, andClose);
        if (made === NOTHING) continue;
        frame = put(frame, value, made);
        empty = false;
        continue;
      }
      const after = rules.after(rule, value);
      for (let one = 0; one < after.length; one += 2) {
        const made = apply(level - 1, forest.child(set, at), after[one + 1]!, andClose);
        if (made === NOTHING) continue;
        frame = join(frame, after[one]!, made);
        empty = false;
      }
    }
    if (empty) frames[level]!.push(frame);
    if (empty) return cache.set(set, rule, NOTHING);
    return cache.set(set, rule, andClose ? close(level, frame) : finish(level, frame));
  }

  function image(level: number, set: number): number {
    if (set === NOTHING || set === END) return NOTHING;
    const known = imaged.get(set, 0);
    if (known >= 0) return known;
    rest();
    let frame = take(level);
    for (let at = 0; at < forest.width(set); at++) {
      const value = forest.value(set, at);
      const child = forest.child(set, at);
      frame = join(frame, value, image(level - 1, child));
      const steps = relation.steps(level, value);
      for (let one = 0; one < steps.length; one += 2)
        frame = join(frame, steps[one]!, apply(level - 1, child, steps[one + 1]!, false));
    }
    return imaged.set(set, 0, finish(level, frame));
  }

  function join(frame: Int32Array, value: number, made: number): Int32Array {
    if (made === NOTHING) return frame;
    return put(frame, value, value < frame.length ? forest.union(frame[value]!, made) : made);
  }

  function take(level: number): Int32Array {
    return frames[level]!.pop() ?? new Int32Array(values.size(level) + 8);
  }

  function finish(level: number, frame: Int32Array): number {
    const node = forest.make(frame, frame.length);
    frames[level]!.push(frame);
    return node;
  }

  function rest(): void {
    if (--left > 0) return;
    left = work;
    throw PAUSE;
  }
}

function put(frame: Int32Array, value: number, node: number): Int32Array {
  let to = frame;
  if (value >= frame.length) {
    to = new Int32Array(Math.max(value + 8, frame.length * 2));
    to.set(frame);
  }
  to[value] = node;
  return to;
}
