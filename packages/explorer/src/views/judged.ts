import type { Principle } from '@busward/core';
import type { Judges, StateJudge } from '../judging/judges.ts';
import { breachText, type Breach } from '../search/breach.ts';
import type { Compiled } from '../tables/compile.ts';
import { groupBy } from '../group-by.ts';
import type { Entry, Table } from '../tables/table.ts';
import { isSo, noWhen } from './case.ts';
import { show, showShared, type Parties } from './parties.ts';
import type { Own, Said, Scene } from './scenes.ts';
import type { Spread } from './spread.ts';
import { SEVERAL, type Tallies } from './tallies.ts';
import { spanOf, together } from './together.ts';

/**
 * Those of core's that say of each member whether it takes part by what is shared and by what it is in itself. The others ask whether
 * anybody else is so.
 */
export const SAYS_OF_EACH: ReadonlySet<string> = new Set(['P1', 'P6', 'P9', 'P10', 'P12', 'P13', 'P17']);

/** What may be broken in the states that views allow, but for principles that all devices are known to break. */
export function brokenIn(
  { system, initial }: Compiled,
  judges: Judges,
  parties: Parties,
  tallies: Tallies,
  { scenes, uncounted }: Spread,
  isFound: (principle: Principle, device: string) => boolean,
): readonly Breach[] {
  const broken = new Map(uncounted.map((one) => [breachText(one), one]));
  const beside = together(parties, tallies);
  const asked = new Set<string>();
  const looks = new Map<Own, string>();
  const row = initial.slice();
  const names = system.machine.devices.map(({ name }) => name);
  const seenOf = parties.all.map(({ cells }) => cells.flatMap((id, at) => (judges.seen.has(id) ? [at] : [])));
  const sharedSeen = parties.shared.flatMap((id, at) => (judges.seen.has(id) ? [at] : []));
  for (const scene of scenes) {
    // Nobody is in a scene where somebody never was.
    if (scene.ranks.some(({ size }) => size === 0)) continue;
    const owns = scene.ranks.map((ranks) => alikeAsSeen([...ranks.values()].flatMap((rank) => [...rank.owns])));
    const isNew = isNewAsSeen(scene, owns, '');
    for (const judge of judges.states)
      if (judge.devices.every((device) => isKnown(judge.principle, device))) continue;
      else if (SAYS_OF_EACH.has(judge.principle.id)) ofEach(scene, owns, judge);
      else if (isNew) ofAll(scene, owns, judge);
    for (const said of scene.said.values()) atEvent(scene, owns, said);
  }
  return [...broken.values()];

  function isKnown(principle: Principle, device: string): boolean {
    return isFound(principle, device) || broken.has(breachText({ principle, device }));
  }

  function add(principle: Principle, device: string): void {
    broken.set(breachText({ principle, device }), { principle, device });
  }

  /** With all others at rest. */
  function ofEach(
    { shared }: Scene,
    owns: readonly (readonly Own[])[],
    { principle, devices, table }: StateJudge,
  ): void {
    showShared(row, parties, shared);
    const text = `${principle.id} ${sharedSeen.map((at) => shared[at]).join()}`;
    for (const party of parties.all) show(row, party, party.atRest);
    devices.forEach((device, member) => {
      const party = parties.all[names.indexOf(device)]!;
      for (const own of owns[party.at]!) {
        const key = `${text} ${member} ${lookOf(own)}`;
        if (asked.has(key)) continue;
        asked.add(key);
        show(row, party, own.values);
        if (table.at(row).result & (1 << member)) add(principle, device);
      }
      show(row, party, party.atRest);
    });
  }

  function ofAll(scene: Scene, owns: readonly (readonly Own[])[], { principle, devices, table }: StateJudge): void {
    inAll(scene, owns, table, ({ result }) => {
      devices.forEach((device, at) => {
        if (result & (1 << at)) add(principle, device);
      });
      return devices.every((device) => isKnown(principle, device));
    });
  }

  function atEvent(scene: Scene, owns: readonly (readonly Own[])[], { event, alone, own, when }: Said): void {
    const those = beside.those(scene, own, when);
    if (!those) return;
    const left = owns.map((some, at) =>
      at === own.party.at
        ? [own]
        : some.filter(
            (other) => beside.allows(those, other, []) && isSo(parties, other, when.get(other.party) ?? noWhen),
          ),
    );
    if (!isNewAsSeen(scene, left, JSON.stringify([event, alone]))) return;
    inAll(scene, left, judges.eventTable(event, alone), ({ result }) => {
      for (const { principle, devices } of result) for (const device of devices) add(principle, device);
      return false;
    });
  }

  /** Of those that judges cannot tell apart one, for each that they count for. */
  function alikeAsSeen(owns: readonly Own[]): readonly Own[] {
    return [...new Map(owns.map((own) => [lookOf(own), own])).values()];
  }

  /** The same for those that judges cannot tell apart, and that count for the same. */
  function lookOf(own: Own): string {
    const known = looks.get(own);
    if (known !== undefined) return known;
    const look = `${own.rank} ${seenOf[own.party.at]!.map((at) => own.values[at]).join()}`;
    looks.set(own, look);
    return look;
  }

  /** Whether nothing that looks the same was judged. */
  function isNewAsSeen({ shared, tally }: Scene, owns: readonly (readonly Own[])[], what: string): boolean {
    const whole = owns.map((some) => some.map(lookOf).toSorted().join(';'));
    const text = `${what}|${sharedSeen.map((at) => shared[at]).join()}|${tally.join()}|${whole.join('|')}`;
    if (asked.has(text)) return false;
    asked.add(text);
    return true;
  }

  /** What the table says in each way in which they may be, as far as it reads them, if it agrees with what is counted; until it is enough. */
  function inAll<T>(
    { shared, tally }: Scene,
    owns: readonly (readonly Own[])[],
    table: Table<T>,
    isEnough: (entry: Entry<T>) => boolean,
  ): void {
    if (owns.some((some) => some.length === 0)) return;
    showShared(row, parties, shared);
    for (const [one] of owns) show(row, one!.party, one!.values);
    const now = [...owns];
    const spans = now.map((some) => spanOf(some)!);
    const known = new Set<number>();
    if (mayBe()) go();

    function go(): boolean {
      const { entry, reads } = table.situation(row);
      const open = reads.find((id) => parties.ofCell[id]! >= 0 && !known.has(id));
      if (open === undefined) return isEnough(entry);
      const party = parties.ofCell[open]!;
      const [before, span] = [now[party]!, spans[party]!];
      const ways = [...groupBy(before, ({ values }) => values[parties.place[open]!]).values()];
      known.add(open);
      for (const some of ways) {
        if (ways.length > 1) {
          now[party] = some;
          spans[party] = spanOf(some)!;
          if (!mayBe()) continue;
          show(row, some[0]!.party, some[0]!.values);
        }
        if (go()) return true;
      }
      known.delete(open);
      if (ways.length > 1) {
        now[party] = before;
        spans[party] = span;
        show(row, before[0]!.party, before[0]!.values);
      }
      return false;
    }

    /** Whether they can count for as much together. */
    function mayBe(): boolean {
      for (let at = 0; at < tally.length; at++) {
        let least = 0;
        let most = 0;
        for (const span of spans) {
          least += span.least[at]!;
          most += span.most[at]!;
        }
        const many = tally[at]!;
        if (most < many || (least > many && !(tallies.isFew[at] && many === SEVERAL))) return false;
      }
      return true;
    }
  }
}
