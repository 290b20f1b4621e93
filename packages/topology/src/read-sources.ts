import { InputError } from '@busward/core';
import { collect } from './collect.ts';
import type { FoundMachine } from './found.ts';
import { readSysfs } from './sysfs/read-sysfs.ts';
import type { Tree } from './sysfs/tree.ts';
import { expected, readText } from './text/read-text.ts';

/** Something about a machine: a text and what it is called, or a sysfs tree; and what had to be said of getting it. */
export type Given = ({ readonly file: string; readonly text: string } | { readonly tree: Tree }) & {
  readonly says?: readonly string[];
};

/**
 * Reads what several sources say of one machine, and puts it together.
 * @param buses buses whose names are no drivers' in a log, beyond Linux's own
 * Throws an InputError if none of them tells of a device.
 */
export function readSources(given: readonly Given[], buses: readonly { readonly name: string }[] = []): FoundMachine {
  const names = buses.map(({ name }) => name);
  const { tell, found } = collect();
  const sources = given.map((one) => {
    for (const text of one.says ?? []) tell({ kind: 'says', text });
    return 'tree' in one ? readSysfs(one.tree, names, tell) : readText(one.file, one.text, names, tell);
  });
  const machine = found(sources);
  if (machine.devices.length === 0) throw new InputError(nothingIn(machine));
  return machine;
}

function nothingIn({ sources, unread, says }: FoundMachine): string {
  const files = sources.map(({ file, lines }) => (lines === undefined ? file : `${file} (${lines} lines)`)).join(', ');
  const removed = says.some((one) => one.startsWith('removed again'));
  if (removed) return `${files}: every device that joined an IOMMU group was removed again; give the log of one boot`;
  const but = unread.length > 0 ? `, and ${unread.length} lines that speak of some could not be read` : '';
  return [`${files}: nothing tells of a device${but}; ${expected}`, ...says].join('; ');
}
