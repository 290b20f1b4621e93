import { mindedUnder, type Device, type Strategy } from '@busward/core';

/*
 * What makes a difference between devices that would else be alike: facts and names of drivers that a section, a judgement or a
 * principle looks at, which core notes, and names, or places in the machine, where tables show it. It is known after it was looked
 * at, and for good.
 */

const namesMinded = new WeakSet<Strategy>();

/** From now on no two devices are alike under the strategy. */
export const mindNames = (strategy: Strategy): void => void namesMinded.add(strategy);

/** How much is known to be minded under the strategy; it can only grow. */
export function mindedSoFar(strategy: Strategy): number {
  const { facts, names } = mindedUnder(strategy);
  return facts.size + names.size + Number(namesMinded.has(strategy)) + Number(mindsOtherGroups(strategy));
}

/**
 * Whether names of devices were looked at: what is so with one device need not be with the next, unless somebody asked it. Where all
 * are asked, tables show whether they are alike.
 */
export const looksAtNames = (strategy: Strategy): boolean => mindedUnder(strategy).names.has('device');

const otherGroupsMinded = new WeakSet<Strategy>();

/** From now on no group is looked at without the others under the strategy. */
export const mindOtherGroups = (strategy: Strategy): void => void otherGroupsMinded.add(strategy);
export const mindsOtherGroups = (strategy: Strategy): boolean => otherGroupsMinded.has(strategy);

/** Whether names of devices or of groups were looked at. */
export const tellsGroupsApart = (strategy: Strategy): boolean =>
  looksAtNames(strategy) || mindedUnder(strategy).names.has('group');

/** Whether devices have the same of what is minded. */
export const mindedSame = (devices: readonly Device[], strategy: Strategy): boolean =>
  new Set(devices.map((device) => mindedOf(device, strategy))).size < 2;

/** What the device has of that, as text: devices with another text are not alike. */
export function mindedOf({ name, facts, drivers }: Device, strategy: Strategy): string {
  const minded = mindedUnder(strategy);
  return JSON.stringify([
    ...[...minded.facts].toSorted().map((fact) => facts[fact] ?? null),
    ...(minded.names.has('driver') ? drivers.map((driver) => driver.name) : []),
    ...(namesMinded.has(strategy) ? [name] : []),
  ]);
}
