import { PluginError } from '../plugin-error.ts';
import { note } from '../step.ts';
import { ownershipOf } from './ownership-of.ts';
import { probing } from './probe-hooks.ts';
import type { Placement, Strategy } from './strategy.ts';
import { strayPart } from './stray-part.ts';
import { surroundingValues, type Surroundings } from './surroundings.ts';

/** Checks the shape of a strategy plugin, asks once for its check, and freezes it. Throws a {@link PluginError} that says what to write. */
export function defineStrategy(definition: Strategy): Strategy {
  if (!isRecord(definition) || typeof definition.name !== 'string' || definition.name === '')
    throw new PluginError(`a strategy needs a name; write defineStrategy({ name: 'mine', ... })`);
  const broken = (what: string): PluginError => new PluginError(`strategy '${definition.name}': ${what}`);
  const write = (part: keyof Strategy, instead: string): PluginError =>
    broken(`${part} is ${nounOf(definition[part])}; write ${instead}`);
  for (const part of ['says', 'source'] as const)
    if (typeof definition[part] !== 'string') throw write(part, 'a sentence');
  if (typeof definition.counts !== 'boolean')
    throw write('counts', 'true or false: whether it keeps a count of its own');
  if (typeof definition.ownership !== 'function') throw write('ownership', '(section, bus) => ({ use, unuse, ... })');
  if (!isRecord(definition.surroundings))
    throw write('surroundings', 'the kernel around it, for example linux61.surroundings');
  if (!isRecord(definition.at)) throw write('at', '{} or where the check stands');
  refuseStray(definition, parts, '');
  refuseStray(definition.at, placements, 'at ');
  for (const [part, value] of Object.entries(definition.at) as [keyof Placement, unknown][]) {
    const can = placements[part];
    if (value === undefined || (can === 'a function' ? typeof value === 'function' : can === value)) continue;
    throw broken(`at.${part} is ${told(value)}; it can be ${can === 'a function' ? can : told(can)}, or left out`);
  }
  refuseStray(definition.surroundings, surroundingValues, 'surroundings ');
  for (const [area, known] of Object.entries(surroundingValues) as [keyof Surroundings, Choices][]) {
    const settings: unknown = definition.surroundings[area];
    if (!isRecord(settings))
      throw broken(`surroundings has no ${area}; take that of a version, for example linux61.surroundings`);
    refuseStray(settings, known, `surroundings.${area} `);
    for (const [setting, choices] of Object.entries(known))
      if (!choices.includes(settings[setting]))
        throw broken(
          `surroundings.${area}.${setting} is ${told(settings[setting])}; it can be ${choices.map(told).join(', ')}`,
        );
  }
  probing.begins?.(`strategy '${definition.name}', ownership`);
  ownershipOf(definition, () => note('a section'), '');
  return Object.freeze(definition);

  function refuseStray(of: object, known: object, where: string): void {
    const stray = strayPart(of, Object.keys(known));
    if (stray !== undefined) throw broken(where + stray);
  }
}

type Choices = Readonly<Record<string, readonly unknown[]>>;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const told = (value: unknown): string => {
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? `'${value}'` : nounOf(value);
};

/** `a string`, `an object`, `null`, `undefined`. */
const nounOf = (value: unknown): string => {
  if (value === undefined || value === null) return String(value);
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
};

const parts = {
  name: true,
  says: true,
  source: true,
  counts: true,
  surroundings: true,
  ownership: true,
  at: true,
} satisfies Record<keyof Strategy, true>;

/** Where a check can stand, and what is written there. */
const placements = {
  busUse: 'nothing',
  busUnuse: 'nothing',
  beforeDriverSet: 'a function',
  configure: 'a function',
  losesConfigureError: true,
  unconfigure: 'a function',
  bound: 'vfio notifier',
  afterUnbind: 'a function',
} satisfies Record<keyof Placement, 'a function' | Placement[keyof Placement]>;
