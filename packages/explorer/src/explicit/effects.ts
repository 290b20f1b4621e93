import { EFFECTS, LEFT_ALONE, MOST_EFFECTS, PLACES, ROWS } from './record.ts';

/**
 * What moves touch, in linear memory: a bit for each cell that is ever written; beyond 64 of them two may seem to meet that do
 * not.
 */
export interface Effects {
  /** The number of a move that writes and reads these cells. */
  effectOf(writes: readonly number[], reads: readonly number[]): number;
  /** The operation at a place touches these cells. */
  placeTouches(place: number, writes: readonly number[], reads: readonly number[]): void;
  /** A class of starts (sleep.ts) does. */
  classTouches(one: number, writes: readonly number[], reads: readonly number[]): void;
}

/** `bits` as in {@link Compiled}. */
export function effectsIn(buffer: ArrayBufferLike, bits: readonly number[]): Effects {
  const view = new Int32Array(buffer);
  const wide = new BigInt64Array(buffer, 0, ROWS / 8);
  const numbers = new Map<string, number>();
  let varying = 0n;
  const bitFor = bits.map((need) => (need > 0 ? 1n << (varying++ % 64n) : 0n));
  const classes: { readonly touched: bigint; readonly written: bigint }[] = [];
  setEffect(0, ~0n, ~0n);

  return {
    effectOf(writes, reads) {
      const masks = [bitsOf(writes), bitsOf(reads)] as const;
      const key = masks.join();
      const old = numbers.get(key);
      if (old !== undefined) return old;
      // The first touches all, and stands for those that there is no number for.
      if (numbers.size + 1 === MOST_EFFECTS) return 0;
      numbers.set(key, numbers.size + 1);
      setEffect(numbers.size, ...masks);
      return numbers.size;
    },
    placeTouches(place, writes, reads) {
      wide[(PLACES + 16 * place) / 8]! |= bitsOf(writes) | bitsOf(reads);
      wide[(PLACES + 16 * place) / 8 + 1]! |= bitsOf(writes);
    },
    classTouches(one, writes, reads) {
      const old = classes[one] ?? { touched: 0n, written: 0n };
      const now = { touched: old.touched | bitsOf(writes) | bitsOf(reads), written: old.written | bitsOf(writes) };
      classes[one] = now;
      if (now.touched === old.touched && now.written === old.written) return;
      for (let effect = 0; effect <= numbers.size; effect++) leaveAlone(effect);
    },
  };

  function setEffect(effect: number, writes: bigint, reads: bigint): void {
    wide[(EFFECTS + 16 * effect) / 8] = writes;
    wide[(EFFECTS + 16 * effect) / 8 + 1] = reads;
    leaveAlone(effect);
  }

  /** Writes which classes have nothing to do with it. */
  function leaveAlone(effect: number): void {
    const [writes, reads] = [wide[(EFFECTS + 16 * effect) / 8]!, wide[(EFFECTS + 16 * effect) / 8 + 1]!];
    const alone = classes.map(({ touched, written }, at) => ((writes & touched) | (reads & written) ? 0 : 1 << at));
    view[(LEFT_ALONE + 4 * effect) >> 2] = alone.reduce((all, one) => all | one, 0);
  }

  function bitsOf(cells: readonly number[]): bigint {
    return cells.reduce((all, cell) => all | bitFor[cell]!, 0n);
  }
}
