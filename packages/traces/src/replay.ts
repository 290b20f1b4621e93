import {
  assemble,
  type Bus,
  type Cells,
  type Machine,
  describeOperation,
  type Operation,
  type Strategy,
} from '@busward/core';
import { interpreter, openState, type Taken } from '@busward/explorer';
import { agentOf } from './agent.ts';
import { brokenByKernel, type BrokenByKernel } from './kernel-judge.ts';
import { observe } from './observe.ts';
import { driversAtStart, recordedMachine } from './recorded-machine.ts';
import type { Trace, TraceState, TraceStep } from './trace.ts';

/** The first step of a scenario in which the model does something else than the kernel did. */
export interface Divergence {
  /** From 0, as the recordings count; -1: before the first step. */
  readonly step: number;
  readonly do: string;
  /** What differs, `result` or `drivers.A` or `groups.gA.u0`; and what each said of it. */
  readonly what: string;
  readonly kernel: string;
  readonly model: string;
  /** The model's variables that are not as they were at the start, after the step. */
  readonly state: readonly string[];
}

export interface Replayed {
  readonly scenario: string;
  /** What the steps came to in the model, in order. */
  readonly operations: readonly ReplayedOperation[];
  /** Steps that agreed. */
  readonly steps: number;
  /** Principles that the recorded kernel broke. */
  readonly broken: readonly BrokenByKernel[];
  readonly divergence?: Divergence;
}

export interface ReplayedOperation {
  readonly operation: Operation;
  /** From 0, as the recordings count; -1: before the first step. */
  readonly step: number;
  /** It did not return at once; `result` is what became of it, 'blocked' if it never did. */
  readonly waited: boolean;
  readonly result: string;
}

/** A profile, or a variant of one, which may see a machine otherwise. */
interface ReplayedUnder {
  readonly strategy: Strategy;
  machineOf?(machine: Machine): Machine;
}

/** Replays recordings under one profile. */
export type Replayer = (trace: Trace) => Replayed;

/**
 * Carries out recorded scenarios in the model of `kernel`, step by step, and compares: the result, which earlier steps
 * returned, each device's driver, and of each group its type, its file and what its users are told.
 * Throws an InputError for a machine, a device or an operation that is not known.
 */
export const replayer =
  (kernel: ReplayedUnder, buses: readonly Bus[], see: See = () => {}): Replayer =>
  (trace) =>
    replayTrace(trace, kernel, buses, see);

/** Told of every step that is taken, and on which machine. */
export type See = (machine: Machine, taken: Taken) => void;

function replayTrace(trace: Trace, kernel: ReplayedUnder, buses: readonly Bus[], see: See): Replayed {
  const asRecorded = recordedMachine(trace, kernel.strategy, buses);
  const machine = kernel.machineOf?.(asRecorded) ?? asRecorded;
  const system = assemble(machine, kernel.strategy, buses, { kind: 'open', inFlight: 1, menu: [] });
  const model = interpreter(system, (taken) => see(machine, taken));
  const agent = agentOf(system, trace, (device) => model.link(device));
  const cells = (): Cells => openState(model.state()).cells;
  const operations: ReplayedOperation[] = [];
  const broken = brokenByKernel(trace, machine);
  for (const [at, step] of [undefined, ...trace.steps].entries()) {
    const difference = step ? take(step, at - 1) : begin();
    if (!difference) continue;
    const divergence = { step: at - 1, do: step?.do ?? 'the start', ...difference, state: changed() };
    return { scenario: trace.scenario, operations, steps: Math.max(0, at - 1), broken, divergence };
  }
  return { scenario: trace.scenario, operations, steps: trace.steps.length, broken };

  /** Binds the drivers that the scenario finds bound. */
  function begin(): Difference | undefined {
    for (const [device, driver] of driversAtStart(trace)) {
      const operation: Operation = { do: 'bind', device, driver };
      const { result } = model.start(operation);
      operations.push({ operation, step: -1, waited: false, result });
      if (result !== 'OK') return { what: describeOperation(operation), kernel: 'ok', model: toldAs(result) };
    }
    return firstDifference(trace.initial, stateNow(), {});
  }

  function take(step: TraceStep, at: number): Difference | undefined {
    const ordered = agent.operationsOf(step.do, cells());
    let result = typeof ordered === 'string' ? ordered : '';
    const completed: { step: number; result: string }[] = [];
    for (const operation of typeof ordered === 'string' ? [] : ordered) {
      const progress = model.start(operation);
      operations.push({ operation, step: at, waited: progress.result === 'blocked', result: progress.result });
      for (const one of progress.completed) operations[one.at] = { ...operations[one.at]!, result: one.result };
      result = toldAs(progress.result);
      completed.push(
        ...progress.completed.map((one) => ({ step: operations[one.at]!.step, result: toldAs(one.result) })),
      );
      if (result !== 'ok') break;
    }
    const crashed = result === 'killed' || completed.some((one) => one.result === 'killed');
    const told = { result, completed: tell(completed) };
    const recorded = { result: step.result, completed: tell(step.completed) };
    return (
      different('result', recorded.result, told.result) ??
      different('completed', recorded.completed, told.completed) ??
      firstDifference(step.state, stateNow(), { crashed })
    );
  }

  function stateNow(): TraceState {
    return observe(system, cells(), trace, (device) => model.link(device), agent.usersOf);
  }

  function changed(): readonly string[] {
    const state = model.state();
    return system.cells.flatMap((cell) => {
      const value = cell.values[state[cell.id]!];
      return value === cell.initial ? [] : [`${cell.name} = ${String(value)}`];
    });
  }
}

type Difference = Pick<Divergence, 'what' | 'kernel' | 'model'>;

const toldAs = (result: string): string => (result === 'OK' ? 'ok' : result === 'crash' ? 'killed' : result);

const tell = (completed: readonly { readonly step: number; readonly result: string }[]): string =>
  completed
    .toSorted((a, b) => a.step - b.step)
    .map(({ step, result }) => `step ${step}: ${result}`)
    .join(', ') || 'nothing';

const different = (what: string, kernel: string, model: string): Difference | undefined =>
  kernel === model ? undefined : { what, kernel, model };

/** After a crash nobody is left to ask users. */
function firstDifference(
  kernel: TraceState,
  model: TraceState,
  { crashed = false }: { readonly crashed?: boolean },
): Difference | undefined {
  for (const [name, driver] of Object.entries(model.drivers)) {
    const recorded = name in kernel.drivers ? String(kernel.drivers[name]) : 'not recorded';
    const difference = different(`drivers.${name}`, recorded, String(driver));
    if (difference) return difference;
  }
  for (const name of new Set([...Object.keys(kernel.groups), ...Object.keys(model.groups)]))
    for (const part of crashed ? (['type', 'node'] as const) : (['type', 'node', 'u0', 'u1'] as const)) {
      const [recorded, told] = [kernel.groups[name], model.groups[name]];
      const difference = different(
        `groups.${name}.${part}`,
        recorded ? String(recorded[part] ?? 'not open') : 'no group',
        told ? String(told[part] ?? 'not open') : 'no group',
      );
      if (difference) return difference;
    }
  return undefined;
}
