import { count, InputError, type Bus } from '@busward/core';
import { collect } from './collect.ts';
import { firmwareInSysfs, readFirmware, tellFirmware, type Firmware } from './firmware/read-firmware.ts';
import { withFirmware } from './firmware/with-firmware.ts';
import type { FoundMachine, Source } from './found.ts';
import type { Tell } from './statement.ts';
import { readSysfs } from './sysfs/read-sysfs.ts';
import type { Tree } from './sysfs/tree.ts';
import { expected, textReader, type TextReader } from './text/read-text.ts';

/** Something about a machine: a text or firmware and what it is called, or a sysfs tree. */
export type Given =
  | { readonly file: string; readonly text: string }
  | { readonly file: string; readonly firmware: Uint8Array }
  | { readonly tree: Tree };

/** Sources about one machine, one after another. */
export interface Reading {
  readonly tell: Tell;
  /** Takes the text piece by piece; its `end` says what it was. */
  text(file: string): TextReader;
  firmware(file: string, bytes: Uint8Array): Source;
  tree(tree: Tree): Source;
  /** Throws an InputError if none of the sources tells of a device. */
  end(sources: readonly Source[]): FoundMachine;
}

/**
 * Begins to read about one machine.
 * @param buses their names are no drivers' in a log, and their grouping rules predict groups from firmware
 */
export function reading(buses: readonly Bus[]): Reading {
  const names = buses.map(({ name }) => name);
  const { tell, found } = collect();
  const firmware: Firmware[] = [];
  return {
    tell,
    text: (file) => textReader(file, names, tell),
    firmware: readBytes,
    tree: (tree) => {
      const source = readSysfs(tree, names, tell);
      return { ...source, as: [...source.as, ...firmwareInSysfs.flatMap((path) => firmwareOf(tree, path))] };
    },
    end: (sources) => {
      const machine = withFirmware(found(sources), firmware, buses);
      if (machine.devices.length === 0) throw new InputError(nothingIn(machine));
      return machine;
    },
  };

  function readBytes(file: string, bytes: Uint8Array): Source {
    const read = readFirmware(file, bytes);
    firmware.push(read);
    return tellFirmware(read, tell);
  }

  /** What a file of the tree was; one that is broken says so, and takes nothing away from the tree. */
  function firmwareOf(tree: Tree, path: string): readonly string[] {
    const bytes = tree.bytes(path);
    if (!bytes || bytes.length === 0) return [];
    try {
      return readBytes(`${tree.file}, ${path}`, bytes).as;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      tell({ kind: 'says', text: error.message });
      return [];
    }
  }
}

/**
 * Reads what several sources say of one machine, and puts it together.
 * @param buses their names are no drivers' in a log, and their grouping rules predict groups from firmware
 * Throws an InputError if none of them tells of a device.
 */
export function readSources(given: readonly Given[], buses: readonly Bus[] = []): FoundMachine {
  const read = reading(buses);
  const sources = given.map((one) => {
    if ('tree' in one) return read.tree(one.tree);
    if ('firmware' in one) return read.firmware(one.file, one.firmware);
    const text = read.text(one.file);
    text.push(one.text);
    return text.end();
  });
  return read.end(sources);
}

function nothingIn({ sources, unread, says }: FoundMachine): string {
  const files = sources
    .map(({ file, lines }) => (lines === undefined ? file : `${file} (${count(lines, 'line')})`))
    .join(', ');
  const removed = says.some((one) => one.startsWith('removed again'));
  if (removed) return `${files}: every device that joined an IOMMU group was removed again; give the log of one boot`;
  if (sources.some(({ as }) => as.includes('boot log')))
    return (
      `${files}: a kernel log without a device, and none joins an IOMMU group in it; was its beginning lost ` +
      "('journalctl -k -b' keeps it), or is the IOMMU switched off?"
    );
  const but =
    unread.length > 0
      ? `, and ${count(unread.length, 'line')} that ${unread.length === 1 ? 'speaks' : 'speak'} of some could not be read`
      : '';
  return [`${files}: nothing tells of a device${but}; ${expected}`, ...says].join('; ');
}
