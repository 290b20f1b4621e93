import { thousands, type Principle } from '@busward/core';
import { compile, type Compiled } from '../tables/compile.ts';
import { likenessIn, lookingAmongFew, noLikeness, type AmongFew } from '../devices/among-few.ts';
import { lookingAtMost, type AtMost } from '../devices/at-most.ts';
import type { Viewed } from '../views/looking.ts';
import { isLong, showingByViews } from '../views/shown.ts';
import { exchanging } from '../devices/exchanging.ts';
import { judgesOf } from '../judging/judges.ts';
import { missingIn, worstOf, type Breach } from './breach.ts';
import type { Enough } from './ended.ts';
import type { Decided, Engine, IsEnough } from './engine.ts';
import { nearestFirst, type Limits } from './explore.ts';
import { endSearch, isGrowing, unlessLeft, type SearchProgress, type Watched } from './watched.ts';

/** Up to so many states nothing is quicker than to visit them. Beyond it is asked what can be broken at most, if there come to be more and more. */
const LARGISH = 100_000;
/** Beyond so many a diagram is tried as well, if there come to be more and more, and nothing is broken: else it is slow. */
const LARGE = 1_000_000;
/** Beyond so many in any case. */
const VERY_LARGE = 3_000_000;
/**
 * Among so many states it is looked for what can be broken at most, where what may be broken by then would be enough. Fewer than those after
 * which steps are moved.
 */
const SOON = 150_000;

/**
 * Chooses how states are looked at. How large a system is shows when it is searched: one that is small is visited before
 * anything else has begun. Where there come to be more and more states it is asked what can be broken at most, of those that
 * differ in more than which of like devices is where. What has not been found of that is looked for where few devices do
 * anything; if all of it has been found there is nothing left to look for. Then there is visiting and counting, of which neither
 * is always quicker: diagrams are slow where much goes wrong, and a search where there is much. So both go on, each for as long
 * as the other has, and the first to end decides. (Where there come to be fewer states from step to step the search has the end
 * in sight, and neither is begun so soon.) Both say the same. The search keeps the limits, and ends undecided where it would by
 * itself.
 */
export function planner(search: Engine, diagram: Engine, atMost: typeof lookingAtMost = lookingAtMost): Engine {
  const unreduced: Engine = {
    name: 'planner',
    says: `breadth first over packed states; beyond ${thousands(LARGE)} states decision diagrams are tried as well, and the first to end decides`,
    explore: (...asked) => planning(search, diagram, undefined, ...asked),
  };
  return { ...unreduced, explore: (...asked) => planning(search, diagram, atMost, ...asked), exchanging, unreduced };
}

function* planning(
  search: Engine,
  diagram: Engine,
  atMost: typeof lookingAtMost | undefined,
  ...[compiled, principles, limits, isEnough]: Parameters<Engine['explore']>
): Watched<Decided> {
  let all: AtMost | Viewed | undefined;
  let few: AmongFew | undefined;
  let found: readonly Breach[] = [];
  // What may be broken, as far as that was looked for; and whether too much is left to look for all of it.
  let possible: readonly Breach[] = [];
  let isMuch = false;
  let stop: string | undefined;
  let hasViewed = false;
  const known = (): readonly Breach[] => [...found, ...(few?.violations ?? [])];
  const isDone = (broken: readonly Breach[]): Enough | undefined => (isMuch ? isEnough?.(broken, Infinity) : undefined);
  const visiting = search.explore(compiled, principles, limits, (broken, states) => {
    found = broken;
    return isDone(known()) ?? isEnough?.(known(), states) ?? (all && hasAll(known(), all) ? 'all' : undefined);
  });
  let looking: Watched<AtMost | undefined> | undefined;
  const counting = beside(compiled, diagram, principles, limits, () => (found.length > 0 ? VERY_LARGE : LARGE));
  try {
    let far = visiting.next();
    while (!far.done && !isLarge(far.value, LARGISH)) far = visiting.next(yield far.value);
    if (far.done) return far.value;
    // There are many by now: so steps are moved at once, unless not all of it need be found.
    const bounds = isEnough?.(found, Infinity) ? limits : { movedAfter: 0, ...limits };
    looking = atMost?.(compiled, principles, bounds, (broken) => void (possible = broken));
    if (looking) {
      let decided = yield* findingOut(looking, isMuchFor(isEnough));
      // Few do not do what is possible: so all of it is looked for after all.
      if (!decided && isMuch && stop === undefined && !isDone(known()))
        decided = yield* findingOut(looking, () => false);
      if (decided) return decided;
    }
    const visited = yield* counting(visiting, stop);
    if (visited.decided) return visited.decided;
    const decided = few ? withFew(visited.value!, few) : visited.value!;
    if (decided.ended.kind !== 'enough' || !all || !hasAll(decided.violations, all)) return decided;
    if (all.kind === 'viewed') return { ...decided, ended: { kind: 'nothing else can break' }, viewed: all };
    const { states, exchange, together, alike, isPast = false } = all;
    return {
      ...decided,
      states: states + decided.states,
      ended: { kind: 'nothing else can break' },
      exchanged: { exchange, searched: [together, compiled], isPast },
      ...(alike && { alike }),
    };
  } finally {
    if (looking) endSearch(looking);
    endSearch(visiting);
  }

  /** Finds out what can be broken at most, until it `isLeft`, and looks for what was not found among few; unless a diagram is first. */
  function* findingOut(
    most: Watched<AtMost | undefined>,
    isLeft: (possible: readonly Breach[], states: number) => boolean,
  ): Watched<Decided | undefined> {
    let isViewed = false;
    const asFar = unlessLeft(
      most,
      (far) => (isMuch = isLeft(possible, far.states)) || (isViewed = !hasViewed && isLong(far)),
    );
    const looked = yield* counting<AtMost | undefined>(asFar, stop);
    if (looked.decided) return looked.decided;
    ({ value: all, stop } = looked);
    if (isViewed) {
      hasViewed = true;
      const viewed = yield* counting(showingByViews(compiled, principles, found, limits), stop);
      if (viewed.decided) return viewed.decided;
      ({ stop } = viewed);
      // What views allow too much is left out by who looks at states.
      if (viewed.value?.kind !== 'shown') return yield* findingOut(most, isLeft);
      ({ all, few } = viewed.value);
      return undefined;
    }
    const wanted = missingIn(found, all?.broken ?? (isMuch ? worstOf(possible) : []));
    if (stop !== undefined || wanted.length === 0) return undefined;
    const judges = judgesOf(compiled.system, principles);
    const likeness = all?.kind === 'at most' ? likenessIn(all) : noLikeness;
    const isAll = (some: readonly Breach[]): Enough | undefined => isDone([...found, ...some]);
    const among = yield* counting(lookingAmongFew(compiled, judges, wanted, limits, likeness, isAll));
    ({ value: few, stop } = among);
    return among.decided;
  }
}

/** Whether what may be broken would be enough, among so many states that not all of it is looked for. */
const isMuchFor =
  (isEnough: IsEnough | undefined) =>
  (possible: readonly Breach[], states: number): boolean =>
    states >= SOON && isEnough?.(possible, Infinity) !== undefined;

/** Everything that can be broken has been. */
const hasAll = (broken: readonly Breach[], all: Pick<AtMost, 'broken'>): boolean =>
  missingIn(broken, all.broken).length === 0;

/** What was found by all, and what few can do that all had not done when few were looked at. */
function withFew(decided: Decided, { states, violations, most }: AmongFew): Decided {
  const more = missingIn(decided.violations, violations);
  return {
    ...decided,
    states: states + decided.states,
    violations: nearestFirst([...decided.violations, ...more]),
    ...(more.length > 0 && { amongFew: most }),
  };
}

interface Raced<T> {
  /** By the diagram, which was first. */
  readonly decided?: Decided;
  readonly value?: T;
  /** Why it had to stop. */
  readonly stop?: string | undefined;
}

/** On tables of its own, since what the others learn it would have to work into what it has made. */
function* onItsOwn(
  compiled: Compiled,
  diagram: Engine,
  principles: readonly Principle[],
  limits: Limits,
): Watched<Decided> {
  const own = compile(compiled.system);
  return { ...(yield* diagram.explore(own, principles, limits)), on: own };
}

/** Runs what goes on beside a diagram, which is begun when the first of them is large, and goes on beside the next. */
function beside(
  compiled: Compiled,
  diagram: Engine,
  principles: readonly Principle[],
  limits: Limits,
  large: () => number,
) {
  let counting: Watched<Decided> | undefined;
  let counted: ReturnType<Watched<Decided>['next']> | undefined;
  // Milliseconds that the others have had more than the diagram.
  let ahead = 0;
  return function* <T>(running: Watched<T>, first?: string): Watched<Raced<T>> {
    let stop = first;
    try {
      for (;;) {
        const began = performance.now();
        if (counting && counted?.done !== true && ahead > 0) {
          counted = counting.next();
          ahead -= performance.now() - began;
          // A diagram that came to its own limit leaves it to the others.
          if (counted.done && counted.value.ended.kind !== 'stopped') return { decided: counted.value };
          continue;
        }
        const far = running.next(stop);
        if (far.done) return { value: far.value, stop };
        if (isLarge(far.value, large())) counting ??= onItsOwn(compiled, diagram, principles, limits);
        if (counting) ahead += performance.now() - began;
        const bytes = counted?.done === false ? counted.value.bytes : 0;
        stop = yield { ...far.value, bytes: far.value.bytes + bytes };
      }
    } finally {
      endSearch(running);
    }
  };
}

const isLarge = (far: SearchProgress, some: number): boolean =>
  far.states >= VERY_LARGE || (far.states >= some && isGrowing(far));

/** A clock that browsers and Node have; the language's library does not declare it. */
declare const performance: { now(): number };
