import { blamed, type Bus, InputError, PluginError, type Recognition } from '@busward/core';

/** A device as a boot log tells of it. */
export interface LoggedDevice {
  readonly name: string;
  readonly group: string;
  /** Line in the file, from 1. */
  readonly line: number;
  /** The bus whose plugin recognises it; absent: nobody does. */
  readonly bus?: string;
  /** What Linux calls its bus, where that is said. */
  readonly busInLog?: string;
  readonly recognition?: Recognition<never>;
  /** The driver that was being bound when it joined; absent: it joined before any, or the log does not say. */
  readonly driver?: string;
}

/** What a boot log says of the machine's IOMMU groups. */
export interface BootLog {
  readonly file: string;
  /** "Machine model:" or "DMI:", as far as it is told. */
  readonly model?: string;
  readonly kernel?: string;
  readonly devices: readonly LoggedDevice[];
  /** Lines that speak of joining a group and could not be read (cut or mixed up), from 1. */
  readonly unread: readonly number[];
  readonly lines: number;
}

/** `X Y: Adding to iommu group N`: X is the driver if one was being bound, else the bus (dev_driver_string()). */
const adding = /(?:^|\s)(\S+) (\S+): Adding to iommu group (\d+)\s*$/;
/** Until 5.3: no prefix. */
const addingOld = /iommu: Adding device (\S+) to group (\d+)\s*$/;
/** A device joins, however much of the line is left. */
const join = /Adding (?:device .*)?to (?:iom|group)/g;
// eslint-disable-next-line no-control-regex
const colours = /\x1b\[[0-9;]*m/g;
const removing = /(?:^|\s)(\S+) (\S+): Removing from iommu group \d+\s*$/;

/** Buses that Linux puts behind IOMMUs (iommu_buses, 7.3): a prefix with such a name is no driver. */
const busesOfLinux = ['platform', 'pci', 'amba', 'fsl-mc', 'host1x', 'host1x-context', 'cdx'];

/**
 * Reads a kernel boot log. A device that is added again (a second boot in one file) counts once, the last time; one that
 * was removed does not count.
 * Throws an InputError for an empty file and for one without a line about IOMMU groups.
 */
export function readBootLog(file: string, text: string, buses: readonly Bus[]): BootLog {
  if (text.trim() === '')
    throw new InputError(`${file}: the file is empty; expected a kernel boot log, for example the output of 'dmesg'`);
  const lines = text.replaceAll(colours, '').trimEnd().split(/\r?\n/);
  const devices = new Map<string, LoggedDevice>();
  const unread: number[] = [];
  let model: string | undefined;
  let kernel: string | undefined;
  let joins = 0;
  lines.forEach((line, at) => {
    model ??= /(?:Machine model|DMI|Hardware name): (.+?)\s*$/.exec(line)?.[1];
    kernel ??= /Linux version (\S+)/.exec(line)?.[1];
    const gone = removing.exec(line);
    if (gone) devices.delete(gone[2]!);
    joins += line.match(join)?.length ?? 0;
    const [, prefix, name, group] = adding.exec(line) ?? [];
    const [, oldName, oldGroup] = addingOld.exec(line) ?? [];
    if (name !== undefined) devices.set(name, logged(name, prefix!, group!, at + 1, buses));
    else if (oldName !== undefined) devices.set(oldName, logged(oldName, '', oldGroup!, at + 1, buses));
    const read = name === undefined && oldName === undefined ? 0 : 1;
    if ((line.match(join)?.length ?? 0) > read) unread.push(at + 1);
  });
  if (devices.size === 0 && joins > unread.length)
    throw new InputError(
      `${file}: every device that joined an IOMMU group was removed again; give the log of one boot`,
    );
  if (devices.size === 0)
    throw new InputError(
      `${file}: no device joins an IOMMU group in its ${lines.length} lines; expected a kernel boot log with lines like ` +
        `'pci 0000:00:02.0: Adding to iommu group 1', for example the output of 'dmesg'`,
    );
  return {
    file,
    ...(model !== undefined && { model }),
    ...(kernel !== undefined && { kernel }),
    devices: [...devices.values()],
    unread,
    lines: lines.length,
  };
}

function logged(name: string, prefix: string, group: string, line: number, buses: readonly Bus[]): LoggedDevice {
  const isBus = prefix === '' || busesOfLinux.includes(prefix) || buses.some((bus) => bus.name === prefix);
  const asked = isBus && prefix !== '' ? buses.filter((bus) => bus.name === prefix) : buses;
  const answers = asked.flatMap((bus) => {
    const recognition = blamed(`bus '${bus.name}', recognise`, () => bus.recognise(name, prefix));
    if (recognition && typeof recognition.facts !== 'object')
      throw new PluginError(
        `bus '${bus.name}', recognise: returned no facts for ${name}; return { facts, sure }, or undefined`,
      );
    return recognition ? [{ bus: bus.name, recognition: recognition as Recognition<never> }] : [];
  });
  const answer = answers.find(({ recognition }) => recognition.sure) ?? answers[0];
  return {
    name,
    group: `group ${group}`,
    line,
    ...answer,
    ...(isBus ? prefix !== '' && { busInLog: prefix } : { driver: prefix }),
  };
}
