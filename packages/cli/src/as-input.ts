import { InputError } from '@busward/core';

/** What is wrong with what somebody gave becomes an InputError that says where it was given. */
export function asInput<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InputError(`${where}: ${(error as Error).message}`);
  }
}
