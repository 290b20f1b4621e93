import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { InputError } from '@busward/core';
import { readMachine, writeSnapshot } from '@busward/topology';
import { buildCommand } from '@stricli/core';

interface Flags {
  readonly sys: string;
  readonly output?: string;
}

export const snapshotCommand = buildCommand<Flags>({
  docs: {
    brief: 'this machine as one small file, without anything that identifies it',
    fullDescription:
      'Writes what the other commands need of a machine: groups, devices, drivers, what the running system uses. ' +
      'Serial numbers, MAC addresses, host names, UUIDs and the like are left out, so that it can go with a bug report. ' +
      'It reads /sys and /proc, and changes nothing; no rights are needed.',
  },
  parameters: {
    flags: {
      sys: {
        kind: 'parsed',
        parse: String,
        default: '/sys',
        brief: 'a sysfs tree: a folder, or a tar of one',
        placeholder: 'folder',
      },
      output: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: 'where to write; without it, to standard output',
        placeholder: 'file',
      },
    },
    aliases: { o: 'output' },
  },
  async func({ sys, output }) {
    const text = writeSnapshot(await readMachine([sys]));
    if (output === undefined) process.stdout.write(text);
    else write(output, text);
  },
});

/** Whole or not at all. */
function write(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new InputError(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code}); give another -o`);
  }
}
