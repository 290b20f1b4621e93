import type { Values } from './values.ts';

/**
 * What has to be true of a state, level by level from the top down, and what is changed there. Chains share their ends; a
 * set of them is a number, too, and equal sets are the same number. This is the relation of a step as a diagram: a set is
 * a node of it, the chains that go on after a value of its level are the node below.
 */
export interface Chains {
  /** The empty set of chains: goes nowhere. */
  readonly none: number;
  /** The set of the chain that asks for nothing and changes nothing. */
  readonly same: number;
  /** A chain that only ends; told apart from others by its number. */
  end(): number;
  /** Adds a chain that does `what` and ends in `end`. */
  add(what: Local, end: number): number;
  set(chains: readonly number[]): number;
  /** The highest level that a chain is about; -1: it has ended. */
  levelOf(chain: number): number;
  endOf(chain: number): number;
  /** The highest level that a chain of the set is about; -1: there is none. */
  level(set: number): number;
  chains(set: number): readonly number[];
  /** Chains of the set that have come to an end of their own. */
  ends(set: number): readonly number[];
  /** Where a value of the level leads: value, set, value, set, ... */
  after(set: number, level: number, value: number): readonly number[];
}

/** Reads and writes of cells, a place left and one entered, wherever they are. */
export interface Local {
  readonly reads: readonly number[];
  readonly values: readonly number[];
  /** Cell, value, cell, value, ... */
  readonly writes: readonly number[];
  readonly leaves: number;
  readonly enters: number;
}

interface Link {
  readonly level: number;
  /** Positions among the cells of the level, and the values that have to be there. */
  readonly asks: readonly number[];
  readonly gives: readonly number[];
  readonly leaves: number;
  readonly enters: number;
  readonly next: number;
  /** By value of the level: the value after it; -1: none, -2: not known yet. */
  readonly to: number[];
}

interface Made {
  readonly chains: readonly number[];
  readonly ends: readonly number[];
  readonly level: number;
  /** By value of its level. */
  readonly after: (readonly number[])[];
}

/** The end of every chain that is a step. */
export const DONE = 0;

export function chainsOf(values: Values): Chains {
  const { levels } = values;
  const position = new Map(levels.cells.flatMap((ids) => ids.map((id, at) => [id, at] as const)));
  const links: Link[] = [];
  const known = new Map<string, number>();
  const sets: Made[] = [];
  const knownSets = new Map<string, number>();
  const end = (): number => links.push(ended) - 1;
  end();

  const chains: Chains = {
    none: set([]),
    same: set([DONE]),
    end,
    add,
    set,
    levelOf: (chain) => links[chain]!.level,
    endOf(chain) {
      let at = chain;
      while (links[at]!.level >= 0) at = links[at]!.next;
      return at;
    },
    level: (of) => sets[of]!.level,
    chains: (of) => sets[of]!.chains,
    ends: (of) => sets[of]!.ends,
    after(of, level, value) {
      const { after } = sets[of]!;
      return (after[value] ??= follow(sets[of]!.chains, level, value));
    },
  };
  return chains;

  function add({ reads, values: wanted, writes, leaves, enters }: Local, last: number): number {
    const asks = new Map<number, number[]>();
    const gives = new Map<number, number[]>();
    const put = (to: Map<number, number[]>, id: number, value: number): void => {
      const level = levels.ofCell[id]!;
      const there = to.get(level) ?? [];
      to.set(level, there);
      there.push(position.get(id)!, value);
    };
    reads.forEach((id, at) => put(asks, id, wanted[at]!));
    for (let at = 0; at < writes.length; at += 2)
      if (!reads.some((id, read) => id === writes[at] && wanted[read] === writes[at + 1]))
        put(gives, writes[at]!, writes[at + 1]!);
    const from = leaves < 0 ? -1 : levels.ofNode[leaves]!;
    const to = enters < 0 ? -1 : levels.ofNode[enters]!;
    const about = new Set([...asks.keys(), ...gives.keys(), ...[from, to].filter((level) => level >= 0)]);
    return [...about]
      .toSorted((a, b) => a - b)
      .reduce(
        (next, level) =>
          link({
            level,
            asks: sorted(asks.get(level) ?? []),
            gives: sorted(gives.get(level) ?? []),
            leaves: from === level ? leaves : -1,
            enters: to === level ? enters : -1,
            next,
          }),
        last,
      );
  }

  function link({ level, asks, gives, leaves, enters, next }: Omit<Link, 'to'>): number {
    const key = `${level};${asks.join()};${gives.join()};${leaves};${enters};${next}`;
    const old = known.get(key);
    if (old !== undefined) return old;
    known.set(key, links.length);
    return links.push({ level, asks, gives, leaves, enters, next, to: [] }) - 1;
  }

  function set(some: readonly number[]): number {
    const inOrder = [...new Set(some)].toSorted((a, b) => a - b);
    const key = inOrder.join();
    const old = knownSets.get(key);
    if (old !== undefined) return old;
    knownSets.set(key, sets.length);
    const level = inOrder.reduce((most, chain) => Math.max(most, links[chain]!.level), -1);
    const ends = inOrder.filter((chain) => chain !== DONE && links[chain]!.level < 0);
    return sets.push({ chains: inOrder, ends, level, after: [] }) - 1;
  }

  function follow(some: readonly number[], level: number, value: number): readonly number[] {
    const byValue = new Map<number, number[]>();
    for (const chain of some) {
      const here = links[chain]!;
      if (here.level < 0 && chain !== DONE) continue;
      const to = here.level === level ? (here.to[value] ??= moved(here, value)) : value;
      if (to < 0) continue;
      const there = byValue.get(to);
      const next = here.level === level ? here.next : chain;
      if (there) there.push(next);
      else byValue.set(to, [next]);
    }
    return [...byValue].flatMap(([to, there]) => [to, set(there)]);
  }

  /** The value after it, -1 if the link asks for another. */
  function moved({ level, asks, gives, leaves, enters }: Link, value: number): number {
    const cells = values.cells(level, value);
    for (let at = 0; at < asks.length; at += 2) if (cells[asks[at]!] !== asks[at + 1]) return -1;
    const places = values.places(level, value);
    const left = leaves < 0 ? -1 : places.indexOf(leaves);
    if (leaves >= 0 && left < 0) return -1;
    if (gives.length === 0 && leaves === enters) return value;
    const now = [...cells];
    for (let at = 0; at < gives.length; at += 2) now[gives[at]!] = gives[at + 1]!;
    const there = left < 0 ? places : places.toSpliced(left, 1);
    return values.intern(level, now, enters < 0 ? there : [...there, enters].toSorted((a, b) => a - b));
  }
}

const ended: Link = { level: -1, asks: [], gives: [], leaves: -1, enters: -1, next: -1, to: [] };

/** Pairs in order of position. */
function sorted(pairs: readonly number[]): readonly number[] {
  if (pairs.length <= 2) return pairs;
  const byPosition = new Map<number, number>();
  for (let at = 0; at < pairs.length; at += 2) byPosition.set(pairs[at]!, pairs[at + 1]!);
  return [...byPosition].toSorted(([a], [b]) => a - b).flat();
}
