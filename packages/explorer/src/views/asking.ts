import type { At, Compiled, Start } from '../tables/compile.ts';
import type { Row } from '../tables/table.ts';
import type { Case, Choice, When } from './case.ts';
import { show, showShared, type Parties, type Party } from './parties.ts';
import { readingsIn } from './readings.ts';
import type { Own, Scene } from './scenes.ts';

/** A step of one party. */
interface Step {
  readonly looksAtOthers: boolean;
  /** What it does where he is in this, by what others may be in. */
  cases(scene: Scene, own: Own): readonly Case[];
}

/** Asks tables what they say where others may be in anything that they are in somewhere in the scene. */
export interface Asking {
  step(node: At, party: Party): Step;
  /** Whether somebody may begin an operation; nothing if that hangs on others. */
  mayBegin({ possible }: Start, scene: Scene, own: Own): boolean | undefined;
}

export function askingIn({ initial }: Compiled, parties: Parties): Asking {
  const { ofCell, place } = parties;
  const row: Row = initial.slice();
  const { reading, caseOf } = readingsIn(parties);
  const steps = new Map<At, Step>();
  let shown: Scene | undefined;
  return {
    step(node, party) {
      const one = steps.get(node) ?? stepOf(node, party);
      steps.set(node, one);
      return one;
    },
    mayBegin({ possible: { touches, situation } }, scene, own) {
      if (touches.some(({ id }) => ofCell[id]! >= 0 && ofCell[id] !== own.party.at)) return undefined;
      put(scene, own);
      return situation(row).entry.result;
    },
  };

  function put(scene: Scene, { party, values }: Own): void {
    if (shown !== scene) showShared(row, parties, scene.shared);
    shown = scene;
    show(row, party, values);
  }

  function stepOf({ table }: At, me: Party): Step {
    const touched = table.touches.map(({ id }) => id);
    const shared = touched.filter((id) => ofCell[id] === -1).map((id) => place[id]!);
    const mine = touched.filter((id) => ofCell[id] === me.at).map((id) => place[id]!);
    const others = touched.filter((id) => ofCell[id]! >= 0 && ofCell[id] !== me.at);
    const found = new Map<string, readonly Case[]>();
    const beside = new Map<Scene, { readonly news: number; readonly text: string }>();
    return { looksAtOthers: others.length > 0, cases };

    function cases(scene: Scene, own: Own): readonly Case[] {
      if (others.length === 0) {
        put(scene, own);
        return caseOf(table.situation(row).entry, me);
      }
      const key = `${shared.map((at) => scene.shared[at]).join()} ${mine.map((at) => own.values[at]).join()} ${besideIn(scene)}`;
      const before = found.get(key);
      if (before) return before;
      put(scene, own);
      for (const id of others) row[id] = scene.values[id]![0]!;
      const all = below(scene, new Set()).map((one) => ({ ...one, key: keyOf(one) }));
      found.set(key, all);
      return all;
    }

    /** What others may be in there, as far as it may look at them. */
    function besideIn(scene: Scene): string {
      const known = beside.get(scene);
      if (known?.news === scene.news) return known.text;
      const text = others.map((id) => scene.values[id]!.join('.')).join();
      beside.set(scene, { news: scene.news, text });
      return text;
    }

    function below(scene: Scene, seen: Set<number>): readonly Unkeyed[] {
      const { entry, reads } = table.situation(row);
      const open = reads.find((id) => ofCell[id]! >= 0 && ofCell[id] !== me.at && !seen.has(id));
      if (open === undefined) {
        const { text, to } = reading(entry, me);
        return [{ when: [], entry, text, to: new Map([...to].map(([party, what]) => [party, [{ when: [], what }]])) }];
      }
      seen.add(open);
      const all = scene.values[open]!.map((value) => {
        row[open] = value;
        return { value, cases: below(scene, seen) };
      });
      seen.delete(open);
      row[open] = scene.values[open]![0]!;
      return merged(open, parties.all[ofCell[open]!]!, all);
    }
  }
}

/** One case where it makes no difference, but to the party itself, which value its cell has; one for each value else. */
function merged(
  cell: number,
  party: Party,
  all: readonly { readonly value: number; readonly cases: readonly Unkeyed[] }[],
): readonly Unkeyed[] {
  const [first, ...rest] = all;
  const isSame = rest.every(
    ({ cases }) =>
      cases.length === first!.cases.length &&
      cases.every((one, at) => {
        const other = first!.cases[at]!;
        return one.text === other.text && sameWhen(one.when, other.when) && sameTo(one.to, other.to, party);
      }),
  );
  if (rest.length === 0 || !isSame)
    return all.flatMap(({ value, cases }) =>
      cases.map((one) => ({ ...one, when: [[cell, value] as const, ...one.when] })),
    );
  return first!.cases.map((one, at) => {
    const mine = all.map(({ cases }) => cases[at]!.to.get(party) ?? []);
    if (mine.every((choices) => sameChoices(choices, mine[0]!))) return one;
    const choices = mine.flatMap((some, index) =>
      (some.length === 0 ? [nothing] : some).map(({ when, what }) => ({
        what,
        when: [[cell, all[index]!.value] as const, ...when],
      })),
    );
    return { ...one, to: new Map([...one.to, [party, choices]]) };
  });
}

type Unkeyed = Omit<Case, 'key'>;

const keyOf = ({ when, to }: Unkeyed): string =>
  `${when.join()} ${[...to].map(([{ at }, choices]) => `${at}:${choices.map((one) => `${one.when.join()}=${one.what.join()}`).join(';')}`).join('|')}`;

const nothing: Choice = { when: [], what: [] };

const sameWhen = (one: When, other: When): boolean =>
  one.length === other.length && one.every(([cell, value], at) => other[at]![0] === cell && other[at]![1] === value);

const sameChoices = (one: readonly Choice[], other: readonly Choice[]): boolean =>
  one.length === other.length &&
  one.every(
    ({ when, what }, at) =>
      sameWhen(when, other[at]!.when) &&
      what.length === other[at]!.what.length &&
      what.every((number, index) => number === other[at]!.what[index]),
  );

/** Whether it is the same to everybody but one. */
function sameTo(one: Case['to'], other: Case['to'], but: Party): boolean {
  const sizeOf = (to: Case['to']): number => to.size - (to.has(but) ? 1 : 0);
  if (sizeOf(one) !== sizeOf(other)) return false;
  for (const [party, choices] of one) if (party !== but && !sameChoices(choices, other.get(party) ?? [])) return false;
  return true;
}
