import { InputError, isVfioDriver } from '@busward/core';
import { recognise, type Evidence, type FoundDevice, type FoundMachine } from '@busward/topology';
import { inspect, verdictText, type Inspection } from './inspect.ts';
import type { JudgedBy } from './judged-by.ts';
import { driverNamed, memberOf } from './member.ts';
import { placeText } from './place-text.ts';
import { resultIn } from './result-in.ts';
import { situations } from './situations.ts';
import { virtualFunctions } from './virtual-functions.ts';

/** One thing that is otherwise: another kernel (or a part of it), a driver that comes to a device, a device that appears. */
export type Change =
  | { readonly kind: 'kernel'; readonly says: string; readonly judged: JudgedBy }
  | { readonly kind: 'driver'; readonly device: string; readonly driver: string | null }
  | { readonly kind: 'device'; readonly device: string; readonly group: string; readonly driver?: string };

export interface WhatIf {
  readonly machine: string;
  readonly kernel: string;
  /** As it was found. */
  readonly before: Inspection;
  /** Each change alone, and then all of them. */
  readonly stages: readonly Stage[];
  readonly says: readonly string[];
}

export interface Stage {
  readonly says: string;
  readonly inspection: Inspection;
  /** Groups that a user can own before and not after, or the other way round, or for another reason. */
  readonly changed: readonly { readonly group: string; readonly before: string; readonly after: string }[];
  /** Groups that the changes can touch and of which the evidence does not tell whether anything changes, and why. */
  readonly untold: readonly { readonly group: string; readonly why: string }[];
}

/**
 * Tells what changes, change by change, so that one can see which of them it is. Throws an InputError for what no kernel
 * lets happen.
 */
export function whatIf(machine: FoundMachine, judged: JudgedBy, changes: readonly Change[]): WhatIf {
  for (const change of changes) keepFromBridges(change, machine, judged);
  const before = inspect(machine, judged);
  const stage = (says: string, some: readonly Change[]): Stage => {
    const by = some.reduce((now, change) => (change.kind === 'kernel' ? change.judged : now), judged);
    const inspection = inspect(some.reduce(changed, machine), by);
    const differs = differing(before, inspection);
    return { says, inspection, changed: differs, untold: untoldIn(inspection, differs, canTouch(some, machine)) };
  };
  const each = changes.map((change) => stage(changeText(change), [change]));
  return {
    machine: machine.name,
    kernel: judged.version,
    before,
    stages: changes.length > 1 ? [...each, stage('all of it', changes)] : each,
    says: [
      ...before.says.slice(0, 1),
      ...new Set(changes.flatMap((change) => remarks(change, machine, before, judged))),
    ],
  };
}

const changeText = (change: Change): string => {
  switch (change.kind) {
    case 'kernel':
      return change.says;
    case 'driver':
      return change.driver === null ? `${change.device} without a driver` : `${change.driver} on ${change.device}`;
    case 'device':
      return `${change.device} in group ${change.group}${change.driver === undefined ? '' : `, on ${change.driver}`}`;
  }
};

/** vfio_pci_core_register_device(), drivers/vfio/pci/vfio_pci_core.c: -EINVAL, unless the header is the normal one. */
function keepFromBridges(change: Change, machine: FoundMachine, judged: JudgedBy): void {
  if (change.kind !== 'driver' || change.driver === null) return;
  const { bridge, bus, name } = memberOf(
    machine.devices.find((one) => one.name === change.device)!,
    judged.buses,
  );
  if (bridge && isVfioDriver(driverNamed(change.driver, bus, judged)))
    throw new InputError(
      `${name} is a bridge, and ${change.driver} takes none (EINVAL); suppose that it has no driver (none=${name})`,
    );
}

const supposed: Evidence = { file: 'supposed' };

function changed(machine: FoundMachine, change: Change): FoundMachine {
  if (change.kind === 'kernel') return machine;
  if (change.kind === 'driver') {
    const devices = machine.devices.map((device): FoundDevice =>
      device.name === change.device ? { ...device, driver: { is: change.driver, from: supposed } } : device,
    );
    return { ...machine, devices };
  }
  const device: FoundDevice = {
    name: change.device,
    group: { is: change.group, from: supposed },
    driver: { is: change.driver ?? null, from: supposed },
  };
  return { ...machine, devices: [...machine.devices, device] };
}

function differing(before: Inspection, after: Inspection): Stage['changed'] {
  return after.groups.flatMap(({ group, verdict }) => {
    const old = before.groups.find((one) => one.group === group);
    const [told, now] = [old ? verdictText(old.verdict) : 'no such group', verdictText(verdict)];
    return told === now ? [] : [{ group, before: told, after: now }];
  });
}

/** A change of the kernel has to do with every group, one of a device with its own; with any, where that is not told. */
const canTouch =
  (changes: readonly Change[], { devices, contradictions }: FoundMachine) =>
  (group: string): boolean =>
    changes.some((change) => {
      if (change.kind === 'kernel') return true;
      if (change.kind === 'device') return change.group === group;
      const home = devices.find(({ name }) => name === change.device)!.group;
      const others = contradictions.filter(({ fact, device }) => fact === 'group' && device === change.device);
      return !home || home.is === group || others.some(({ first, second }) => [first.is, second.is].includes(group));
    });

/** Unknown before and after alike: that it is the same is not told, either. */
const untoldIn = (
  { groups }: Inspection,
  differs: Stage['changed'],
  touches: (group: string) => boolean,
): Stage['untold'] =>
  groups.flatMap(({ group, verdict }) =>
    verdict.kind === 'unknown' && touches(group) && !differs.some((one) => one.group === group)
      ? [{ group, why: [...new Set(verdict.unknown.map(({ why }) => why))].join('; ') }]
      : [],
  );

function remarks(change: Change, machine: FoundMachine, before: Inspection, judged: JudgedBy): readonly string[] {
  if (change.kind === 'device') {
    const bus = recognise({ name: change.device }, judged.buses)?.bus.name;
    return [`${change.device} is taken to be on ${bus ?? 'a bus that nothing is known of'}, by its name`];
  }
  if (change.kind === 'kernel') return change.judged.says.filter((one) => !judged.says.includes(one));
  const device = machine.devices.find(({ name }) => name === change.device)!;
  const had = device.driver?.is;
  const lost =
    typeof had === 'string' && had !== change.driver ? virtualFunctions(device.name, had, machine) : undefined;
  const gone = lost ? [`${device.name}: ${lost.why} (${placeText(lost.from)}), and here they are left in`] : [];
  if (change.driver === null) return gone;
  const group = before.groups.find((one) => one.group === device.group?.is);
  const owned = resultIn(situations.ownedBind, judged);
  return [
    ...(typeof had === 'string' && had !== change.driver
      ? [
          `${device.name} is on ${had}, and a module that loads leaves it there: this is what would be if ${change.driver} had come first`,
        ]
      : []),
    ...gone,
    ...(group?.verdict.kind === 'ready'
      ? [
          `if a user owns group ${group.group} by the time that ${change.driver} comes, ${owned === 'crash' ? 'the machine stops (M01)' : `its bind is refused (${owned})`}; the other way round the user is`,
        ]
      : []),
  ];
}
