import type { Happening } from '../cell.ts';
import { strayPart } from '../contract/stray-part.ts';
import { PluginError } from '../plugin-error.ts';
import { outcomes, type Principle } from './principle.ts';

const kinds = Object.keys({
  started: true,
  granted: true,
  'kernel refused': true,
  'user refused': true,
  emptied: true,
  strayed: true,
  warned: true,
  crashed: true,
} satisfies Record<Happening['kind'], true>);

/** Checks the shape of a principle and freezes it. Throws a {@link PluginError} that says what to write. */
export function definePrinciple(definition: Principle): Principle {
  if (
    typeof definition !== 'object' ||
    definition === null ||
    typeof definition.id !== 'string' ||
    !/^[A-Z]\d+$/.test(definition.id)
  )
    throw new PluginError(`a principle needs an id, a letter and a number; write definePrinciple({ id: 'X1', ... })`);
  const broken = (what: string): PluginError => new PluginError(`principle '${definition.id}': ${what}`);
  for (const part of ['name', 'sentence', 'source'] as const)
    if (typeof definition[part] !== 'string') throw broken(`${part} is ${typeof definition[part]}; write a sentence`);
  if (!outcomes.includes(definition.outcome) || (definition.outcome as string) === 'isolated')
    throw broken(`outcome is ${String(definition.outcome)}; write one of ${outcomes.slice(0, -1).join(', ')}`);
  const stray = strayPart(definition, parts);
  if (stray !== undefined) throw broken(stray);
  if (typeof definition.states !== 'function' && Object.keys(definition.events ?? {}).length === 0)
    throw broken('it judges nothing; write states(group) or events');
  for (const [kind, judge] of Object.entries(definition.events ?? {}))
    if (!kinds.includes(kind) || typeof judge !== 'function')
      throw broken(`events.${kind} is no judge of an event; events are ${kinds.join(', ')}, each with a function`);
  return Object.freeze(definition);
}

const parts = Object.keys({
  id: true,
  name: true,
  sentence: true,
  source: true,
  outcome: true,
  needsCount: true,
  states: true,
  events: true,
} satisfies Record<keyof Principle, true>);
