/** One change to the kernel's code, made from the code: something that is left out there, or forced. */
export interface Mutant {
  /** Where and what, in words of the code and without line numbers: it stays the same while other lines change. */
  readonly id: string;
  /** Below packages/core/src. */
  readonly file: string;
  readonly line: number;
  readonly kind: Kind;
}

/**
 * guard: an `if` that leaves is not there. operand: one side of `&&` or `||` is not there. branch: an `if` or a `?:` goes
 * one way always. effect: a statement is skipped. filter: a list is not filtered.
 */
export type Kind = 'guard' | 'operand' | 'branch' | 'effect' | 'filter';

/** Makes mutants of one file; those that read alike in one function are numbered. */
export function mutantMaker(file: string): {
  readonly mutants: readonly Mutant[];
  make(kind: Kind, line: number, within: string, what: string): Mutant;
} {
  const mutants: Mutant[] = [];
  const alike = new Map<string, number>();
  return {
    mutants,
    make(kind, line, within, what) {
      const words = `${file} ${within}: ${what}`;
      const count = (alike.get(words) ?? 0) + 1;
      alike.set(words, count);
      const mutant: Mutant = { id: count === 1 ? words : `${words} (${count})`, file, line, kind };
      mutants.push(mutant);
      return mutant;
    },
  };
}
