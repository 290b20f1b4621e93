import { outcomes, type Machine } from '@busward/core';
import type { IsEnough } from './engine.ts';

type Found = Parameters<IsEnough>[0];

/** Of few devices so many states are looked at in any case, and no more where what they broke by then is the worst there is. */
const STATES_OF_FEW = 300_000;

/** A device of each bus takes part in the worst there is. */
export function isNothingWorse({ devices }: Machine, broken: Found): boolean {
  const worst = new Set(broken.flatMap(({ principle, device }) => (principle.outcome === outcomes[0] ? [device] : [])));
  const taking = new Set(devices.flatMap(({ name, bus }) => (worst.has(name) ? [bus] : [])));
  return devices.every(({ bus }) => taking.has(bus));
}

export const isWorstAmongMany =
  (machine: Machine): IsEnough =>
  (broken, states) =>
    states >= STATES_OF_FEW && isNothingWorse(machine, broken) ? 'the worst' : undefined;

/** What is broken by a device of which bus: `P1 pci`. */
export function byBus({ devices }: Machine, broken: Found): ReadonlySet<string> {
  const busOf = new Map(devices.map(({ name, bus }) => [name, bus]));
  return new Set(broken.map(({ principle, device }) => `${principle.id} ${busOf.get(device)!}`));
}

/** Of what may be broken all has been that devices of their buses take part in. */
export const isAllOf = (mayBreak: ReadonlySet<string>, broken: ReadonlySet<string>, { devices }: Machine): boolean =>
  [...mayBreak].every((one) => broken.has(one) || !devices.some(({ bus }) => one.endsWith(` ${bus}`)));
