import { AT, MOST_IN_RING, RING } from './record.ts';

/** The ring in which is kept who sleeps in states that are not expanded yet (sleep.ts). */
export interface Ring {
  readonly bytes: number;
  /** Nobody sleeps: nobody could, or there were more states than the ring has places for. */
  readonly isAwake: boolean;
  /** There shall be room for so many states from the one on that is expanded. */
  hold(many: number): void;
}

/** Places at the start. */
const FIRST = 8192;

export function ringIn(view: Int32Array, canSleep: boolean): Ring {
  let isAwake = !canSleep;
  const places = (): number => view[AT.ring >> 2]! + 1;
  view[AT.ring >> 2] = FIRST - 1;
  return {
    get bytes() {
      return isAwake ? 0 : 4 * places();
    },
    get isAwake() {
      return isAwake;
    },
    hold(many) {
      while (!isAwake && many > places()) grow();
    },
  };

  /** States whose number has the next bit, too, move up. */
  function grow(): void {
    const before = places();
    if (before === MOST_IN_RING) {
      // From the next state on: what the ring has would be written over before it is read.
      isAwake = true;
      view[AT.canSleep >> 2] = 0;
      return;
    }
    view[AT.ring >> 2] = 2 * before - 1;
    const ring = view.subarray(RING >> 2, (RING >> 2) + 2 * before);
    for (let number = view[AT.current >> 2]!; number < view[AT.size >> 2]!; number++)
      if (number & before) ring[number & (2 * before - 1)] = ring[number & (before - 1)]!;
  }
}
