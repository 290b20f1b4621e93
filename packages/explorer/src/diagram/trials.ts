import { chargedWith, type Happening, type Principle } from '@busward/core';
import type { Compiled } from '../compile.ts';
import type { Judges } from '../judges.ts';
import { throwUnlessOutOfRange } from '../moves.ts';
import type { Workshop } from './apply.ts';
import { DONE } from './chains.ts';
import { NOTHING } from './forest.ts';
import { meet } from './meet.ts';
import { afterwards, optionsOf } from './relation.ts';
import type { Source } from './sources.ts';
import { stepIn, withPlaces, type Step } from './states.ts';

/** Where principles can be broken: in every state of a group, at an event, or where a count leaves its range. */
export type Trial =
  | { readonly kind: 'state'; readonly judge: Judges['states'][number] }
  | {
      readonly kind: 'event';
      readonly event: Happening;
      readonly alone: boolean;
      readonly starts: boolean;
      readonly steps: number;
    }
  | {
      readonly kind: 'exit';
      readonly principle: Principle;
      readonly devices: readonly string[];
      readonly steps: number;
    };

/** A principle and a device that takes part in breaking it. */
export interface Breach {
  readonly principle: Principle;
  readonly device: string;
  /** The state that breaks it (`after`; `before` is the same one), or the step that does. */
  readonly step: Step;
}

export interface Trials {
  readonly all: readonly Trial[];
  /** Steps that stop the machine. */
  readonly crashes: number;
  /** Steps that take a count out of its range, where P4 is not judged: what is said of the first. */
  readonly overflow: string | undefined;
}

/** Tells one trial's breaches in `set`, each once, of those that are `open`. */
export function breachesIn(
  workshop: Workshop,
  compiled: Compiled,
  judges: Judges,
  set: number,
  trial: Trial,
  open: (principle: Principle, device: string) => boolean,
): readonly Breach[] {
  const { cells } = compiled;
  const found = new Map<string, Breach>();
  const isOpen = (principle: Principle, device: string): boolean =>
    !found.has(`${principle.id} ${device}`) && open(principle, device);
  const add = (principle: Principle, device: string, step: Step): void => {
    if (isOpen(principle, device)) found.set(`${principle.id} ${device}`, { principle, device, step });
  };
  if (trial.kind === 'state') {
    const { principle, devices, table } = trial.judge;
    const left = (mask: number): readonly string[] =>
      devices.filter((device, at) => mask & (1 << at) && isOpen(principle, device));
    meet(
      workshop,
      set,
      table,
      cells,
      ({ result }) => (left(result).length > 0 ? String(result) : ''),
      ({ result }, state) => {
        for (const device of left(result)) add(principle, device, { before: state, after: state });
        return devices.some((device) => isOpen(principle, device));
      },
    );
  } else {
    const before = trial.kind === 'event' ? moments(workshop, compiled, set, trial) : set;
    const after = workshop.steps.apply(before, trial.steps);
    if (after === NOTHING) return [];
    if (trial.kind === 'exit')
      for (const device of trial.devices) add(trial.principle, device, stepIn(workshop, set, trial.steps)!);
    else
      meet(
        workshop,
        after,
        judges.ofEvent(trial.event, trial.alone),
        cells,
        ({ result }) =>
          result
            .flatMap(({ principle, devices }) =>
              devices.flatMap((device) => (isOpen(principle, device) ? [`${principle.id} ${device}`] : [])),
            )
            .join(),
        ({ result }, state) => {
          const step = stepIn(workshop, before, trial.steps, state)!;
          for (const { principle, devices } of result) for (const device of devices) add(principle, device, step);
          return true;
        },
      );
  }
  return [...found.values()];
}

/** The states out of which the event's step is taken with nothing else in flight, or with something. */
function moments(
  workshop: Workshop,
  { nodes }: Compiled,
  set: number,
  { alone, starts }: Extract<Trial, { kind: 'event' }>,
): number {
  const quiet = withPlaces(workshop, set, starts ? 0 : 1, (place) => nodes[place]!.kind === 'at');
  return alone ? quiet : workshop.forest.minus(set, quiet);
}

/** Every trial there is to hold over a system, from what its tables know. Throws where a plugin throws in a state of `set`. */
export function trialsOf(
  workshop: Workshop,
  compiled: Compiled,
  judges: Judges,
  sources: readonly Source[],
  set: number,
): Trials {
  const { chains, steps } = workshop;
  const events = new Map<string, { readonly event: Happening; readonly starts: boolean; readonly chains: number[] }>();
  const exits = new Map<
    string,
    { readonly devices: readonly string[]; readonly says: string; readonly chains: number[] }
  >();
  const crashes: number[] = [];
  for (const source of sources)
    for (const { reads, values, entry } of optionsOf(source, compiled.cells)) {
      if (!entry || entry.result === -1) continue;
      const failure = entry.failure ?? source.step.next[entry.result]?.error;
      if (!failure && entry.events.length === 0) continue;
      const writes = failure ? [] : entry.writes;
      const enters = failure ? source.from : afterwards(source, entry);
      const chain = chains.add({ reads, values, writes, leaves: source.from, enters }, DONE);
      if (failure) {
        if (steps.apply(set, chains.set([chain])) === NOTHING) continue;
        throwUnlessOutOfRange(compiled, { at: source.step }, failure);
        const { machine, strategy } = compiled.system.kernel;
        const devices = chargedWith(machine, source.step.operation);
        const says = `${strategy.name}: ${failure.message}`;
        const key = devices.join();
        exits.set(key, { devices, says, chains: [...(exits.get(key)?.chains ?? []), chain] });
      }
      if (failure) continue;
      if (entry.events.some(({ kind }) => kind === 'crashed')) crashes.push(chain);
      for (const event of entry.events) {
        const starts = source.start !== undefined;
        const key = `${starts} ${JSON.stringify(event)}`;
        const known = events.get(key);
        if (known) known.chains.push(chain);
        else events.set(key, { event, starts, chains: [chain] });
      }
    }
  const counting = judges.states.find(({ principle }) => principle.id === 'P4')?.principle;
  return {
    all: [
      ...judges.states.map((judge) => ({ kind: 'state', judge }) as const),
      ...[...events.values()].flatMap(({ event, starts, chains: some }) =>
        [true, false].map((alone) => ({ kind: 'event', event, alone, starts, steps: chains.set(some) }) as const),
      ),
      ...[...exits.values()].flatMap(({ devices, chains: some }) =>
        counting ? [{ kind: 'exit', principle: counting, devices, steps: chains.set(some) } as const] : [],
      ),
    ],
    crashes: chains.set(crashes),
    overflow: counting ? undefined : [...exits.values()][0]?.says,
  };
}
