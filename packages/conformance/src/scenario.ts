import { assemble, describeOperation, menuOf, principles, type Bus, type System } from '@busward/core';
import { compile, explore, run, witnessOf, type Violation, type Witness } from '@busward/explorer';
import { contractForm } from './contract-form.ts';
import type { HookRule } from './hook-rules.ts';
import { kernels, machinesUpTo, registeringLate, samplesOf, type Setting } from './machines.ts';

/** Whatever may be done, two operations in flight. */
export const openWorld = ({ machine, strategy }: Setting, buses: readonly Bus[]): System =>
  assemble(machine, strategy, buses, { kind: 'open', inFlight: 2, menu: menuOf(machine) });

/** What exploration found first: a shortest way to break any principle. */
export function firstBroken(system: System, but: readonly string[] = []): Broken | undefined {
  const { violations } = explore(system, principles);
  const violation = violations.find(({ principle }) => !but.includes(principle.id));
  return violation && { system, violation };
}

export interface Broken {
  readonly system: System;
  readonly violation: Violation;
}

/** `under Linux 7.3, on ...`, the operations in order of their start with their results, and what they break. */
export function scenarioLines({ system, violation }: Broken): readonly string[] {
  const { strategy, machine } = system.kernel;
  const { principle, device } = violation;
  return [
    `under ${strategy.name}: ${machine.name}`,
    ...operationsThatBreak({ system, violation }),
    `breaks ${principle.id} (${principle.name}) at ${device}: ${principle.sentence}`,
  ];
}

/**
 * What it costs that the bus's hooks are not the contract's: the smallest machine on which a principle is broken that
 * the contract's hooks keep there; if there is one, a principle that speaks of the rule.
 */
export function costOf(bus: Bus, neighbour: Bus, rule: HookRule | undefined): readonly string[] {
  const form = contractForm(bus);
  const samples = samplesOf(bus, [], 2);
  const late = registeringLate(samples);
  const present = machinesUpTo(2, bus, neighbour, samples).filter(({ machine }) => !machine.testRemove);
  const speaking = rule === undefined ? [] : speakOf[rule];
  let any: Broken | undefined;
  for (const setting of speaking.includes('P14') ? [late, ...present] : [...present, late]) {
    const but = explore(openWorld(setting, [neighbour, form]), principles).violations.map(
      ({ principle }) => principle.id,
    );
    const system = openWorld(setting, [neighbour, bus]);
    const explored = explore(system, principles);
    const more = explored.violations.filter(({ principle }) => !but.includes(principle.id));
    const violation = more.find(({ principle }) => speaking.includes(principle.id)) ?? more[0];
    if (!violation) continue;
    any ??= { system, violation };
    if (speaking.length === 0 || speaking.includes(violation.principle.id)) return scenarioLines({ system, violation });
  }
  if (any) return scenarioLines(any);
  return [
    `bind a device of ${bus.name}, so that its hook goes the way above; no principle tells it from the contract's`,
    `form on machines of up to 2 devices, under ${kernels.map(({ name }) => name).join(' and ')}`,
  ];
}

/** Which principles say best what breaking a rule means. */
const speakOf: Readonly<Record<HookRule, readonly string[]>> = {
  1: ['P1'],
  2: ['P4', 'P1'],
  3: [],
  4: ['P4'],
  5: ['P14', 'P4'],
  6: ['P14'],
};

/** One after the other, if that breaks the principle, too; else as they overlap. */
function operationsThatBreak({ system, violation: { principle, path } }: Broken): readonly string[] {
  const witness = witnessOf(compile(system), path);
  const operations = witness.steps.filter(({ starts }) => starts).map(({ operation }) => operation);
  const inTurn = run(system, operations, principles);
  return inTurn.broken.includes(principle.id)
    ? inTurn.ran.map(({ operation, result }) => `${describeOperation(operation)}  = ${result}`)
    : operationLines(witness);
}

function operationLines({ steps }: Witness): readonly string[] {
  const open = new Set<number>();
  const lines: { text: string; readonly lane: number }[] = [];
  for (const { lane, operation, starts, result } of steps) {
    if (starts) {
      const meanwhile = open.size > 0 ? '  (meanwhile)' : '';
      lines.push({ lane, text: `${describeOperation(operation)}${meanwhile}` });
      open.add(lane);
    }
    if (result === undefined) continue;
    open.delete(lane);
    const line = lines.find((one) => one.lane === lane);
    if (line) line.text += `  = ${result}`;
  }
  return lines.map(({ text }) => text);
}
