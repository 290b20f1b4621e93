import type { Machine } from '@busward/core';
import { worstOf, type Breach } from '../search/breach.ts';
import type { IsEnough } from '../search/engine.ts';

/** So many states are looked at in any case, and no more where what was broken by then is the worst there is. */
const STATES = 1_000_000;
/** Of few devices that stand for many, of whom not all is known even then. */
const STATES_OF_FEW = 300_000;
/** Of all devices, but for which of those that are alike is where, with steps taken together. */
const STATES_OF_ALL = 100_000;

/** A device of each bus takes part in the worst there is. */
export function isNothingWorse({ devices }: Machine, broken: readonly Breach[]): boolean {
  const worst = new Set(worstOf(broken).map(({ device }) => device));
  const taking = new Set(devices.flatMap(({ name, bus }) => (worst.has(name) ? [bus] : [])));
  return devices.every(({ bus }) => taking.has(bus));
}

const isWorstAmong =
  (most: number) =>
  (machine: Machine): IsEnough =>
  (broken, states) =>
    states >= most && isNothingWorse(machine, broken) ? 'the worst' : undefined;

export const isWorst = isWorstAmong(STATES);
export const isWorstOfFew = isWorstAmong(STATES_OF_FEW);
export const isWorstOfAll = isWorstAmong(STATES_OF_ALL);

/** What is broken by a device of which bus: `P1 pci`. */
export function byBus({ devices }: Machine, broken: readonly Breach[]): ReadonlySet<string> {
  const busOf = new Map(devices.map(({ name, bus }) => [name, bus]));
  return new Set(broken.map(({ principle, device }) => `${principle.id} ${busOf.get(device)!}`));
}

/** Of what may be broken all has been that devices of their buses take part in. */
export const isAllOf = (mayBreak: ReadonlySet<string>, broken: ReadonlySet<string>, { devices }: Machine): boolean =>
  [...mayBreak].every((one) => broken.has(one) || !devices.some(({ bus }) => one.endsWith(` ${bus}`)));
