import type { Entry } from '../tables/table.ts';
import { nobody, noWhen, type Case } from './case.ts';
import { keyed, type Unkeyed } from './merged.ts';
import type { Parties, Party } from './parties.ts';

/** What a step is to others: cells that are written of each, in turn with their values; and a text for all else that it does. */
interface Reading {
  readonly text: string;
  readonly to: ReadonlyMap<Party, readonly number[]>;
}

/** What steps are to others, each worked out once. */
export interface Readings {
  reading(entry: Entry<number>, me: Party): Reading;
  /** The only case of one that looks at nobody else. */
  caseOf(entry: Entry<number>, me: Party): readonly Case[];
}

export function readingsIn({ all, ofCell }: Parties): Readings {
  const known = all.map(() => new Map<Entry<number>, Reading>());
  const alone = new Map<Reading, readonly Case[]>();
  return { reading, caseOf };

  function reading(entry: Entry<number>, me: Party): Reading {
    const before = known[me.at]!.get(entry);
    if (before) return before;
    const { result, writes, events, failure } = entry;
    const to = new Map<Party, number[]>();
    const rest: number[] = [];
    for (let at = 0; at < writes.length; at += 2) {
      const party = all[ofCell[writes[at]!]!];
      const those = party && party !== me ? (to.get(party) ?? []) : rest;
      those.push(writes[at]!, writes[at + 1]!);
      if (party && party !== me) to.set(party, those);
    }
    const said = events.length > 0 ? JSON.stringify(events) : '';
    const one: Reading = { text: `${result} ${rest.join()} ${said} ${failure?.message ?? ''}`, to };
    known[me.at]!.set(entry, one);
    return one;
  }

  function caseOf(entry: Entry<number>, me: Party): readonly Case[] {
    const one = reading(entry, me);
    const before = alone.get(one);
    if (before) return before;
    const only = [keyed(unkeyed(one, entry))];
    alone.set(one, only);
    return only;
  }
}

/** What it is whatever others are in. */
export function unkeyed({ text, to }: Reading, entry: Entry<number>): Unkeyed {
  const choices = new Map([...to].map(([party, what]) => [party, [{ when: noWhen, what }]]));
  return { when: nobody, entry, text, to: choices };
}
