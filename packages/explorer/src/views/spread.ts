import { chargedWith, OutOfRange } from '@busward/core';
import { countingIn, type Judges } from '../judging/judges.ts';
import type { Breach } from '../search/breach.ts';
import type { Watched } from '../search/watched.ts';
import type { At, Compiled } from '../tables/compile.ts';
import { askingIn } from './asking.ts';
import { isSo, noWhen, whenAfter, type Case } from './case.ts';
import type { Parties } from './parties.ts';
import { scenesOf, type Deed, type Flow, type Move, type Own, type Rank, type Said, type Scene } from './scenes.ts';
import type { Tallies } from './tallies.ts';
import { together, type NoMore, type Those } from './together.ts';

/** Every view there is, and more. */
export interface Spread {
  readonly scenes: readonly Scene[];
  readonly views: number;
  /** Who may make a count leave its range. */
  readonly uncounted: readonly Breach[];
}

/** Views between two reports: each takes as long as many states. */
const BETWEEN = 500;

/** Nobody can be told what would be broken then: something throws that may not come to be, or there are too many. */
export class Untold extends Error {}

/**
 * Puts everybody where he is at first, and takes every step that somebody can take as far as he and what is shared are concerned.
 * Others may be in anything that they were seen in there, if it agrees with what is counted. Then they are so in the scene to which the
 * step leads. Throws {@link Untold}; gives why it had to stop, if it had to.
 */
export function* spread(
  compiled: Compiled,
  judges: Judges,
  parties: Parties,
  tallies: Tallies,
  most: number,
): Watched<Spread | string> {
  const { nodes, initial, slots, system } = compiled;
  const { shared, ofCell, place } = parties;
  const scenes = scenesOf(parties, tallies);
  const asking = askingIn(compiled, parties);
  const beside = together(parties, tallies);
  const arrived: (readonly [Scene, Own])[] = [];
  const again = new Set<Scene>();
  const uncounted = new Map<string, Breach>();

  begin();
  for (let done = 0; ;) {
    if (arrived.length > most) throw new Untold(`more than ${most} views`);
    if (done < arrived.length) {
      goOn(...arrived[done++]!);
      if (done % BETWEEN === 0) {
        const stop = yield { states: done, transitions: 0, depth: 0, bytes: 0 };
        if (stop !== undefined) return stop;
      }
      continue;
    }
    const [scene] = again;
    if (!scene) break;
    again.delete(scene);
    for (const deed of scene.deeds) take(deed);
  }
  return { scenes: scenes.all, views: arrived.length, uncounted: [...uncounted.values()] };

  function begin(): void {
    const owns = parties.all.map((party) => scenes.own(party, party.atRest, []));
    const tally = tallies.sum(owns.map((own) => own.tally));
    const scene = scenes.scene(
      shared.map((id) => initial[id]!),
      tally,
      false,
    );
    for (const own of owns) add(scene, own);
  }

  function add(scene: Scene, own: Own): void {
    const { party } = own;
    const ranks = scene.ranks[party.at]!;
    const before = ranks.get(own.rank);
    if (before?.owns.has(own)) return;
    let isNew = !before;
    party.cells.forEach((id, at) => {
      const values = scene.values[id]!;
      if (values.includes(own.values[at]!)) return;
      values.push(own.values[at]!);
      values.sort((a, b) => a - b);
      isNew = true;
    });
    const rank = before ?? { party, tally: own.tally, owns: new Set(), plain: new Set(), flows: new Map() };
    rank.owns.add(own);
    arrived.push([scene, own]);
    if (isNew) {
      scene.news++;
      scene.spans[party.at]!.clear();
      if (scene.deeds.size > 0) again.add(scene);
    }
    if (before) return;
    ranks.set(own.rank, rank);
    for (const move of scene.moves.values()) tell(rank, move);
  }

  /** Those of a rank come to another scene, now and later. */
  function tell(rank: Rank, move: Move): void {
    const { by, to, one, those, noMore } = move;
    const { party } = rank;
    if (by === party) return;
    const choices = one.to.get(party);
    const when = one.when.get(party) ?? noWhen;
    const isPlain = !choices && when.length === 0;
    if (isPlain && rank.plain.has(to)) return;
    if (!beside.allows(those, rank, noMore)) return;
    if (isPlain) {
      rank.plain.add(to);
      for (const own of rank.owns) add(to, own);
      return;
    }
    const flows = choices
      ? choices.map((choice) => ({ to, when: [...when, ...choice.when], writes: placed(choice.what) }))
      : [{ to, when, writes: [] }];
    for (const flow of flows) {
      const key = `${flow.to.at} ${flow.when.join()} ${flow.writes.join()}`;
      if (rank.flows.has(key)) continue;
      rank.flows.set(key, flow);
      for (const own of rank.owns) follow(own, flow);
    }
  }

  function follow(own: Own, { to, when, writes }: Flow): void {
    if (isSo(parties, own, when)) add(to, after(own, writes));
  }

  function goOn(scene: Scene, own: Own): void {
    const rank = scene.ranks[own.party.at]!.get(own.rank)!;
    for (const to of rank.plain) add(to, own);
    for (const flow of rank.flows.values()) follow(own, flow);
    if (scene.isOver) return;
    own.places.forEach((from, slot) => {
      if (own.places[slot - 1] !== from) attempt({ scene, own, node: nodes[from] as At, from });
    });
    if (tallies.inFlight(scene.tally) >= slots) return;
    for (const start of own.party.starts) {
      const may = asking.mayBegin(start, scene, own);
      if (may === undefined) throw new Untold('others are looked at before an operation starts');
      if (may) attempt({ scene, own, node: start.first, from: 0 });
    }
  }

  /** Who looks at others waits until those who do not have done what they can: so there is less news of others after it. */
  function attempt(deed: Deed): void {
    const { scene, own, node } = deed;
    if (!asking.step(node, own.party).looksAtOthers) return take(deed);
    scene.deeds.add(deed);
    again.add(scene);
  }

  function take(deed: Deed): void {
    const { scene, own, node } = deed;
    if (deed.news === scene.news) return;
    deed.news = scene.news;
    const { looksAtOthers, cases } = asking.step(node, own.party);
    const all = cases(scene, own);
    if (deed.done === all) return;
    let isDone = true;
    for (const one of all)
      if (one.entry.result >= 0 || one.entry.failure) {
        const those = looksAtOthers ? beside.those(scene, own, one.when) : whoever(scene, own);
        if (those) come(deed, one, those);
        // It may be otherwise once others come.
        isDone &&= those !== undefined && !looksAtOthers;
      }
    deed.done = isDone ? all : undefined;
    if (!isDone) scene.deeds.add(deed);
  }

  /** The same for all of a rank, once others are there whom it takes. */
  function whoever(scene: Scene, own: Own): Those | undefined {
    const known = scene.beside[own.party.at]!;
    const those = known.get(own.rank) ?? beside.whoever(scene, own);
    if (those) known.set(own.rank, those);
    return those;
  }

  function come({ scene, own: me, node, from }: Deed, one: Case, those: Those): void {
    const { result, writes, events, failure } = one.entry;
    const next = failure ? undefined : node.next[result];
    if (failure ?? next?.error) return fail(node, (failure ?? next?.error)!);
    const to = next?.to ?? from;
    const values = [...scene.shared];
    const mine: number[] = [];
    for (let at = 0; at < writes.length; at += 2) {
      const [id, value] = [writes[at]!, writes[at + 1]!];
      if (ofCell[id] === -1) values[place[id]!] = value;
      else if (ofCell[id] === me.party.at) mine.push(place[id]!, value);
      else if (tallies.counts(id)) throw new Untold('what is counted of somebody is written by somebody else');
    }
    tallies.comesTo(to, from, scene.shared, values);
    const own = after(me, mine, from, to);
    const alone = tallies.inFlight(scene.tally) - (from === 0 ? 0 : 1) === 0;
    const isOver = scene.isOver || events.some(({ kind }) => kind === 'crashed');
    for (const { tally, noMore } of beside.counted(scene.tally, me.tally, own.tally, those)) {
      const there = scenes.scene(values, tally, isOver);
      add(there, own);
      tellAll(scene, there, one, me, those, noMore);
      for (const event of events) if (judges.hears(event)) say(there, { event, alone, own, when: whenAfter(one) });
    }
  }

  /** All others come along. */
  function tellAll(scene: Scene, to: Scene, one: Case, me: Own, those: Those, noMore: NoMore): void {
    const key = `${to.at} ${me.party.at} ${me.rank} ${noMore.join()} ${those.text} ${one.key}`;
    if (scene.moves.has(key)) return;
    const move: Move = { by: me.party, to, one, those, noMore };
    scene.moves.set(key, move);
    for (const ranks of scene.ranks) for (const rank of ranks.values()) tell(rank, move);
  }

  function say(there: Scene, said: Said): void {
    const { event, alone, own, when } = said;
    const seen = own.party.cells.flatMap((id, at) => (judges.seen.has(id) ? own.values[at]! : []));
    there.said.set(
      `${JSON.stringify([event, alone])} ${own.party.at} ${own.rank} ${seen.join()} ${[...when.values()].join()}`,
      said,
    );
  }

  function placed(writes: readonly number[]): readonly number[] {
    return writes.map((number, at) => (at % 2 === 0 ? place[number]! : number));
  }

  function after(own: Own, writes: readonly number[], from = 0, to = 0): Own {
    if (writes.length === 0 && from === to) return own;
    const values = [...own.values];
    for (let at = 0; at < writes.length; at += 2) values[writes[at]!] = writes[at + 1]!;
    const places = [...own.places];
    if (from !== 0) places.splice(places.indexOf(from), 1);
    if (to !== 0) places.push(to);
    return scenes.own(
      own.party,
      values,
      places.toSorted((a, b) => a - b),
    );
  }

  function fail({ operation }: At, failure: Error): void {
    const counting = countingIn(judges);
    if (!(failure instanceof OutOfRange) || !counting) throw new Untold(failure.message);
    for (const device of chargedWith(system.machine, operation)) uncounted.set(device, { principle: counting, device });
  }
}
