import fc from 'fast-check';
import { told, type Generated } from './generated.ts';

/*
 * Properties of plugins that nobody wrote. BUSWARD_RUNS says how many; then the seed is printed, and BUSWARD_SEED takes it back.
 */

const asked = process.env['BUSWARD_RUNS'];
export const runs = Number(asked ?? 10);
export const seed = Number(process.env['BUSWARD_SEED'] ?? Date.now() % 2 ** 31);
/** Milliseconds. */
export const patience = 60_000 + runs * 3_000;
if (asked !== undefined) process.stderr.write(`seed ${seed}, ${runs} generated systems for each reduction\n`);

export const propertyOf = <T extends Generated>(of: fc.Arbitrary<T>, numRuns: number, holds: (one: T) => void): void =>
  fc.assert(
    fc.property(of, (one) => {
      try {
        holds(one);
      } catch (error) {
        throw new Error(`${told(one)}\n${String(error)}`, { cause: error });
      }
    }),
    { numRuns, seed, endOnFailure: asked === undefined },
  );
