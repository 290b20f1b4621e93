import type { SearchProgress } from '../search/watched.ts';

/*
 * When one way to look at a machine is left for another. These are guesses, taken from what machines of up to eight devices took:
 * a wrong one costs time, or changes a sentence of the bound, and no verdict.
 */

export type IsFar = (progress: SearchProgress) => boolean;

/** Few devices that have broken nothing among so many states, of which such a part is waiting, are left until pictures were looked at. */
export const areFewFar: IsFar = ({ states, waiting = 0 }) => states >= 1_500 && waiting > states / 3;

/** Pictures are left until the few were looked at where such a part of so many is waiting, or one shows something. */
export const arePicturesFar: IsFar = ({ states, waiting = 0, found = 0 }) =>
  found > 0 || (states >= 1_500 && waiting > states / 2);

/** And where all devices can be looked at ({@link SEVERAL}) beyond so many. */
export const arePicturesMany: IsFar = ({ states }) => states > 10_000;

/** So many devices can be looked at one by one where pictures of them do not tell. */
export const FEW = 4;

/** So many can be looked at together, but for which of those that are alike is where, as long as these are no more states. */
export const SEVERAL = 8;
export const STATES_OF_SEVERAL = 3_000_000;

/** Of more than so many like devices pictures are sooner done. */
export const MANY = 5;
