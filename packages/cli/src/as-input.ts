import { InputError } from '@busward/core';

/** What is wrong with what somebody gave becomes an InputError that says where it was given. */
export function asInput<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw inputErrorOf(where, error);
  }
}

/** The same of what takes a while. */
export async function soonAsInput<T>(where: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw inputErrorOf(where, error);
  }
}

const inputErrorOf = (where: string, error: unknown): InputError =>
  new InputError(`${where}: ${(error as Error).message}`);
