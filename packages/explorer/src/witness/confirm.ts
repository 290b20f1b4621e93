import {
  begin,
  describeOperation,
  OutOfRange,
  WAIT,
  type Operation,
  type Principle,
  type Run,
  type Standing,
  type System,
} from '@busward/core';
import {
  brokenAtEvents,
  brokenInState,
  initialIndices,
  openState,
  type BrokenBy,
  type Indices,
} from '../naive/plain.ts';
import { valueText } from '../tables/value-text.ts';
import type { Witness } from './witness.ts';

/**
 * Whether the witness ends in the principle being broken with the part of a device of that bus: the generators themselves
 * are run, step by step, on a machine that may have more devices than the witness was found on. Those stand idle; an
 * operation that has more steps there, since it looks at them, too, takes those in between.
 */
export function confirms(system: System, witness: Witness, principle: Principle, bus: string): boolean {
  const judged = [principle];
  const isOnBus = ({ device }: BrokenBy): boolean =>
    system.kernel.machine.devices.some((one) => one.name === device && one.bus === bus);
  const lanes = new Map<number, Lane>();
  let state: Indices = initialIndices(system);
  let broken = false;
  for (const step of witness.steps) {
    const lane = lanes.get(step.lane) ?? started(step.operation);
    if (!lane) return false;
    lanes.set(step.lane, lane);
    const reached = goTo(lane, step.call);
    if (lane.here.kind === 'done') lanes.delete(step.lane);
    if (reached === 'out of range') return principle.id === 'P4';
    if (!reached) return false;
  }
  return broken || isBroken();

  function started(operation: Operation): Lane | undefined {
    if (!system.possible(operation).holds(openState(state).cells)) return undefined;
    const run = begin(() => system.program(operation), describeOperation(operation));
    return { run, here: run.go(undefined) };
  }

  /** Takes steps up to the one of that name, if that can be. */
  function goTo(lane: Lane, call: string): boolean | 'out of range' {
    for (;;) {
      const { here } = lane;
      if (here.kind === 'throws') throw here.error;
      if (here.kind === 'done') return call === 'returns';
      const { cells, indices, events } = openState(state);
      try {
        const outcome = here.atom.run(cells);
        if (outcome === WAIT) return false;
        lane.here = lane.run.go(outcome);
      } catch (error) {
        if (error instanceof OutOfRange) return 'out of range';
        throw error;
      }
      state = indices;
      const alone = [...lanes.values()].every((other) => other === lane || other.here.kind === 'done');
      broken = [...brokenAtEvents(system, judged, state, events, alone)].some(isOnBus);
      if (here.atom.name === call) return true;
    }
  }

  function isBroken(): boolean {
    return [...brokenInState(system, judged, state)].some(isOnBus);
  }
}

/**
 * Whether the generators themselves, from that state on, do step by step what the witness says: the same calls, changes
 * and results.
 */
export function retraces(system: System, from: Indices, witness: Witness): boolean {
  const lanes = new Map<number, Lane>();
  let state = from;
  return witness.steps.every((step) => {
    const { operation, lane: number } = step;
    const possible = system.possible(operation).holds(openState(state).cells);
    if (step.result === 'skip') return step.starts && !possible;
    if (step.starts) {
      if (!possible) return false;
      const run = begin(() => system.program(operation), describeOperation(operation));
      lanes.set(number, { run, here: run.go(undefined) });
    }
    const lane = lanes.get(number);
    if (!lane) return false;
    const { here } = lane;
    if (here.kind === 'throws') throw here.error;
    if (here.kind === 'done') return step.changes.length === 0 && step.result === String(here.result);
    const { cells, indices } = openState(state);
    try {
      const outcome = here.atom.run(cells);
      if (here.atom.name !== step.call || outcome === WAIT) return false;
      const crashed = here.atom.outcomes.length === 0;
      if (!crashed) lane.here = lane.run.go(outcome);
    } catch (error) {
      if (error instanceof OutOfRange) return step === witness.steps.at(-1);
      throw error;
    }
    const changes = system.cells.flatMap((cell) => {
      const [was, is] = [state[cell.id]!, indices[cell.id]!];
      return was === is ? [] : [`${cell.name} ${valueText(cell.values[was])} ${valueText(cell.values[is])}`];
    });
    state = indices;
    const result = lane.here.kind === 'done' ? String(lane.here.result) : undefined;
    return (
      changes.join() === step.changes.map(({ cell, from: was, to }) => `${cell} ${was} ${to}`).join() &&
      (result === step.result || step.happenings.length > 0)
    );
  });
}

interface Lane {
  readonly run: Run;
  here: Standing;
}
