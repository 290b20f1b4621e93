import { chargedWith, type Happening, type Principle } from '@busward/core';
import { countingIn, type Judges } from '../judging/judges.ts';
import { throwUnlessOutOfRange } from '../tables/moves.ts';
import type { Workshop } from './apply.ts';
import { NOTHING } from './forest.ts';
import { meet } from './meet.ts';
import { caseOf, optionsOf } from './relation.ts';
import { DONE, type Case } from './rules.ts';
import type { Source } from './sources.ts';
import { placesCounter, stepIn, type Step } from './states.ts';

/** Where principles can be broken: in every state of a group, at an event, or where a count leaves its range. */
export type Trial =
  | { readonly kind: 'state'; readonly judge: Judges['states'][number] }
  | {
      readonly kind: 'event';
      readonly event: Happening;
      readonly alone: boolean;
      readonly starts: boolean;
      /** The states in which it comes up with nothing else in flight, or with something. */
      from(set: number): number;
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
  step(): Step;
}

export interface Trials {
  readonly all: readonly Trial[];
  /** Steps that stop the machine. */
  readonly crashes: number;
  /** A count leaves its range, where P4 is not judged. */
  readonly overflow: string | undefined;
}

/** Tells one trial's breaches in `set`, each once, of those that are `open`. */
export function breachesIn(
  workshop: Workshop,
  judges: Judges,
  set: number,
  trial: Trial,
  open: (principle: Principle, device: string) => boolean,
): readonly Breach[] {
  const found = new Map<string, Breach>();
  const isOpen = (principle: Principle, device: string): boolean =>
    !found.has(`${principle.id} ${device}`) && open(principle, device);
  const add = (principle: Principle, device: string, step: () => Step): void => {
    if (isOpen(principle, device)) found.set(`${principle.id} ${device}`, { principle, device, step });
  };
  const { rules, steps } = workshop;
  switch (trial.kind) {
    case 'state':
      return inState(trial);
    case 'event':
      return atEvent(trial);
    case 'exit':
      return atExit(trial);
  }

  function inState({ judge: { principle, devices, table } }: Of<'state'>): readonly Breach[] {
    meet(workshop, set, table, ({ reads, values, entry: { result } }) => {
      for (const [at, device] of devices.entries())
        if (result & (1 << at))
          add(principle, device, () => stepIn(workshop, set, rules.any([{ ...still, reads, values }]))!);
      return devices.some((device) => isOpen(principle, device));
    });
    return [...found.values()];
  }

  function atEvent({ event, alone, from, steps: those }: Of<'event'>): readonly Breach[] {
    const before = from(set);
    const after = steps.apply(before, those);
    if (after === NOTHING) return [];
    meet(workshop, after, judges.eventTable(event, alone), ({ reads, values, entry }) => {
      const step = (): Step => {
        const state = stepIn(workshop, after, rules.any([{ ...still, reads, values }]))!.before;
        return stepIn(workshop, before, those, state)!;
      };
      for (const { principle, devices } of entry.result) for (const device of devices) add(principle, device, step);
      return true;
    });
    return [...found.values()];
  }

  function atExit({ principle, devices, steps: those }: Of<'exit'>): readonly Breach[] {
    if (steps.apply(set, those) === NOTHING) return [];
    for (const device of devices) add(principle, device, () => stepIn(workshop, set, those)!);
    return [...found.values()];
  }
}

type Of<K extends Trial['kind']> = Extract<Trial, { kind: K }>;

/** A case that only asks. */
const still = { writes: [], leaves: -1, enters: -1, end: DONE };

/** Every trial there is to hold over a system, from what its tables know. Throws where a plugin throws in a state of `set`. */
export function trialsOf(workshop: Workshop, judges: Judges, sources: readonly Source[], set: number): Trials {
  const { rules, steps, compiled } = workshop;
  const events = new Map<string, { readonly event: Happening; readonly starts: boolean; readonly cases: Case[] }>();
  const exits = new Map<
    string,
    { readonly devices: readonly string[]; readonly says: string; readonly cases: Case[] }
  >();
  const crashes: Case[] = [];
  for (const source of sources)
    for (const option of optionsOf(source, compiled.cells)) {
      const { entry } = option;
      if (!entry || entry.result === -1) continue;
      const failure = entry.failure ?? source.step.next[entry.result]?.error;
      if (!failure && entry.events.length === 0) continue;
      const one = caseOf(source, option, DONE);
      if (failure) {
        if (steps.apply(set, rules.any([one])) === NOTHING) continue;
        throwUnlessOutOfRange(compiled, { at: source.step }, failure);
        const { machine, strategy } = compiled.system.kernel;
        const devices = chargedWith(machine, source.step.operation);
        const says = `${strategy.name}: ${failure.message}`;
        const key = devices.join();
        exits.set(key, { devices, says, cases: [...(exits.get(key)?.cases ?? []), one] });
      }
      if (failure) continue;
      if (entry.events.some(({ kind }) => kind === 'crashed')) crashes.push(one);
      for (const event of entry.events) {
        const starts = source.start !== undefined;
        const key = `${starts} ${JSON.stringify(event)}`;
        const known = events.get(key);
        if (known) known.cases.push(one);
        else events.set(key, { event, starts, cases: [one] });
      }
    }
  const busy = placesCounter(workshop, (place) => compiled.nodes[place]!.kind === 'at');
  const counting = countingIn(judges);
  return {
    all: [
      ...judges.states.map((judge) => ({ kind: 'state', judge }) as const),
      ...[...events.values()].flatMap(({ event, starts, cases }) =>
        [true, false].map((alone) => {
          const quiet = (from: number): number => busy(from, starts ? 0 : 1);
          const from = alone ? quiet : (of: number): number => workshop.forest.minus(of, quiet(of));
          return { kind: 'event', event, alone, starts, from, steps: rules.any(cases) } as const;
        }),
      ),
      ...[...exits.values()].flatMap(({ devices, cases }) =>
        counting ? [{ kind: 'exit', principle: counting, devices, steps: rules.any(cases) } as const] : [],
      ),
    ],
    crashes: rules.any(crashes),
    overflow: counting ? undefined : [...exits.values()][0]?.says,
  };
}
