import { isVfioDriver, type Device } from '@busward/core';

/** Devices of which the most can be expected first: those that a user can have, and of these those with the most drivers. */
export function promisingFirst(devices: readonly Device[]): readonly Device[] {
  return devices.toSorted(
    (one, other) => Number(isUsers(other)) - Number(isUsers(one)) || other.drivers.length - one.drivers.length,
  );
}

const isUsers = ({ drivers }: Device): boolean => drivers.some(isVfioDriver);
