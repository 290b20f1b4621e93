import type { Happening } from '@busward/core';
import type { At } from '../tables/compile.ts';
import type { Case, When, Whens } from './case.ts';
import type { Parties, Party } from './parties.ts';
import type { Tallies, Tally } from './tallies.ts';
import type { NoMore, Span, Those } from './together.ts';

/** What one party is in by itself: the values of its cells, and where its operations are. The same object if it is the same. */
export interface Own {
  readonly party: Party;
  readonly at: number;
  readonly values: readonly number[];
  /** In order. */
  readonly places: readonly number[];
  readonly tally: Tally;
  /** The same for all with this tally. */
  readonly rank: number;
}

/** What is shared in some states, and counted; and of each party what it is in by itself in one of them or another. */
export interface Scene {
  readonly at: number;
  readonly shared: readonly number[];
  readonly tally: Tally;
  /** The machine stopped. */
  readonly isOver: boolean;
  /** By party, and by tally. */
  readonly ranks: readonly Map<number, Rank>[];
  /** By cell, the values that it has; and how often there was news of these, or of what somebody counts for. */
  readonly values: readonly number[][];
  news: number;
  /** What was done as far as is known of others. */
  readonly deeds: Set<Deed>;
  /** By party, what it counts for where something is so of it, as far as there was no news. */
  readonly spans: readonly Map<string, Span>[];
  readonly moves: Map<string, Move>;
  /** By party, and by what he counts for, what is left for others. */
  readonly beside: readonly Map<number, Those>[];
  /** What happened on the way here. */
  readonly said: Map<string, Said>;
}

/** Those in a scene who count for the same. */
export interface Rank {
  readonly party: Party;
  readonly tally: Tally;
  readonly owns: Set<Own>;
  /** Where all of them come to as they are when others do something. */
  readonly plain: Set<Scene>;
  /** And where some do, or changed. */
  readonly flows: Map<string, Flow>;
}

/** Those of whom this is so come to another scene, and this becomes of their cells. */
export interface Flow {
  readonly to: Scene;
  readonly when: When;
  readonly writes: readonly number[];
}

/** A step that somebody takes in a scene, done again if more is known of others. */
export interface Deed {
  readonly scene: Scene;
  readonly own: Own;
  readonly node: At;
  /** The place where he is; 0 if he begins with it. */
  readonly from: number;
  /** What came of it, if no news of others can make more of it. */
  done?: readonly Case[] | undefined;
  /** So much news of others there was when it was last done. */
  news?: number;
}

/** That a step was taken, to all others. */
export interface Move {
  readonly by: Party;
  readonly to: Scene;
  readonly one: Case;
  readonly those: Those;
  readonly noMore: NoMore;
}

/** An event, beside nothing else in flight or not; what whoever it was is in after it, and what is so then of others. */
export interface Said {
  readonly event: Happening;
  readonly alone: boolean;
  readonly own: Own;
  readonly when: Whens;
}

export interface Scenes {
  readonly all: readonly Scene[];
  scene(shared: readonly number[], tally: Tally, isOver: boolean): Scene;
  own(party: Party, values: readonly number[], places: readonly number[]): Own;
}

/** Scenes and what parties are in, each once. */
export function scenesOf({ all: parties, ofCell }: Parties, tallies: Tallies): Scenes {
  const all: Scene[] = [];
  const sceneAt = new Map<string, Scene>();
  const ownAt = parties.map(() => new Map<string, Own>());
  const rankAt = new Map<string, number>();
  return { all, scene, own };

  function scene(shared: readonly number[], tally: Tally, isOver: boolean): Scene {
    const key = `${textOf(shared)}${textOf(tally)}${isOver ? '.' : ''}`;
    const known = sceneAt.get(key);
    if (known) return known;
    const one: Scene = {
      at: all.length,
      shared,
      tally,
      isOver,
      ranks: parties.map(() => new Map()),
      values: ofCell.map(() => []),
      news: 0,
      deeds: new Set(),
      spans: parties.map(() => new Map()),
      moves: new Map(),
      beside: parties.map(() => new Map()),
      said: new Map(),
    };
    sceneAt.set(key, one);
    all.push(one);
    return one;
  }

  function own(party: Party, values: readonly number[], places: readonly number[]): Own {
    const key = textOf([...values, ...places]);
    const known = ownAt[party.at]!.get(key);
    if (known) return known;
    const tally = tallies.of(party, values, places);
    const counted = textOf(tally);
    const rank = rankAt.get(counted) ?? rankAt.size;
    rankAt.set(counted, rank);
    const one: Own = { party, at: ownAt[party.at]!.size, values, places, tally, rank };
    ownAt[party.at]!.set(key, one);
    return one;
  }
}

/** Each number is a character. */
const textOf = (numbers: readonly number[]): string => String.fromCharCode(...numbers);
