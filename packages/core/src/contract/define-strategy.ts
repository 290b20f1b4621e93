import { PluginError } from '../plugin-error.ts';
import type { Strategy } from './strategy.ts';

/** Checks the shape of a strategy plugin and freezes it. Throws a {@link PluginError} that says what to write. */
export function defineStrategy(definition: Strategy): Strategy {
  if (
    typeof definition !== 'object' ||
    definition === null ||
    typeof definition.name !== 'string' ||
    definition.name === ''
  )
    throw new PluginError(`a strategy needs a name; write defineStrategy({ name: 'mine', ... })`);
  const broken = (part: keyof Strategy, write: string): PluginError =>
    new PluginError(`strategy '${definition.name}': ${part} is ${nounOf(definition[part])}; write ${write}`);
  for (const part of ['says', 'source'] as const)
    if (typeof definition[part] !== 'string') throw broken(part, 'a sentence');
  if (typeof definition.counts !== 'boolean')
    throw broken('counts', 'true or false: whether it keeps a count of its own');
  if (typeof definition.ownership !== 'function') throw broken('ownership', '(section, bus) => ({ use, unuse, ... })');
  for (const part of ['surroundings', 'at'] as const)
    if (typeof definition[part] !== 'object' || definition[part] === null)
      throw broken(
        part,
        part === 'at' ? '{} or where the check stands' : 'the kernel around it, for example linux61.surroundings',
      );
  for (const part of ['driverCore', 'iommu', 'vfio'] as const)
    if (typeof definition.surroundings[part] !== 'object')
      throw new PluginError(
        `strategy '${definition.name}': surroundings has no ${part}; take that of a version, for example linux61.surroundings`,
      );
  for (const part of Object.keys(definition))
    if (!parts.includes(part as keyof Strategy))
      throw new PluginError(
        `strategy '${definition.name}' has a part '${part}', which means nothing; its parts are ${parts.join(', ')}`,
      );
  return Object.freeze(definition);
}

/** `a string`, `an object`, `null`, `undefined`. */
const nounOf = (value: unknown): string => {
  if (value === undefined || value === null) return String(value);
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
};

const parts: readonly (keyof Strategy)[] = ['name', 'says', 'source', 'counts', 'surroundings', 'ownership', 'at'];
