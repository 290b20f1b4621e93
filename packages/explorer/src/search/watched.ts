import { count } from '@busward/core';

/** How far a search is. */
export interface SearchProgress {
  readonly states: number;
  readonly transitions: number;
  /** Steps from the start to the states that are expanded now. */
  readonly depth: number;
  /** What the states take. */
  readonly bytes: number;
  /** States that were seen, and from which it has not gone on; left out by what does not go on from each. */
  readonly waiting?: number;
  /** How much of what it looks for it has found, if it says so on the way. */
  readonly found?: number;
}

/**
 * A search in parts. It yields how far it is, and goes on when it is asked; what it is sent is why it has to stop ("after
 * 10 s"), and then it ends undecided with what it has. So whoever runs it can show progress, and can stop it.
 */
export type Watched<T> = Generator<SearchProgress, T, string | undefined>;

/** Why a search stops that may see no more. */
export const afterStates = (many: number): string => `after ${count(many, 'state')}`;

/** Layers grow by a fifth or more if such a part of all states that were seen is waiting; with less, a good part of all has been seen. */
const GROWING = 1 / 6;

/** Whether there come to be more and more states. */
export const isGrowing = ({ states, waiting = states }: SearchProgress): boolean => waiting > states * GROWING;

/** States between two reports. */
export const BETWEEN = 20_000;

/** Goes on with a search until it `isLeft`, and then gives nothing: it may be gone on with. */
export function* unlessLeft<T>(
  search: Watched<T>,
  isLeft: (progress: SearchProgress) => boolean,
): Watched<T | undefined> {
  let at = search.next();
  while (!at.done) {
    if (isLeft(at.value)) return undefined;
    at = search.next(yield at.value);
  }
  return at.value;
}

/** A search that is begun when it is first asked for; whoever asks again is given what it came to. */
export function once<T>(search: () => Watched<T>): () => Watched<T> {
  let found: { readonly is: T } | undefined;
  return function* () {
    found ??= { is: yield* search() };
    return found.is;
  };
}

/** Ends a search that nobody goes on with: it gives its memory back. */
export const endSearch = (search: Watched<unknown>): void => void search.return(undefined);

/** Says between two parts, neither of which does, that the search is still at it; gives why it has to stop, if it has to. */
export function* lookingUp(states = 0): Watched<string | undefined> {
  return yield { states, transitions: 0, depth: 0, bytes: 0 };
}

/** Runs a search to its end, or to its own limits. */
export function finished<T>(search: Watched<T>): T {
  for (;;) {
    const { done, value } = search.next();
    if (done) return value;
  }
}
