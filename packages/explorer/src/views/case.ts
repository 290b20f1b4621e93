import type { Entry } from '../tables/table.ts';
import type { Parties, Party } from './parties.ts';
import type { Own } from './scenes.ts';

/** Cells of one party, and which values they have. */
export type When = readonly (readonly [cell: number, value: number])[];
export const noWhen: When = [];
/** The same of several, of whom something is known. */
export type Whens = ReadonlyMap<Party, When>;
export const nobody: Whens = new Map();

/** Whether it is so of what a party is in, which these cells are of. */
export const isSo = ({ place }: Parties, { values }: Pick<Own, 'values'>, when: When): boolean =>
  when.every(([id, value]) => values[place[id]!] === value);

/** What a step does where others are so, and what that is to each of them, which may hang on what he himself is in. */
export interface Case {
  readonly when: Whens;
  readonly entry: Entry<number>;
  /** The same for all that do the same, but to others. */
  readonly text: string;
  readonly to: ReadonlyMap<Party, readonly Choice[]>;
  /** The same for all that are so and do the same to others. */
  readonly key: string;
}

export interface Choice {
  readonly when: When;
  /** Cells and values that are written of him. */
  readonly what: readonly number[];
}

/** What is so of others after it, as far as it is known. */
export const whenAfter = ({ when, to }: Case): Whens =>
  new Map([...when].map(([party, so]) => [party, so.flatMap((one) => stillSo(one, to.get(party) ?? []))]));

function stillSo([id, value]: When[number], choices: readonly Choice[]): When {
  const written = choices.map(({ what }) => {
    const at = what.findIndex((cell, index) => index % 2 === 0 && cell === id);
    return at === -1 ? value : what[at + 1]!;
  });
  return written.every((one) => one === written[0]) ? [[id, written[0] ?? value]] : [];
}
