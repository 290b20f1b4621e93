import { blamed, PluginError } from '../plugin-error.ts';
import { isProgram } from '../step.ts';
import type { Ownership, Section, Strategy } from './strategy.ts';
import { strayPart } from './stray-part.ts';

/**
 * What the strategy's check says. Throws a {@link PluginError} for a verb that is missing or means nothing, and, where it is
 * called, for one that returns no program.
 */
export function ownershipOf(strategy: Pick<Strategy, 'name' | 'ownership'>, section: Section, bus: string): Ownership {
  const { name } = strategy;
  const own = blamed<unknown>(`strategy '${name}', ownership(section, bus)`, () => strategy.ownership(section, bus));
  const broken = (what: string): PluginError => new PluginError(`strategy '${name}'${what}`);
  if (typeof own !== 'object' || own === null)
    throw broken(`: ownership() returned ${String(own)}; return { use, unuse, ... }`);
  const said = own as Readonly<Partial<Record<keyof Ownership, unknown>>>;
  for (const [verb, needed] of Object.entries(verbs) as [keyof Ownership, boolean][])
    if (typeof said[verb] !== 'function' && (needed || said[verb] !== undefined))
      throw broken(
        `: ownership() returned ${said[verb] === undefined ? `no ${verb}` : `a ${verb} that is no function`}; ` +
          `it has ${Object.keys(said).join(', ')}`,
      );
  const stray = strayPart(said, Object.keys(verbs));
  if (stray !== undefined) throw broken(`: what ownership() returned ${stray}`);
  const held = (Object.entries(said) as [string, Verb | undefined][]).map(([verb, run]) => [
    verb,
    run &&
      ((...of: unknown[]) => {
        const program: unknown = run.apply(own, of);
        if (isProgram(program)) return program;
        throw broken(
          `, ${verb}: returned ${told(program)}, which is no program; write *${verb}(...), or return section(...)`,
        );
      }),
  ]);
  return Object.fromEntries(held) as Ownership;
}

type Verb = (...of: unknown[]) => unknown;

const told = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));

/** Whether the check needs it. */
const verbs = {
  use: true,
  unuse: true,
  claim: false,
  release: false,
  attach: true,
  detach: true,
  attachOwn: true,
  detachOwn: true,
} satisfies Record<keyof Ownership, boolean>;
