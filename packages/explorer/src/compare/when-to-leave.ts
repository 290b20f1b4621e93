import type { SearchProgress } from '../search/watched.ts';

/*
 * When one way to look at a machine is left for another. These are guesses, taken from what machines of up to eight devices took:
 * a wrong one costs time, or changes a sentence of the bound, and no verdict.
 */

/** Pictures are left beyond so many, where all devices can be looked at ({@link MOST_EXCHANGED}). */
export const arePicturesMany = ({ states }: SearchProgress): boolean => states > 10_000;

/** Pictures are left beyond so many, where it can be looked at what each device can be in by itself ({@link MOST_VIEWED}). */
export const arePicturesTooMany = ({ states }: SearchProgress): boolean => states > 20_000;

/** Devices of which it is looked at what each can be in by itself, at most. */
export const MOST_VIEWED = 24;

/** Devices that can be looked at one by one, at most, where pictures of them do not tell. */
export const MOST_ONE_BY_ONE = 4;

/** Devices of one kind of which pictures are not sooner done than states but for which of them is where, at most. */
export const MOST_BEFORE_PICTURES = 5;

/** Devices that are looked at together but for which of those that are alike is where, at most. */
export const MOST_EXCHANGED = 8;

/** Of so many devices pictures are as many as a part of the states that may be looked at: one takes as long as so many. */
export const mostPictures = (maxStates: number): number => Math.ceil(maxStates / 10);
