/* Paths that cannot be followed, and what nobody may read. */

import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { busward } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'busward-paths-'));
const at = (name: string): string => join(folder, name);
const machine = 'packages/topology/listings/issue-eve-5670.txt';
symlinkSync('loop-b', at('loop-a'));
symlinkSync('loop-a', at('loop-b'));

const commands: readonly (readonly string[])[] = [
  ['inspect'],
  ['inspect', machine, '--against'],
  ['plan'],
  ['compare'],
  ['explain', 'EBUSY', '--machine'],
  ['predict'],
  ['audit'],
  ['check'],
  ['replay'],
  ['convert'],
  ['verify-certificate'],
  ['snapshot', '-o'],
];

it.each([
  ['links in a circle', at('loop-a'), 'links lead in a circle'],
  ['a name that is too long', at('a'.repeat(300)), 'the name is too long'],
  ['a file where a folder has to be', join(machine, 'x'), '(what is named as a folder|5670.txt) is a file'],
])('%s: every command says so, and what to do', async (_, path, why) => {
  const all = await Promise.all(commands.map((command) => busward(...command, path)));
  for (const [n, { code, out, err }] of all.entries())
    expect([commands[n], code, out, err]).toEqual([
      commands[n],
      2,
      '',
      expect.stringMatching(`^busward: (--output )?${path}: cannot be (read|written): ${why}; \\w.*\\n$`),
    ]);
});

const unlessRoot = process.getuid?.() === 0 ? describe.skip : describe;

unlessRoot('for whom not everything may be read', () => {
  it('folders and files that may not be read are told, and among many each in its row', async () => {
    mkdirSync(at('many/closed'), { recursive: true });
    writeFileSync(at('many/machine.txt'), '1 0000:01:00.0 vfio-pci\n');
    writeFileSync(at('many/closed.txt'), '');
    for (const one of ['many/closed', 'many/closed.txt']) chmodSync(at(one), 0);
    for (const command of ['inspect', 'check', 'replay']) {
      const { code, err } = await busward(command, at('many/closed'));
      expect([code, err]).toEqual([2, expect.stringContaining('closed: cannot be read: no permission; ')]);
    }
    const { code, out } = await busward('audit', at('many'));
    expect([code, out.match(/cannot be read: no permission/g)!.length, out.includes('"ready":1')]).toEqual([
      0,
      2,
      true,
    ]);
  });
  it('so is a folder within a tree, and what it would have told is unknown', async () => {
    const groups = at('tree/sys/kernel/iommu_groups');
    for (const name of ['0000:01:00.0', '0000:02:00.0'])
      mkdirSync(join(at('tree/sys/bus/pci/devices'), name), { recursive: true });
    mkdirSync(join(groups, '1/devices/0000:01:00.0'), { recursive: true });
    mkdirSync(join(groups, '2/devices/0000:02:00.0'), { recursive: true });
    chmodSync(join(groups, '2/devices'), 0);
    const { out } = await busward('inspect', at('tree'), '--unread');
    chmodSync(join(groups, '2/devices'), 0o700);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      '(sys/kernel/iommu_groups/2/devices): a folder that cannot be read: no permission',
    );
  });
});
