/** Why a search ended. */
export type Ended =
  /** Every reachable state was seen, or counted. */
  | { readonly kind: 'all seen' }
  /** Not every state was seen one by one; but what can be broken at most is known, and all of it was found, or is said. */
  | { readonly kind: 'nothing else can break' }
  /** What had been found was all that was asked for: more may be broken. */
  | { readonly kind: 'enough'; readonly found: Enough }
  | Stop;

export interface Stop {
  readonly kind: 'stopped';
  /** "after 5,000,000 states". */
  readonly by: string;
}

/** Why a search need not go on: what was found is the worst there is, or all that can be broken at most. */
export type Enough = 'the worst' | 'all';

/** How a search ended, and what it could not follow. */
export interface Ending {
  readonly ended: Ended;
  /** A count would have left its range where P4 is not judged: what comes after that is not known. */
  readonly overflow?: string;
}

/** Whether what was not found to be broken is kept. If not, it is undecided. */
export function isComplete({ ended, overflow }: Ending): boolean {
  switch (ended.kind) {
    case 'all seen':
    case 'nothing else can break':
      return overflow === undefined;
    case 'enough':
    case 'stopped':
      return false;
  }
}

/** Why it was stopped, if it was. */
export const stopOf = ({ ended }: Pick<Ending, 'ended'>): string | undefined =>
  ended.kind === 'stopped' ? ended.by : undefined;
