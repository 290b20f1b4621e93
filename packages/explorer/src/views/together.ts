import { isSo, type When, type Whens } from './case.ts';
import type { Parties } from './parties.ts';
import type { Own, Rank, Scene } from './scenes.ts';
import { MANY, SEVERAL, type Tallies, type Tally } from './tallies.ts';

/** What others can count for beside somebody. */
export interface Those {
  /** So many of each tally have those of whom nothing is known, at least and at most; and no more than there is room for. */
  readonly least: Tally;
  readonly most: Tally;
  readonly room: Tally;
  /** By party, of whom something is known. */
  readonly known: readonly (Span | undefined)[];
  /** The same if they allow the same, beside one who counts for the same. */
  readonly text: string;
}

export type NoMore = readonly (readonly [tally: number, many: number])[];

/** Whether parties can be in a scene together, as far as what they count for says. */
export interface Together {
  /** Whoever others are, now or later; nothing if nobody yet is who would have to be. */
  whoever(scene: Scene, me: Own): Those | undefined;
  /** Others as they are in the scene, where this is so of them; nothing if they cannot be so beside him. */
  those(scene: Scene, me: Own, when: Whens): Those | undefined;
  /** Whether one more can be beside them; if others count for no more than so many of some tallies. */
  allows(those: Those, one: Pick<Rank, 'party' | 'tally'>, noMore: NoMore): boolean;
  /** What is counted after somebody counts for something else. */
  counted(before: Tally, mine: Tally, now: Tally, those: Those): readonly Counted[];
}

/** What is counted, and what others count for then at most. */
interface Counted {
  readonly tally: Tally;
  readonly noMore: NoMore;
}

const anybody: NoMore = [];

export function together(parties: Parties, tallies: Tallies): Together {
  const { all } = parties;
  const { room, isFew } = tallies;
  const none = room.map(() => 0);
  return { whoever, those, allows, counted };

  function whoever(scene: Scene, me: Own): Those | undefined {
    const own = tallies.most(me.party);
    const left = { ...beside(scene, me), room: room.map((many, at) => many - own[at]!), known: [], text: '' };
    for (let at = 0; at < room.length; at++) {
      if (left.most[at]! < 0 || left.least[at]! > left.room[at]!) return undefined;
      if (left.least[at]! > 0 && !hasOneOf(scene, at, me, left.most)) return undefined;
    }
    return left;
  }

  function those(scene: Scene, me: Own, when: Whens): Those | undefined {
    const { least, most } = beside(scene, me);
    const known: (Span | undefined)[] = [];
    for (const party of all) {
      if (party === me.party) {
        known.push(undefined);
        continue;
      }
      const span = spanIn(scene, party.at, when.get(party));
      if (!span) return undefined;
      known.push(span);
      for (let at = 0; at < none.length; at++) {
        least[at]! -= span.most[at]!;
        most[at]! -= span.least[at]!;
      }
    }
    for (let at = 0; at < none.length; at++) if (most[at]! < 0 || least[at]! > 0) return undefined;
    return { least, most, room: none, known, text: `${least.join()} ${most.join()}` };
  }

  /** Others together have no fewer and no more. */
  function beside({ tally }: Scene, { tally: mine }: Own): { readonly least: number[]; readonly most: number[] } {
    const [least, most]: [number[], number[]] = [[], []];
    for (let at = 0; at < tally.length; at++) {
      const many = tally[at]!;
      least.push(Math.max(0, many - mine[at]!));
      most.push((isFew[at] && many === SEVERAL ? MANY : many) - mine[at]!);
    }
    return { least, most };
  }

  function allows(
    { least, most, room: left, known }: Those,
    { tally, party }: Pick<Rank, 'party' | 'tally'>,
    noMore: NoMore,
  ): boolean {
    const span = known[party.at];
    const own = span ? none : tallies.most(party);
    for (let at = 0; at < tally.length; at++) {
      const many = tally[at]!;
      if (many > most[at]! + (span ? span.least[at]! : 0)) return false;
      if (least[at]! + (span ? span.most[at]! : 0) - many > left[at]! - own[at]!) return false;
    }
    for (const [at, many] of noMore) if (tally[at]! > many) return false;
    return true;
  }

  function counted(before: Tally, mine: Tally, now: Tally, others: Those): readonly Counted[] {
    let found: readonly Counted[] = [{ tally: before, noMore: anybody }];
    before.forEach((many, at) => {
      const [was, is] = [mine[at]!, now[at]!];
      if (was === is) return;
      const ways = isFew[at] ? fewAfter(at, is, others) : [{ many: many - was + is, noMore: anybody }];
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
    { least, most, room: left, known }: Those,
  ): readonly { readonly many: number; readonly noMore: NoMore }[] {
    let fewest = Math.max(0, least[at]!);
    let highest = Math.min(most[at]!, left[at]!);
    for (const span of known) {
      fewest += span?.least[at] ?? 0;
      highest += span?.most[at] ?? 0;
    }
    return [0, 1, SEVERAL].flatMap((many): readonly { readonly many: number; readonly noMore: NoMore }[] => {
      const others = Math.max(0, many - mine);
      if (others > highest) return [];
      if (many === SEVERAL) return [{ many, noMore: anybody }];
      return many >= mine && fewest <= others ? [{ many, noMore: [[at, others]] }] : [];
    });
  }

  /** Somebody else counts for some of it, and for no more of anything than there is. */
  function hasOneOf({ ranks }: Scene, at: number, { party }: Own, most: Tally): boolean {
    return ranks.some((some, one) => {
      if (one !== party.at)
        for (const { tally } of some.values())
          if (tally[at]! > 0 && tally.every((many, index) => many <= most[index]!)) return true;
      return false;
    });
  }

  function spanIn(scene: Scene, at: number, when: When | undefined): Span | undefined {
    const known = scene.spans[at]!;
    const key = when ? when.join() : '';
    const before = known.get(key);
    if (before) return before;
    const ranks = [...scene.ranks[at]!.values()];
    const span = spanOf(when ? ranks.filter(({ owns }) => [...owns].some((own) => isSo(parties, own, when))) : ranks);
    if (span) known.set(key, span);
    return span;
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
