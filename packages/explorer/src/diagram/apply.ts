import type { Compiled } from '../tables/compile.ts';
import { childOf, END, NOTHING, pairCache, put, draft, type Forest, type Draft } from './forest.ts';
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

/** A node that is being closed: which of its values have still to be looked at. */
interface Work {
  readonly draft: Draft;
  readonly queue: number[];
  waiting: Uint8Array;
}

/** Values of which it was seen where a rule leads them, between two pauses: some tenth of a second. */
const LEARNED = 50_000;

/** Thrown when a piece of work is done; what was computed is kept, so that the same call goes on where it was. */
export const PAUSE = Symbol('pause');

/**
 * Saturation (Ciardo, Luettgen and Siminiceanu 2001): a set is closed level by level from the bottom up. A step is taken as
 * soon as the levels it is about are closed below it, and what it makes is closed at once, so that no large set is made on
 * the way. `ended` hears of rules that come to an end of their own in a set. Throws {@link PAUSE} after so many results.
 */
export function stepsOn(
  { forest, values, rules, relation }: Omit<Workshop, 'steps'>,
  ended: (end: number) => void,
  pauseAfter: number,
): Steps {
  const closed = pairCache();
  const imaged = pairCache();
  const closing = pairCache();
  const plain = pairCache();
  // Sketches that are not in use, by level, and what is waiting in them.
  const free: Work[] = [];
  let left = pauseAfter;
  let rested = 0;
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
    const work = take();
    for (let at = 0; at < forest.width(set); at++)
      put(work.draft, forest.value(set, at), closure(level - 1, forest.child(set, at)));
    return closed.set(set, 0, close(level, work));
  }

  /** Takes every step whose highest level this is, until nothing new comes of it. */
  function close(level: number, work: Work): number {
    const { draft: drafted, queue } = work;
    for (const value of drafted.used) again(work, value);
    for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
      work.waiting[value] = 0;
      const steps = relation.steps(level, value);
      restFromRules();
      for (let at = 0; at < steps.length; at += 2) {
        const made = apply(level - 1, childOf(drafted, value), steps[at + 1]!, true);
        if (made === NOTHING) continue;
        const to = steps[at]!;
        const before = childOf(drafted, to);
        const now = forest.union(before, made);
        if (now === before) continue;
        put(drafted, to, now);
        again(work, to);
      }
    }
    return finish(work);
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
    const work = take();
    const { draft: drafted } = work;
    for (let at = 0; at < forest.width(set); at++) {
      const value = forest.value(set, at);
      if (highest < level) {
        const made = apply(level - 1, forest.child(set, at), rule, andClose);
        if (made === NOTHING) continue;
        put(drafted, value, made);
        continue;
      }
      const after = rules.after(rule, value);
      for (let one = 0; one < after.length; one += 2) {
        const made = apply(level - 1, forest.child(set, at), after[one + 1]!, andClose);
        if (made === NOTHING) continue;
        join(drafted, after[one]!, made);
      }
    }
    return cache.set(set, rule, andClose && drafted.used.length > 0 ? close(level, work) : finish(work));
  }

  function image(level: number, set: number): number {
    if (set === NOTHING || set === END) return NOTHING;
    const known = imaged.get(set, 0);
    if (known >= 0) return known;
    rest();
    const work = take();
    for (let at = 0; at < forest.width(set); at++) {
      const value = forest.value(set, at);
      const child = forest.child(set, at);
      join(work.draft, value, image(level - 1, child));
      const steps = relation.steps(level, value);
      for (let one = 0; one < steps.length; one += 2)
        join(work.draft, steps[one]!, apply(level - 1, child, steps[one + 1]!, false));
    }
    return imaged.set(set, 0, finish(work));
  }

  function join(to: Draft, value: number, made: number): void {
    if (made !== NOTHING) put(to, value, forest.union(childOf(to, value), made));
  }

  function take(): Work {
    return free.pop() ?? { draft: draft(), queue: [], waiting: new Uint8Array(64) };
  }

  function finish(work: Work): number {
    free.push(work);
    return forest.make(work.draft);
  }

  function rest(): void {
    if (--left <= 0) pause();
  }

  /** Where many values can be somewhere, to see where rules lead takes longest. What was seen is kept: so there is less of it next time. */
  function restFromRules(): void {
    if (rules.size - rested > LEARNED) pause();
  }

  function pause(): never {
    left = pauseAfter;
    rested = rules.size;
    throw PAUSE;
  }
}

function again(work: Work, value: number): void {
  if (value >= work.waiting.length) {
    const longer = new Uint8Array(value * 2);
    longer.set(work.waiting);
    work.waiting = longer;
  }
  if (work.waiting[value] === 0) work.queue.push(value);
  work.waiting[value] = 1;
}
