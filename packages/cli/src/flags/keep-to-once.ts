import { InputError } from '@busward/core';

/** Of two that are called the same nobody could tell which one is meant. Throws an InputError that `says` so of the first name that comes again. */
export function keepToOnce(names: readonly string[], says: (name: string) => string): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new InputError(says(twice));
}
