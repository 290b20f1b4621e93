import { readFileSync } from 'node:fs';
import { instrument } from './instrument.ts';
import type { Mutant } from './mutant.ts';
import { filesInScope, pathOf } from './scope.ts';

/** Every mutant that the instrumented modules know, in the order of the code. */
export const allMutants = (): readonly Mutant[] =>
  filesInScope().flatMap((file) => instrument(file, readFileSync(pathOf(file), 'utf8'), '').mutants);
