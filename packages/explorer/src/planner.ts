import { thousands } from '@busward/core';
import { compile } from './compile.ts';
import type { Engine } from './engine.ts';
import { exchanging } from './devices/exchanging.ts';
import type { SearchProgress } from './watched.ts';

/** Up to so many states nothing is quicker than to visit them. */
const SMALL = 30_000;
/** Beyond so many a diagram is tried as well, if there come to be more and more. */
const LARGE = 300_000;
/** Beyond so many in any case. */
const VERY_LARGE = 1_000_000;
/** Layers grow by a fifth or more if such a part of all states that were seen is waiting; with less, a good part of all has been seen. */
const GROWING = 1 / 6;

/**
 * Chooses how states are looked at. How large a system is shows when it is searched: one that is small is visited before
 * anything else has begun. Beyond that those of its states are looked at that differ in more than which of like devices is
 * where, as far as these are few. Then there is visiting and counting, of which neither is always quicker: diagrams are slow where much goes wrong, and
 * a search where there is much. So both go on, each for as long as the other has, and the first to end decides. (Where
 * there come to be fewer states from step to step the search has the end in sight, and a diagram is not begun so soon.) Both say
 * the same. Each has tables of its own, since what one learns the other
 * would have to work into what it has made. The search keeps the limits, and ends undecided where it would by itself.
 */
export const planner = (search: Engine, diagram: Engine, soon: NonNullable<Engine['soon']> = exchanging): Engine => ({
  name: 'planner',
  soon,
  says: `breadth first over packed states; beyond ${thousands(LARGE)} states decision diagrams are tried as well, and the first to end decides`,
  *explore(compiled, principles, limits, isEnough) {
    const visiting = search.explore(compiled, principles, limits, isEnough);
    let far = visiting.next();
    while (!far.done && far.value.states < SMALL) far = visiting.next(yield far.value);
    if (far.done) return far.value;
    const decided = yield* soon(compiled, principles, limits);
    if (decided?.stoppedBy === undefined) {
      if (decided) return decided;
    } else far = visiting.next(decided.stoppedBy);
    while (!far.done && !isLarge(far.value)) far = visiting.next(yield far.value);
    if (far.done) return far.value;
    const own = compile(compiled.system);
    const counting = diagram.explore(own, principles, limits);
    let counted = counting.next();
    // Milliseconds that the search has had more than the diagram.
    let ahead = 0;
    let stop: string | undefined;
    for (;;) {
      const began = performance.now();
      if (ahead > 0 && !counted.done) {
        counted = counting.next();
        ahead -= performance.now() - began;
        // A diagram that came to its own limit leaves it to the search.
        if (counted.done && counted.value.stoppedBy === undefined) return { ...counted.value, on: own };
        continue;
      }
      far = visiting.next(stop);
      ahead += performance.now() - began;
      if (far.done) return far.value;
      stop = yield { ...far.value, bytes: far.value.bytes + (counted.done ? 0 : counted.value.bytes) };
    }
  },
});

const isLarge = ({ states, waiting = states }: SearchProgress): boolean =>
  states >= VERY_LARGE || (states >= LARGE && waiting > states * GROWING);

/** A clock that browsers and Node have; the language's library does not declare it. */
declare const performance: { now(): number };
