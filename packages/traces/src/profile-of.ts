import { profiles } from '@busward/core';
import { noSuch } from '@busward/scenario/nearest';
import type { Trace } from './trace.ts';

/** The profile of the kernel that was recorded. Throws an InputError where there is none. */
export function profileOf({ kernel, scenario, wrong }: Trace): (typeof profiles)[number] {
  const version = /^\d+\.\d+/.exec(kernel)?.[0] ?? kernel;
  const found = profiles.find(({ name }) => name === `linux@${version}`);
  if (found) return found;
  const names = profiles.map(({ name }) => name);
  throw wrong(['kernel'], `scenario '${scenario}': ${noSuch(`profile of kernel`, kernel, names)}`);
}
