import { outcomes, type Machine } from '@busward/core';
import type { IsEnough } from './engine.ts';

/** Of few devices so many states are looked at in any case, and no more where what they broke by then is the worst there is. */
const STATES_OF_FEW = 300_000;

/** A device of each bus takes part in the worst there is. */
export function isNothingWorse({ devices }: Machine, broken: Parameters<IsEnough>[0]): boolean {
  const worst = new Set(broken.flatMap(({ principle, device }) => (principle.outcome === outcomes[0] ? [device] : [])));
  const taking = new Set(devices.flatMap(({ name, bus }) => (worst.has(name) ? [bus] : [])));
  return devices.every(({ bus }) => taking.has(bus));
}

export const isWorstAmongMany =
  (machine: Machine): IsEnough =>
  (broken, states) =>
    states >= STATES_OF_FEW && isNothingWorse(machine, broken);
