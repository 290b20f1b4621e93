import type { Principle } from '@busward/core';
import { brokenBy } from '../judging/broken-by.ts';
import type { Reduced } from '../search/reduced.ts';
import { likeDevice, likeDevicesOf } from '../devices/like-devices.ts';
import { brokenIn, countingIn } from '../judging/judges.ts';
import { forEachMove, type Move } from '../tables/moves.ts';
import { askingOf, readersEver } from '../judging/readers.ts';
import { stateSet } from '../search/state-set.ts';
import type { Row } from '../tables/table.ts';
import { usersAgree } from '../users/agree.ts';
import { likeUsersOf, type LikeUsers } from '../users/like-users.ts';
import { UsersUnlike, supposingLikeUsers } from '../users/supposing-like-users.ts';
import { afterStates, type Watched } from '../search/watched.ts';
import { TooFew } from './classes.ts';
import { countersOf, type Counter } from './counters.ts';
import { drawingOf, type Drawing, type Question } from './drawing.ts';
import { twinOf } from './known.ts';
import { picturesOf, type Picture } from './picture.ts';
import { apart, type CrowdResult, type Pictured } from './result.ts';
import type { Sample } from './samples.ts';
import { OTHERS, type Sketch } from './sketch.ts';
import { countAlike, countersAlike } from './users-in-order.ts';
import { whatMoves } from './what-moves.ts';

/** Pictures between two reports. */
const SOME = 1_000;
/** So many more devices are drawn, up to so many, as long as there are more local states than these can show. */
const MOST_OTHERS = 18;

/**
 * Looks at every picture of a state that the machine can be in, breadth first. A result that was `known` before answers if it
 * has the same tables.
 */
export function* searchingCrowds(question: Question, known: readonly CrowdResult[] = []): Watched<CrowdResult> {
  for (let others = OTHERS; ; others += OTHERS)
    try {
      return yield* searching(question, known, others);
    } catch (error) {
      if (!(error instanceof TooFew)) throw error;
      if (others >= MOST_OTHERS) return { kind: 'untold', because: 'at too many local states' };
    }
}

function* searching(question: Question, before: readonly CrowdResult[], standing: number): Watched<CrowdResult> {
  const drawing = drawingOf(question, standing);
  if (drawing.kind !== 'drawing') return drawing;
  const twin = twinOf(question, drawing, before);
  if (twin) return twin;
  const { compiled, isApart, unlessApart } = drawing;
  const guessed = countersOf(compiled);
  // Their tables know something by now: most that are not alike show it here.
  if (isApart()) return apart;
  const isReduced = question.reduction !== false && !question.usersApart;
  const likeUsers = isReduced ? likeUsersIn(drawing) : undefined;
  const counters = countersAlike(guessed, likeUsers?.exchanges ?? [], compiled.cells);
  const isExchanged = likeUsers && countAlike(counters, likeUsers.exchanges);
  const found = yield* supposingLikeUsers({ ...compiled, ...(isExchanged && { likeUsers }) }, (supposed) =>
    looking(question, drawing, counters, supposed),
  );
  return unlessApart(found);
}

function* looking(
  { limits }: Question,
  { sketch, judges, single, isPast }: Drawing,
  counters: readonly Counter[],
  compiled: Reduced,
): Watched<Pictured> {
  const { slots, likeUsers } = compiled;
  const busesOf = busesIn(sketch);
  const pictures = picturesOf(compiled, single, sketch, counters);
  const seen = stateSet(pictures.bits, slots);
  const picture: Picture = new Uint16Array(pictures.bits.length);
  const drawn: Picture = new Uint16Array(pictures.bits.length);
  const ask = askingOf(readersEver(judges.states, compiled.system), (judge, _, row) =>
    judgeState(judge, row, depth + 1),
  );
  const stopped = new Set<number>();
  const mayBreak = new Map<string, number>();
  const moves = whatMoves(compiled, sketch.crowds, pictures);
  let transitions = 0;
  let current = 0;
  let layer = 1;
  let depth = 0;
  let unknown: string | undefined;

  pictures.draw(compiled.initial, drawn);
  seen.add(drawn);
  judges.states.forEach((_, judge) => judgeState(judge, compiled.initial, 0));
  let stop: string | undefined;
  while (current < seen.size && seen.size <= limits.maxStates && stop === undefined) {
    const waiting = seen.size - current;
    stop = yield { states: seen.size, transitions, depth, bytes: seen.bytes, waiting, found: mayBreak.size };
    if (stop === undefined) expand(current + SOME);
  }
  if (likeUsers && !usersAgree(compiled, judges, likeUsers.exchanges)) throw new UsersUnlike();
  const atLimit = seen.size > limits.maxStates ? afterStates(limits.maxStates) : undefined;
  const by = current === seen.size ? unknown : (stop ?? atLimit);
  return {
    kind: 'pictured',
    states: seen.size,
    ended: by === undefined ? { kind: 'all seen' } : { kind: 'stopped', by },
    mayBreak,
    compiled,
    sketch,
    isPast,
    ...(likeUsers && { alike: likeUsers.classes }),
  };

  function expand(until: number): void {
    for (; current < until && current < seen.size && seen.size <= limits.maxStates; current++) {
      if (current === layer) {
        depth++;
        layer = seen.size;
      }
      if (stopped.has(current)) continue;
      seen.read(current, picture);
      pictures.samples(picture, step);
      if (picture[picture.length - slots] === 0) pictures.samplesWithActor(picture, start);
    }
  }

  function step(sample: Sample): void {
    const only = moves.goesOn(sample, pictures.busy(picture));
    forEachMove(compiled, sample.row, (move) => visit(move, sample), only);
  }

  function start(sample: Sample): void {
    forEachMove(compiled, sample.row, (move) => visit(move, sample), moves.starts(sample));
  }

  function visit(move: Move, sample: Sample): void {
    const { row } = sample;
    judgeMove(move, row);
    if (move.failure) {
      if (!countingIn(judges)) unknown ??= `by a count out of its range: ${move.failure.message}`;
      return;
    }
    transitions++;
    pictures.drawAfter(sample, row, move.writes, drawn);
    const number = seen.add(drawn);
    if (number < 0) return;
    if (move.crashed) stopped.add(number);
    ask(move.writes, number, row);
  }

  function judgeState(judge: number, row: Row, steps: number): void {
    for (const device of brokenIn(judges.states[judge]!, row)) record(judges.states[judge]!.principle, device, steps);
  }

  function judgeMove(move: Move, row: Row): void {
    for (const { principle, devices } of brokenBy(compiled, judges.bothWays, move, row))
      for (const device of devices) record(principle, device, depth + 1);
  }

  function record({ id }: Principle, device: string, steps: number): void {
    for (const bus of busesOf.get(device)!) {
      const key = `${id} ${bus}`;
      if (!mayBreak.has(key)) mayBreak.set(key, steps);
    }
  }
}

/** Users to exchange, who have as much in one device of a crowd as in another. */
function likeUsersIn({ single, sketch: { crowds } }: Drawing): LikeUsers | undefined {
  const kinds = crowds.map(({ actors, others }) => [...actors, ...others].map((name) => likeDevice(single, name)));
  return likeUsersOf(single, likeDevicesOf(single, kinds));
}

/** Of each device its bus; of one of a crowd, those of all of it, which could do the same. */
function busesIn({ machine, crowds }: Sketch): ReadonlyMap<string, readonly string[]> {
  const inCrowds = crowds.flatMap(({ kind, actors, others }) => {
    const buses = [...new Set(kind.devices.map(({ bus }) => bus))];
    return [...actors, ...others].map((name) => [name, buses] as const);
  });
  const alone = machine.devices.map(({ name, bus }) => [name, [bus]] as const);
  return new Map<string, readonly string[]>([...alone, ...inCrowds]);
}
