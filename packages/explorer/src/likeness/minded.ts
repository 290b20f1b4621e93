import { factsMinded, type Device, type Strategy } from '@busward/core';

/*
 * What makes a difference between devices that would else be alike: facts that a section, a judgement or a principle looks at, which
 * core notes, and names, or places in the machine, where tables show it. It is known after it was looked at, and for good.
 */

const namesMinded = new WeakSet<Strategy>();
const NAMES = 'names';

/** From now on no two devices are alike under the strategy. */
export const mindNames = (strategy: Strategy): void => void namesMinded.add(strategy);

/** What was seen to be minded under the strategy; it can only grow. */
export const mindedUnder = (strategy: Strategy): ReadonlySet<string> =>
  namesMinded.has(strategy) ? new Set([NAMES, ...factsMinded(strategy)]) : factsMinded(strategy);

/** Whether devices have the same of that. */
export const mindedSame = (devices: readonly Device[], strategy: Strategy): boolean =>
  new Set(devices.map((device) => mindedOf(device, strategy))).size < 2;

/** What the device has of that, as text: devices with another text are not alike. */
export function mindedOf({ name, facts }: Device, strategy: Strategy): string {
  const those = [...factsMinded(strategy)].toSorted().map((fact) => facts[fact] ?? null);
  return JSON.stringify(namesMinded.has(strategy) ? [name, ...those] : those);
}
