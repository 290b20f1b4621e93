import { readMachine, writeSnapshot } from '@busward/topology';
import { buildCommand } from '@stricli/core';
import { fileFlag, keepApart } from '../flags/paths.ts';
import { writeOut } from '../files/write-out.ts';

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
      output: fileFlag('where to write; without it, to standard output'),
    },
    aliases: { o: 'output' },
  },
  async func({ sys, output }) {
    keepApart({ '--output': output }, [sys]);
    writeOut(writeSnapshot(await readMachine([sys])), output);
  },
});
