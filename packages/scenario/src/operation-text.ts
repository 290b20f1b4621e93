import { deviceOf, type Machine, type Operation } from '@busward/core';
import { misfitOf } from './misfit.ts';
import { noSuch } from './nearest.ts';

/**
 * Reads an operation as `describeOperation` writes it: `bind B to nvme`, `u0: claim g`. In an actor that bears a user's
 * name, the user goes without saying. Throws an Error that says what was expected, or what the machine lacks.
 */
export function parseOperation(text: string, machine: Machine, actor?: string): Operation {
  const users = machine.users.map(({ name }) => name);
  const [, named, said = text] = /^([^\s:]+): +(.*)$/.exec(text) ?? [];
  if (named !== undefined && !users.includes(named)) throw new Error(noSuch('user', named, users));
  for (const [verb, form] of [...forms, ...userForms]) {
    const words = new RegExp(`^${pattern(form === '' ? verb : `${verb} ${form}`)}$`).exec(said.trim());
    if (!words) continue;
    const user = named ?? users.find((one) => one === actor);
    const byUser = userForms.some(([one]) => one === verb);
    if (byUser && user === undefined)
      throw new Error(
        actor === undefined
          ? `'${text}' says not which user does it; write '${users[0] ?? 'u0'}: ${text}'`
          : `'${text}' says not which user does it, and '${actor}' is no user of the machine; ` +
              `write '${users[0] ?? 'u0'}: ${text}', or give the machine users: { ${actor}: container }`,
      );
    // The forms are those of Operation: a verb, and fields named as theirs.
    const read = { do: verb, ...(byUser && { user }), ...fieldsOf(words.groups ?? {}, machine) } as Operation;
    const misfit = misfitOf(read, machine);
    if (misfit !== undefined) throw new Error(`'${text}': ${misfit}`);
    return read;
  }
  throw new Error(
    `'${text}' is no operation; there are ${[...forms.map(written), ...userForms.map((form) => `USER: ${written(form)}`)].join('; ')}`,
  );
}

/** `bind DEVICE to DRIVER`: every form that is read. */
export const operationForms = (): readonly string[] => [...forms, ...userForms].map(written);

/** Verbs, the longest of those that begin alike first, and what comes after them. */
const forms: readonly (readonly [Operation['do'], string])[] = [
  ['override and bind', 'DEVICE to DRIVER'],
  ['set override', 'of DEVICE to DRIVER'],
  ['clear override', 'of DEVICE'],
  ['find driver', 'DRIVER for DEVICE'],
  ['load', 'DRIVER for DEVICE'],
  ['take over', 'DEVICE for DRIVER'],
  ['bind', 'DEVICE to DRIVER'],
  ['unbind', 'DEVICE'],
  ['remove', 'DEVICE'],
  ['add', 'DEVICE'],
  ['reset', 'DEVICE'],
  ['rescan', ''],
  ['register', 'the IOMMU of GROUP'],
  ['set type', 'of GROUP to TYPE'],
];
const userForms: typeof forms = [
  ['open group', 'GROUP'],
  ['close group', 'GROUP'],
  ['set container', 'GROUP'],
  ['claim directly', 'DEVICE'],
  ['release directly', 'DEVICE'],
  ['open', 'DEVICE'],
  ['close', 'DEVICE'],
  ['claim', 'WHAT'],
  ['attach', 'WHAT'],
  ['detach', 'WHAT'],
  ['release', 'WHAT'],
  ['die', ''],
];
const types = ['DMA', 'DMA-FQ', 'identity', 'auto'];

const pattern = (form: string): string => form.replace(/[A-Z]{4,}/g, (what) => `(?<${what.toLowerCase()}>.+)`);

const written = ([verb, form]: (typeof forms)[number]): string =>
  `${verb} ${form.replace('WHAT', 'GROUP or DEVICE')}`.trim();

function fieldsOf(words: Readonly<Record<string, string>>, machine: Machine): Readonly<Record<string, string>> {
  const devices = machine.devices.map(({ name }) => name);
  const { device, driver, group, type, what } = words;
  const known = (kind: string, name: string, all: readonly string[]): string => {
    if (all.includes(name)) return name;
    throw new Error(noSuch(kind, name, all));
  };
  if (what !== undefined) {
    const isGroup = machine.groups.includes(what);
    return isGroup ? { group: what } : { device: known('group or device', what, [...machine.groups, ...devices]) };
  }
  return {
    ...(device !== undefined && { device: known('device', device, devices) }),
    ...(driver !== undefined && { driver: known('driver', driver, driversOf(machine, device!)) }),
    ...(group !== undefined && { group: known('group', group, machine.groups) }),
    ...(type !== undefined && { type: known('type', type, types) }),
  };
}

const driversOf = (machine: Machine, device: string): readonly string[] =>
  deviceOf(machine, device).drivers.map(({ name }) => name);
