import type { Happening } from '../cell.ts';
import type { Device } from '../machine.ts';
import type { GroupGhosts } from './ghosts.ts';

/** What breaking a principle makes of a machine; worst first. An order for sorting and colouring, nothing more. */
export const outcomes = ['mixed', 'exposed', 'not restored', 'refused without cause', 'crash', 'isolated'] as const;
export type Outcome = (typeof outcomes)[number];

/**
 * A sentence of the community, made precise. It returns the devices that take part in breaking it, none if it holds.
 * `states` is judged in every state for every group; `events` at the moments they name, in the state after them.
 */
export interface Principle {
  readonly id: string;
  readonly name: string;
  readonly sentence: string;
  readonly source: string;
  readonly outcome: Exclude<Outcome, 'isolated'>;
  /** It speaks of a strategy's own count, and does not apply to one that keeps none. */
  readonly needsCount?: true;
  states?(group: GroupGhosts): readonly Device[];
  readonly events?: { readonly [K in Happening['kind']]?: EventJudge<K> };
}

type EventJudge<K extends Happening['kind']> = (
  event: Extract<Happening, { kind: K }>,
  moment: Moment,
) => readonly Device[];

/** The state in which an event is judged. */
export interface Moment {
  /** Those that the event's group has, at any time; of a device without a group, itself. */
  readonly devices: readonly Device[];
  of(group: string): GroupGhosts;
  /** The group that the device is a member of, or can be; `undefined` if it has none. */
  groupOf(device: string): GroupGhosts | undefined;
  /** No other operation is in flight. */
  readonly alone: boolean;
}
