import type { Machine } from '@busward/core';
import type { Kind } from './alike.ts';

/** Like devices are represented by the first two. */
const OF_EACH = 2;

/** The machine with so few devices of each kind that every state of it can be looked at. */
export function represent(machine: Machine, kinds: readonly Kind[]): Machine {
  const kept = new Set(kinds.flatMap(({ devices }) => devices.slice(0, OF_EACH)));
  return { ...machine, devices: machine.devices.filter((device) => kept.has(device)) };
}
