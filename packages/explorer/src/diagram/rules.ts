import { longer } from './forest.ts';
import { isValue, type Asked } from './leaves.ts';
import type { Values } from './values.ts';

/**
 * What has to be true of a state and what is changed in it, as a diagram over the same levels. A rule is a number, and
 * equal rules are the same number: at its level it says for each value which one comes after it, and by which rule it goes
 * on below. Rules end in {@link DONE}, or in an end of their own.
 */
export interface Rules {
  /** A rule that only ends; told apart from others by its number. */
  end(): number;
  isEnd(rule: number): boolean;
  /** The rule that does any of these, each of which goes on to its own end. */
  any(of: readonly Case[]): number;
  /** -1: it has ended. */
  level(rule: number): number;
  /** Where a value of its level leads: value, rule, value, rule, ... Worked out once. */
  after(rule: number, value: number): readonly number[];
  /** So often something was worked out. */
  readonly size: number;
}

/** Reads and writes of cells, a place left and one entered, wherever they are. */
export interface Case extends Asked {
  /** Cell, value, cell, value, ... */
  readonly writes: readonly number[];
  /** -1: none. */
  readonly leaves: number;
  readonly enters: number;
  readonly end: number;
}

/** The rule that goes nowhere, and the end of what is a step. */
export const NEVER = 0;
export const DONE = 1;

/** What a case asks and does at one level. */
interface Part {
  readonly level: number;
  readonly key: string;
  readonly asksKey: string;
  readonly asks: readonly Ask[];
  /** Positions among the cells of the level, and the values that come there. */
  readonly gives: readonly number[];
  readonly leaves: number;
  readonly enters: number;
}

/** What has to be at a position among the cells of the level. */
interface Ask {
  readonly at: number;
  readonly value: Asked['values'][number];
}

/** A case from one of its parts on. */
interface Left {
  readonly parts: readonly Part[];
  readonly at: number;
  readonly end: number;
}

interface Link extends Pick<Part, 'gives' | 'leaves' | 'enters'> {
  /** One of these has to be true. */
  readonly asks: (readonly Ask[])[];
  readonly next: number;
}

interface Rule {
  readonly level: number;
  readonly links: readonly Link[];
  /** By value, which of the lists of where any lead; 0: not seen yet. */
  after: Int32Array;
}

export function rulesOf(values: Values): Rules {
  const { levels } = values;
  const position: number[] = [];
  for (const ids of levels.cells) ids.forEach((id, at) => (position[id] = at));
  const rules: Rule[] = [];
  const known = new Map<string, number>();
  // Most rules ask for another value, and lead nowhere: that is the second one.
  const lists: (readonly number[])[] = [[], []];
  let size = 0;
  const end = (): number => rules.push(newRule(-1, [])) - 1;
  end();
  end();
  return {
    end,
    isEnd: (rule) => rule > DONE && rules[rule]!.level < 0,
    any: (of) => below(of.map((one) => ({ parts: partsOf(one), at: 0, end: one.end }))),
    level: (rule) => rules[rule]!.level,
    after(rule, value) {
      const one = rules[rule]!;
      const seen = one.after[value] ?? 0;
      if (seen > 0) return lists[seen]!;
      size++;
      const found = one.links.flatMap((link) => {
        const to = moved(link, one.level, value);
        return to < 0 ? [] : [to, link.next];
      });
      if (value >= one.after.length) one.after = longer(one.after, value);
      one.after[value] = found.length > 0 ? lists.push(found) - 1 : 1;
      return found;
    },
    get size() {
      return size;
    },
  };

  function partsOf({ reads, values: wanted, writes, leaves, enters }: Case): readonly Part[] {
    const about = new Map<number, { readonly asks: Ask[]; readonly gives: [number, number][] }>();
    const partAt = (level: number): { readonly asks: Ask[]; readonly gives: [number, number][] } => {
      let part = about.get(level);
      if (!part) about.set(level, (part = { asks: [], gives: [] }));
      return part;
    };
    for (let at = 0; at < reads.length; at++)
      partAt(levels.ofCell[reads[at]!]!).asks.push({ at: position[reads[at]!]!, value: wanted[at]! });
    for (let at = 0; at < writes.length; at += 2) {
      const read = reads.indexOf(writes[at]!);
      if (read < 0 || wanted[read] !== writes[at + 1])
        partAt(levels.ofCell[writes[at]!]!).gives.push([position[writes[at]!]!, writes[at + 1]!]);
    }
    const from = leaves < 0 ? -1 : levels.ofNode[leaves]!;
    const to = enters < 0 ? -1 : levels.ofNode[enters]!;
    if (from >= 0) partAt(from);
    if (to >= 0) partAt(to);
    const parts: Part[] = [];
    for (const [level, { asks, gives }] of about) {
      if (asks.length > 1) asks.sort((a, b) => a.at - b.at);
      if (gives.length > 1) gives.sort((a, b) => a[0] - b[0]);
      const rest = `${level === from ? leaves : -1},${level === to ? enters : -1}`;
      let key = '';
      for (const { at, value } of asks)
        key += typeof value === 'number' ? `${at}=${value} ` : `${at}!${value.noneOf.join()} `;
      parts.push({
        level,
        key: `${key};${gives.join()};${rest}`,
        asks,
        asksKey: key,
        gives: gives.flat(),
        leaves: level === from ? leaves : -1,
        enters: level === to ? enters : -1,
      });
    }
    return parts.toSorted((a, b) => b.level - a.level);
  }

  function below(cases: readonly Left[]): number {
    if (cases.length === 0) return NEVER;
    const level = cases.reduce((most, { parts, at }) => Math.max(most, parts[at]?.level ?? -1), -1);
    if (level < 0) return cases[0]!.end;
    const byPart = new Map<string, { readonly part: Part; readonly left: Left[] }>();
    for (const one of cases) {
      const here = one.parts[one.at];
      const part = here?.level === level ? here : nothing;
      const left = part === nothing ? one : { ...one, at: one.at + 1 };
      const alike = byPart.get(part.key);
      if (alike) alike.left.push(left);
      else byPart.set(part.key, { part, left: [left] });
    }
    const links = new Map<string, Link>();
    const keys = new Map<string, string>();
    for (const { part, left } of byPart.values()) {
      const { gives, leaves, enters } = part;
      const next = below(left);
      const key = `${gives.join()};${leaves};${enters};${next}`;
      const alike = links.get(key);
      if (alike) alike.asks.push(part.asks);
      else links.set(key, { asks: [part.asks], gives, leaves, enters, next });
      keys.set(key, `${keys.get(key) ?? ''}/${part.asksKey}`);
    }
    const key = `${level}|${[...keys].map(([rest, asks]) => `${rest}:${asks}`).join('|')}`;
    let rule = known.get(key);
    if (rule === undefined) known.set(key, (rule = rules.push(newRule(level, [...links.values()])) - 1));
    return rule;
  }

  /** The value after it, -1 if the link asks for another. */
  function moved({ asks, gives, leaves, enters }: Link, level: number, value: number): number {
    const cells = values.cells(level, value);
    const places = values.places(level, value);
    const left = leaves < 0 ? -1 : places.indexOf(leaves);
    if ((leaves >= 0 && left < 0) || !asks.some((some) => isTrue(some, cells))) return -1;
    if (gives.length === 0 && leaves === enters) return value;
    const now = [...cells];
    for (let at = 0; at < gives.length; at += 2) now[gives[at]!] = gives[at + 1]!;
    const there = left < 0 ? places : places.toSpliced(left, 1);
    return values.intern(level, now, enters < 0 ? there : [...there, enters].toSorted((a, b) => a - b));
  }
}

const newRule = (level: number, links: readonly Link[]): Rule => ({ level, links, after: new Int32Array(8) });

const nothing: Part = { level: -1, key: '', asksKey: '', asks: [], gives: [], leaves: -1, enters: -1 };

const isTrue = (asks: readonly Ask[], cells: readonly number[]): boolean =>
  asks.every(({ at, value }) => isValue(value, cells[at]!));
