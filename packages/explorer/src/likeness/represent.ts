import type { Device, Machine } from '@busward/core';
import type { Kind } from './kinds.ts';

/** Like devices are represented by the first two. */
const OF_EACH = 2;

/** The machine with so few devices of each kind that every state of it can be looked at. */
export function represent(machine: Machine, kinds: readonly Kind[]): Machine {
  const kept = new Set(kinds.flatMap(({ devices }) => devices.slice(0, OF_EACH)));
  return { ...machine, devices: machine.devices.filter((device) => kept.has(device)) };
}

/** Of devices and operations in flight: with so many, all states can be looked at. */
const FEW = 6;

/** Whether two of each kind are so few that all their states can be looked at together. */
export const areFew = (kinds: readonly Kind[], inFlight: number): boolean =>
  kinds.reduce((sum, { devices }) => sum + Math.min(devices.length, OF_EACH), 0) <= Math.max(OF_EACH, FEW - inFlight);

/**
 * The same, in several machines where one would have too many: of a mixed crowd two devices at a time, each of its kinds
 * once. What is alike has the same tables, so that one of them is explored.
 */
export function representedBy(machine: Machine, kinds: readonly Kind[], inFlight: number): readonly Machine[] {
  const apart = kinds.flatMap((kind) => kind.of ?? kind);
  if (areFew(apart, inFlight)) return [represent(machine, apart)];
  const rounds = Math.max(1, ...kinds.map(({ of }) => Math.ceil((of?.length ?? 0) / OF_EACH)));
  return Array.from({ length: rounds }, (_, round) =>
    represent(
      machine,
      kinds.map((kind) => ({ ...kind, devices: kind.of ? pair(kind.of, round) : kind.devices })),
    ),
  );
}

const pair = (of: readonly Kind[], round: number): readonly Device[] =>
  Array.from({ length: OF_EACH }, (_, at) => of[(round * OF_EACH + at) % of.length]!.devices[0]!);
