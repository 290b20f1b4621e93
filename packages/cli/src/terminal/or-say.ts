import { InputError } from '@busward/core';
import { endWith } from './exit-code.ts';

/** Of several files, or plugins, one that cannot be read is told, and the others go on: whether it could be. */
export async function orSay(work: () => void | Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`busward: ${error.message}\n`);
    endWith(2);
    return false;
  }
}
