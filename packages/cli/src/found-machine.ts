import { existsSync } from 'node:fs';
import { InputError, type Bus } from '@busward/core';
import { judgedBy, versionOf, type JudgedBy } from '@busward/passthrough';
import { nearest } from '@busward/scenario/nearest';
import { readMachine, type FoundMachine } from '@busward/topology';

/** A machine as it was found, and the kernel that it is judged by. */
export interface FoundAndJudged {
  readonly machine: FoundMachine;
  readonly judged: JudgedBy;
}

/** What a machine is read from. */
export const sourcesBrief =
  'what tells of one machine: boot logs, lspci -nnk, listings of groups, /sys or a tar of it, dpdk-devbind, driverctl, device trees, ACPI tables, snapshots';

export async function foundMachine(
  paths: readonly string[],
  buses: readonly Bus[],
  kernel: string | undefined,
): Promise<FoundAndJudged> {
  if (paths.length === 0) throw new InputError(`no machine: give ${sourcesBrief}`);
  const machine = await readMachine(paths, buses);
  return { machine, judged: judgedBy(kernel ?? versionOf(machine).version, buses) };
}

/** Of arguments that name a machine's sources and devices of it, those that are files, and the others. */
export function sourcesAndDevices(args: readonly string[]): {
  readonly sources: readonly string[];
  readonly devices: readonly string[];
} {
  const [first, ...others] = args;
  const sources = first === undefined ? [] : [first, ...others.filter((one) => existsSync(one))];
  return { sources, devices: others.filter((one) => !existsSync(one)) };
}

/** The device that is meant, by its whole name or the end of it (`01:00.0`), in small letters or capitals. Throws an InputError that suggests the nearest. */
export function deviceNamed(name: string, { name: file, devices }: FoundMachine): string {
  const names = devices.map((device) => device.name);
  if (names.includes(name)) return name;
  const like = name.toLowerCase();
  const ending = names.filter((one) => `:${one.toLowerCase()}`.endsWith(`:${like}`));
  if (ending.length === 1) return ending[0]!;
  if (ending.length > 1) throw new InputError(`${file}: '${name}' can be ${ending.join(' or ')}; give the whole name`);
  const some = names.length <= 12 ? `it has ${names.join(', ')}` : `it has ${names.length}; busward inspect lists them`;
  throw new InputError(`${file}: no device '${name}'${nearest(name, names)} ${some}`);
}
