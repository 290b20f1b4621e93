import { driverOf, isVfioDriver, type Machine, type Operation } from '@busward/core';
import type { At, Compiled } from './compile.ts';

/*
 * A transition of the model, whatever machine it is taken on: which operation, at which step, with which outcome. So what
 * recordings and scenarios take can be held against what there is.
 */

/** `bind: iommu_device_use_default_domain = EBUSY`. Devices and drivers go by what they are. */
export function transitionName(machine: Machine, operation: Operation, step: string, outcome: unknown): string {
  const told = typeof outcome === 'string' || typeof outcome === 'boolean' ? ` = ${outcome}` : readOf(outcome, step);
  return `${operation.do}: ${impersonal(machine, operation, step)}${told}`;
}

/** Every transition that the programs of the system have, whether or not a state allows it. */
export const transitionsOf = (compiled: Compiled): ReadonlySet<string> =>
  new Set(named(compiled, ({ next }) => next.keys()));

/** Those that searches of these tables have come by until now. */
export const transitionsTaken = (compiled: Compiled): ReadonlySet<string> =>
  new Set(named(compiled, ({ table }) => table.learned().map(({ entry }) => entry.result)));

function* named(compiled: Compiled, outcomesOf: (at: At) => Iterable<number>): Generator<string> {
  const { machine } = compiled.system.kernel;
  for (const node of compiled.nodes)
    if (node.kind === 'at')
      for (const outcome of outcomesOf(node))
        if (outcome >= 0 && node.next[outcome])
          yield transitionName(machine, node.operation, node.name, node.next[outcome].outcome);
}

function readOf(outcome: unknown, step: string): string {
  if (!step.startsWith('READ_ONCE')) return '';
  return outcome === undefined ? ' = none' : ' = a driver';
}

function impersonal(machine: Machine, operation: Operation, step: string): string {
  const [, driver, call] = /^(.+)\.(probe|probe returns|remove)$/.exec(step) ?? [];
  if (driver === undefined) return machine.devices.reduce((text, { name }) => text.replace(`(${name})`, ''), step);
  const device =
    'device' in operation
      ? operation.device
      : machine.devices.find((one) => one.drivers.some(({ name }) => name === driver))!.name;
  const about = driverOf(machine, device, driver);
  const kind = isVfioDriver(about) ? 'VFIO driver' : about.managesDma ? 'stub' : 'kernel driver';
  return `${call} of a ${kind}`;
}
