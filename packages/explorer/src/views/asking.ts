import type { At, Compiled, Start } from '../tables/compile.ts';
import type { Row } from '../tables/table.ts';
import type { Case } from './case.ts';
import { keyed, merged, type Unkeyed } from './merged.ts';
import { show, showShared, type Parties, type Party } from './parties.ts';
import { readingsIn, unkeyed } from './readings.ts';
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
    const isOther = (id: number): boolean => ofCell[id]! >= 0 && ofCell[id] !== me.at;
    const others = table.touches.flatMap(({ id }) => (isOther(id) ? [id] : []));
    const looksAtOthers = others.length > 0;
    const asked: Asked[] = [];
    return { looksAtOthers, cases };

    function cases(scene: Scene, own: Own): readonly Case[] {
      if (!looksAtOthers) {
        put(scene, own);
        return caseOf(table.situation(row).entry, me);
      }
      for (const one of asked) {
        const known = one.found.get(textOf(one, scene, own));
        if (known) return known;
      }
      put(scene, own);
      for (const id of others) row[id] = scene.values[id]![0]!;
      const read = new Set<number>();
      const all = below(scene, new Set(), read).map(keyed);
      const one = askedOf(read);
      one.found.set(textOf(one, scene, own), all);
      return all;
    }

    /** What the step reads is the same if all of it is that was read. */
    function askedOf(read: ReadonlySet<number>): Asked {
      const cells = [...read].toSorted((a, b) => a - b);
      const before = asked.find((one) => one.cells.join() === cells.join());
      if (before) return before;
      const shared = cells.filter((id) => ofCell[id] === -1).map((id) => place[id]!);
      const mine = cells.filter((id) => ofCell[id] === me.at).map((id) => place[id]!);
      const one = { cells, shared, mine, others: cells.filter(isOther), found: new Map(), beside: new Map() };
      asked.push(one);
      return one;
    }

    function below(scene: Scene, seen: Set<number>, read: Set<number>): readonly Unkeyed[] {
      const { entry, reads } = table.situation(row);
      const open = reads.find((id) => isOther(id) && !seen.has(id));
      const values = open === undefined ? [] : scene.values[open]!;
      if (values.length === 0) for (const id of reads) read.add(id);
      if (open === undefined) return [unkeyed(reading(entry, me), entry)];
      seen.add(open);
      const ways = values.map((value) => {
        row[open] = value;
        return { value, cases: below(scene, seen, read) };
      });
      seen.delete(open);
      row[open] = values[0]!;
      return merged(open, parties.all[ofCell[open]!]!, ways);
    }
  }
}

/** What a step read of what is shared, of its own party and of others, and which cases came of it. */
interface Asked {
  readonly cells: readonly number[];
  readonly shared: readonly number[];
  readonly mine: readonly number[];
  readonly others: readonly number[];
  readonly found: Map<string, readonly Case[]>;
  readonly beside: Map<Scene, { readonly news: number; readonly text: string }>;
}

const textOf = (one: Asked, scene: Scene, own: Own): string =>
  `${one.shared.map((at) => scene.shared[at]).join()} ${one.mine.map((at) => own.values[at]).join()} ${besideIn(one, scene)}`;

/** What others may be in there, as far as it was looked at. */
function besideIn({ others, beside }: Asked, scene: Scene): string {
  const known = beside.get(scene);
  if (known?.news === scene.news) return known.text;
  const text = others.map((id) => scene.values[id]!.join('.')).join();
  beside.set(scene, { news: scene.news, text });
  return text;
}
