import type { Evidence, FoundDevice, FoundGroup, FoundMachine, Need } from './found.ts';

type Told<Facts> = Readonly<{ [F in keyof Facts]: NonNullable<Facts[F]> extends { readonly is: infer T } ? T : never }>;

/** Facts of a device, without where they stand. */
export type DeviceFacts = Told<Omit<FoundDevice, 'name' | 'needed'>>;
type GroupFacts = Told<FoundGroup>;
type MachineFacts = Told<Pick<FoundMachine, 'kernel' | 'model' | 'commandLine'>>;

/** One thing that a reader has read. Readers only say what they see; `collect` puts it together. */
type Statement =
  /** `past`: its driver is one that a log has seen it with, which may not be the one that it has now. */
  | {
      readonly kind: 'device';
      readonly name: string;
      readonly facts: DeviceFacts;
      readonly from: Evidence;
      readonly past?: true;
    }
  | { readonly kind: 'needed'; readonly name: string; readonly need: Need; readonly from: Evidence }
  /** The source tells which devices are needed so, even if it names none. */
  | { readonly kind: 'need told'; readonly need: Need; readonly from: Evidence }
  | { readonly kind: 'group'; readonly group: string; readonly facts: GroupFacts; readonly from: Evidence }
  | { readonly kind: 'machine'; readonly facts: MachineFacts; readonly from: Evidence }
  /** The device is gone, and with it what was said of it. */
  | { readonly kind: 'removed'; readonly name: string; readonly from: Evidence }
  /** Another boot begins: what this file said of these devices was of an earlier one. */
  | { readonly kind: 'another boot'; readonly names: readonly string[]; readonly from: Evidence }
  /** `group`: it stands in the block of that group, if it does not name one itself. */
  | { readonly kind: 'unread'; readonly text: string; readonly from: Evidence; readonly group?: string }
  | { readonly kind: 'says'; readonly text: string };

export type Tell = (statement: Statement) => void;
