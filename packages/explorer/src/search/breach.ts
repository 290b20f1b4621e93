import { outcomes } from '@busward/core';
import type { Violation } from './explore.ts';

/** That a device takes part in breaking a principle. */
export type Breach = Pick<Violation, 'principle' | 'device'>;

export const breachText = ({ principle, device }: Breach): string => `${principle.id} ${device}`;

/** Those of `wanted` that are not among what is broken. */
export function missingIn<T extends Breach>(broken: readonly Breach[], wanted: readonly T[]): readonly T[] {
  const known = new Set(broken.map(breachText));
  return wanted.filter((one) => !known.has(breachText(one)));
}

/** Those than which there is nothing worse. */
export const worstOf = (possible: readonly Breach[]): readonly Breach[] =>
  possible.filter(({ principle }) => principle.outcome === outcomes[0]);
