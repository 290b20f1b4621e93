import { unfold, type Atom, type Place, type Program } from '@busward/core';

/** A place in a compiled program. `next[i]` follows outcome `i`. */
export type CompiledPlace =
  | {
      readonly kind: 'step';
      readonly notes: readonly string[];
      readonly atoms: Atom[];
      readonly next: readonly CompiledPlace[];
    }
  | Exclude<Place, { kind: 'step' }>;

/**
 * Compiles a program by running it. With `merge`, histories that have the same whole future are one place, found from
 * the leaves up: same step, same places after each outcome. Without, a place is a history. What is said to be the same
 * step is compared again where it is tabulated. `see` is told of each history that is a place.
 */
export function compileProgram(
  start: () => Program<unknown>,
  what: string,
  merge: boolean,
  see: () => void = () => {},
): CompiledPlace {
  const known = new Map<string, CompiledPlace>();
  const numbers = new Map<CompiledPlace, number>();
  const compiledAs = new Map<Place, CompiledPlace>();
  return compile(merge ? unfold(start, what, 'shared') : unfold(start, what, 'apart', see));

  function compile(place: Place): CompiledPlace {
    const compiled = compiledAs.get(place) ?? compileNew(place);
    if (merge) compiledAs.set(place, compiled);
    return compiled;
  }

  function compileNew(place: Place): CompiledPlace {
    if (place.kind !== 'step')
      return shared(
        `${place.kind} ${place.kind === 'done' ? `${String(place.result)} ${place.notes.join('; ')}` : place.error.message}`,
        () => place,
      );
    const next = place.next.map(compile);
    const signature = `${place.atom.key} | ${place.notes.join('; ')} | ${next.map((one) => numbers.get(one)).join()}`;
    const compiled = shared(signature, () => ({ kind: 'step', notes: place.notes, atoms: [], next }));
    if (compiled.kind === 'step') compiled.atoms.push(place.atom);
    return compiled;
  }

  function shared(signature: string, make: () => CompiledPlace): CompiledPlace {
    const old = merge ? known.get(signature) : undefined;
    if (old) return old;
    const fresh = make();
    known.set(signature, fresh);
    numbers.set(fresh, numbers.size);
    return fresh;
  }
}
