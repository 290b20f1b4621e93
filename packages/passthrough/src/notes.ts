import type { FoundMachine } from '@busward/topology';
import { versionOf, type JudgedBy } from './judged-by.ts';

/** Where the kernel comes from, how near the model comes to it, and what has to be known of how the machine was read, in sentences. */
export function notesOn(machine: FoundMachine, judged: JudgedBy): readonly string[] {
  const said = versionOf(machine);
  return [...(said.version === judged.version ? [said.says] : []), ...judged.says, ...machine.says];
}

/** Those of them that bear on some of its devices: they name one of these, or none. */
export function notesAbout(machine: FoundMachine, judged: JudgedBy, names: readonly string[]): readonly string[] {
  const all = new Set(machine.devices.map(({ name }) => name));
  return notesOn(machine, judged).filter((note) => {
    const named = note.split(/[\s,;]+/).filter((word) => all.has(word));
    return named.length === 0 || named.some((name) => names.includes(name));
  });
}
