import { isSo, type When } from './case.ts';
import type { Parties } from './parties.ts';
import type { Own, Rank, Scene } from './scenes.ts';
import { MANY, SEVERAL, type Tallies, type Tally } from './tallies.ts';

/** Those of whom something is known beside somebody, and what is left for all others. */
export interface Those {
  /** Whether one more can be beside them; if others count for no more than so many of some tallies. */
  allows(one: Pick<Rank, 'party' | 'tally'>, noMore?: NoMore): boolean;
  /** Whether all others can count for just so many of a tally; or for so many at least. */
  canBe(tally: number, many: number): boolean;
  canBeMore(tally: number, many: number): boolean;
  /** The same if they allow the same. */
  readonly text: string;
}

export type NoMore = readonly (readonly [tally: number, many: number])[];

/** Whether parties can be in a scene together, as far as what they count for says. */
export interface Together {
  /** Nothing if others cannot be so beside him. */
  of(scene: Scene, me: Own, when: When): Those | undefined;
  /** What is counted after somebody counts for something else. */
  counted(before: Tally, mine: Tally, now: Tally, those: Those): readonly Counted[];
}

/** What is counted, and what others count for then at most. */
interface Counted {
  readonly tally: Tally;
  readonly noMore: NoMore;
}

export function together(parties: Parties, tallies: Tallies): Together {
  const { all, ofCell } = parties;
  const none = tallies.room.map(() => 0);
  return { of, counted };

  function of(scene: Scene, me: Own, when: When): Those | undefined {
    const mine = me.tally;
    // Others together have no fewer and no more, and so much room have those of whom nothing is known.
    const least = scene.tally.map((many, at) => Math.max(0, many - mine[at]!));
    const most = scene.tally.map((many, at) => (tallies.isFew[at] && many === SEVERAL ? MANY : many) - mine[at]!);
    const room = minus(tallies.room, tallies.most(me.party));
    const known = new Map<number, Span>();
    for (const [id] of when) {
      const at = ofCell[id]!;
      if (known.has(at)) continue;
      const span = spanOfAll(scene, at, when);
      if (!span) return undefined;
      known.set(at, span);
      const party = tallies.most(all[at]!);
      for (let tally = 0; tally < room.length; tally++) {
        least[tally]! -= span.most[tally]!;
        most[tally]! -= span.least[tally]!;
        room[tally]! -= party[tally]!;
      }
    }
    for (let at = 0; at < most.length; at++) {
      if (most[at]! < 0 || least[at]! > room[at]!) return undefined;
      if (least[at]! > 0 && !hasOneOf(scene, at, most, (party) => party !== me.party.at && !known.has(party)))
        return undefined;
    }
    const sumOf = (what: keyof Span, at: number): number =>
      [...known.values()].reduce((sum, span) => sum + span[what][at]!, 0);
    const fewest = (at: number): number => Math.max(0, least[at]!) + sumOf('least', at);
    const highest = (at: number): number => Math.min(most[at]!, room[at]!) + sumOf('most', at);
    return {
      text: `${least.join()} ${most.join()}`,
      canBe: (at, many) => fewest(at) <= many && many <= highest(at),
      canBeMore: (at, many) => many <= highest(at),
      allows({ tally, party }, noMore) {
        const span = known.get(party.at);
        const own = span ? none : tallies.most(party);
        for (let at = 0; at < tally.length; at++) {
          const many = tally[at]!;
          if (many > most[at]! + (span?.least[at] ?? 0)) return false;
          if (least[at]! + (span?.most[at] ?? 0) - many > room[at]! - own[at]!) return false;
        }
        return noMore?.every(([at, many]) => tally[at]! <= many) !== false;
      },
    };
  }

  function counted(before: Tally, mine: Tally, now: Tally, those: Those): readonly Counted[] {
    let found: readonly Counted[] = [{ tally: before, noMore: [] }];
    before.forEach((many, at) => {
      const [was, is] = [mine[at]!, now[at]!];
      if (was === is) return;
      const ways = tallies.isFew[at] ? fewAfter(at, is, those) : [{ many: many - was + is, noMore: [] }];
      found = found.flatMap(({ tally, noMore }) =>
        ways.map((way) => ({
          tally: tally.map((one, index) => (index === at ? way.many : one)),
          noMore: [...noMore, ...way.noMore],
        })),
      );
    });
    return found;
  }

  /** None, one or several, as far as others may be as many. */
  function fewAfter(
    at: number,
    mine: number,
    those: Those,
  ): readonly { readonly many: number; readonly noMore: NoMore }[] {
    return [0, 1, SEVERAL].flatMap((many): readonly { readonly many: number; readonly noMore: NoMore }[] => {
      const others = Math.max(0, many - mine);
      if (many === SEVERAL) return those.canBeMore(at, others) ? [{ many, noMore: [] }] : [];
      return many >= mine && those.canBe(at, others) ? [{ many, noMore: [[at, others]] }] : [];
    });
  }

  /** Somebody of whom nothing is known counts for some of it, and for no more of anything than there is. */
  function hasOneOf(
    { ranks }: Scene,
    at: number,
    most: readonly number[],
    isOpen: (party: number) => boolean,
  ): boolean {
    for (const [party, those] of ranks.entries())
      if (isOpen(party))
        for (const { tally } of those.values())
          if (tally[at]! > 0 && tally.every((many, one) => many <= most[one]!)) return true;
    return false;
  }

  function spanOfAll(scene: Scene, at: number, when: When): Span | undefined {
    const so = when.filter(([id]) => ofCell[id] === at);
    const key = so.join();
    if (!scene.spans.has(key)) {
      const ranks = [...scene.ranks[at]!.values()];
      scene.spans.set(key, spanOf(ranks.filter(({ owns }) => [...owns].some((own) => isSo(parties, own, so)))));
    }
    return scene.spans.get(key);
  }
}

/** What one of several counts for, at least and at most. */
export interface Span {
  readonly least: Tally;
  readonly most: Tally;
}

/** The span of these; nothing of nobody. */
export function spanOf(some: readonly { readonly tally: Tally }[]): Span | undefined {
  if (some.length === 0) return undefined;
  const [least, most] = [[...some[0]!.tally], [...some[0]!.tally]];
  for (const { tally } of some)
    for (let at = 0; at < tally.length; at++) {
      least[at] = Math.min(least[at]!, tally[at]!);
      most[at] = Math.max(most[at]!, tally[at]!);
    }
  return { least, most };
}

const minus = (one: Tally, other: Tally): number[] => one.map((many, at) => many - other[at]!);
