import type { Machine } from '@busward/core';
import type { Kind } from './alike.ts';

/** Like devices are represented by the first two; by three where they are alone. */
const ofEach = (kinds: readonly Kind[]): number => (kinds.length === 1 ? 3 : 2);

/** The machine with so few devices of each kind that every state of it can be looked at. */
export function represent(machine: Machine, kinds: readonly Kind[]): Machine {
  const kept = new Set(kinds.flatMap(({ devices }) => devices.slice(0, ofEach(kinds))));
  return { ...machine, devices: machine.devices.filter((device) => kept.has(device)) };
}
