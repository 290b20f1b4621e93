import { InputError } from '@busward/core';
import type { Packing } from '../search/lay-out.ts';
import { header } from './addresses.ts';
import { AT, BATCH, fieldsOf } from './record.ts';
import * as wasm from './wasm.ts';
import { atomic, get, i32, type Code, type Func } from './wasm.ts';

/*
 * A second worker. The first expands into one buffer while the second looks up what is in the other; then they meet. Only
 * at a meeting, the second being idle, does anything change that both read: tables, judges, what the set of states has room
 * for. Batches are looked up in the order in which they were expanded, so that everything is found in the order of one
 * worker, with the same numbers. What is expanded meanwhile was there before: it is of the layer before.
 */

/**
 * Lends a second worker to a search: on a thread of its own makes an instance of the module with `env.memory`, and calls
 * its export `help`, which comes back when the search is over. The thread must not keep the process from ending, since a
 * search may be left alone. May do nothing, or be late: the search goes on by itself.
 */
export type Helper = (module: Uint8Array<ArrayBuffer>, memory: object) => void;

/** The second worker, seen by the first. */
export interface Second {
  /** It has begun to wait for work. */
  readonly isThere: boolean;
  /** The second is to look these up; they have met before. */
  handOver(first: number, last: number): void;
  /** Waits until the second has nothing to do. Throws an InputError if that takes a minute. */
  meet(): void;
  /** The second goes. */
  end(): void;
}

/** How often one looks whether the other is there before it sleeps: some 20 µs. */
const LOOKS = 20_000;
const PATIENCE_S = 60;
const GONE = -1;

export function secondIn(view: Int32Array): Second {
  const [there, handed, done] = [AT.there >> 2, AT.handed >> 2, AT.done >> 2];
  let batches = 0;
  const isDone = (): boolean => Atomics.load(view, done) === batches;
  return {
    get isThere() {
      return Atomics.load(view, there) === 1;
    },
    handOver(first, last) {
      view[AT.first >> 2] = first;
      view[AT.last >> 2] = last;
      tell(++batches);
    },
    meet() {
      for (let look = 0; look < LOOKS; look++) if (isDone()) return;
      for (let second = 0; second < PATIENCE_S && !isDone(); second++) Atomics.wait(view, done, batches - 1, 1000);
      if (!isDone()) throw new InputError(`the second worker has not answered for ${PATIENCE_S} s; give --workers 1`);
    },
    end: () => tell(GONE),
  };

  function tell(what: number): void {
    Atomics.store(view, handed, what);
    Atomics.notify(view, handed);
  }
}

/** What the second worker does. */
export function help(packing: Packing): Func {
  const [done, looks, at, end] = [0, 1, 2, 3];
  const few = i32(BATCH * fieldsOf(packing).bytes);
  const handed = atomic.load(i32(AT.handed));
  const untilHanded: Code = [
    wasm.set(looks, i32(LOOKS)),
    wasm.loop(
      wasm.when(wasm.equal(handed, get(done)), [
        wasm.when(get(looks), wasm.set(looks, wasm.minus(get(looks), i32(1))), atomic.wait(i32(AT.handed), get(done))),
        wasm.branch(1),
      ]),
    ),
  ];
  return {
    exported: true,
    params: [],
    locals: ['i32', 'i32', 'i32', 'i32'],
    body: [
      atomic.store(i32(AT.there), i32(1)),
      atomic.notify(i32(AT.there)),
      wasm.block(
        wasm.loop([
          untilHanded,
          wasm.branchIf(wasm.equal(handed, i32(GONE)), 1),
          // As many at once as one worker does: more would not stay in the cache.
          wasm.set(at, header(AT.first)),
          wasm.loop(
            wasm.when(wasm.below(get(at), header(AT.last)), [
              wasm.set(end, wasm.plus(get(at), few)),
              wasm.when(wasm.above(get(end), header(AT.last)), wasm.set(end, header(AT.last))),
              wasm.call('lookUp', get(at), get(end)),
              wasm.set(at, get(end)),
              wasm.branch(1),
            ]),
          ),
          wasm.set(done, wasm.plus(get(done), i32(1))),
          atomic.store(i32(AT.done), get(done)),
          atomic.notify(i32(AT.done)),
          wasm.branch(0),
        ]),
      ),
    ],
  };
}
