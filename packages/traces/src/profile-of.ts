import { InputError, profiles } from '@busward/core';
import type { Trace } from './trace.ts';

/** The profile of the kernel that was recorded. Throws an InputError where there is none. */
export function profileOf({ kernel, scenario }: Trace): (typeof profiles)[number] {
  const version = /^\d+\.\d+/.exec(kernel)?.[0] ?? kernel;
  const found = profiles.find(({ name }) => name === `linux@${version}`);
  if (found) return found;
  throw new InputError(
    `scenario '${scenario}': no profile of kernel '${kernel}'; there are ${profiles.map(({ name }) => name).join(', ')}`,
  );
}
