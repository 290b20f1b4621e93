import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { busward, file, piped } from './command-line.ts';

const log = 'examples/machines/tegra-tegra186-p2771-c.txt';

describe('machines, of whatever there is', () => {
  it('are put together of several files: the driver of now, not the one of the boot', async () => {
    const now = file('driverctl.txt', '0000:01:00.0 vfio-pci [*]\n');
    const { code, out, err } = await busward('compare', log, now, '--strategy', '6.1', '--bus', 'pci', '--as', 'json');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('13 of 13 devices have one named in what was read');
  });

  it('that no IOMMU keeps apart are one clear message', async () => {
    const snapshot = file('no-groups.txt', '{"device":"0000:00:01.0","bus":"pci","group":null}\n');
    const { code, err } = await busward('compare', snapshot);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(
        /^busward: .*no-groups\.txt: of 1 device none is in an IOMMU group; is the IOMMU switched on/,
      ),
    ]);
  });
});

describe('lspci -nnk alone', () => {
  const lspci = file('lspci-nnk.txt', '01:00.0 SATA controller [0106]: X [8086:a352]\n\tKernel driver in use: ahci\n');
  it('tells of no groups, and not that there are none', async () => {
    const [inspected, compared, planned] = await Promise.all([
      busward('inspect', lspci),
      busward('compare', lspci),
      busward('plan', lspci, '01:00.0'),
    ]);
    expect(planned.out).toContain('whether 0000:01:00.0 can be handed to a user under Linux 7.3 is unknown');
    expect(planned.code).toBe(1);
    expect(inspected.out).toContain('1 device; nothing tells their groups\n\nOf unknown group\n  - 0000:01:00.0');
    expect([compared.code, compared.err]).toEqual([
      2,
      expect.stringMatching(/nothing tells the IOMMU group of any of its devices \(1\); 'find \/sys\/kernel/),
    ]);
  });
  it('is a machine with what find prints', async () => {
    const groups = file('groups.txt', '/sys/kernel/iommu_groups/7/devices/0000:01:00.0\n');
    expect((await busward('inspect', lspci, groups)).out).toMatch(/^7 +0000:01:00\.0 +pci +ahci +is blocked/m);
  });
});

describe('standard input', () => {
  it('is a machine, where - stands for it, and is not read in silence where nothing does', async () => {
    const { out } = await piped(log, 'inspect', '-');
    expect(out).toMatch(/^NVIDIA Tegra186|^standard input/);
    const { err } = await piped(log, 'compare', '--strategy', '6.1');
    expect(err).toBe('busward: standard input is not read; give - to read a machine from it\n');
  });
  it('is a scenario, where - stands for it', async () => {
    const { code, out } = await piped('packages/scenario/scenarios/litmus/L02.yaml', 'check', '-');
    expect([code, out]).toEqual([0, expect.stringMatching(/^standard input: Does a kernel driver get in/)]);
  });
  it('is firmware, a recording or a certificate', async () => {
    const blob = 'packages/topology/test/firmware/blobs/r8a774e1-hihope-rzg2h-ex.dtb.gz';
    expect((await piped(blob, 'predict', '-')).out).toMatch(/as predicted from standard input$/m);
    const recording = 'packages/traces/recordings/arm-smmuv3-bridge/late-join-5.10.jsonl.gz';
    expect((await piped(recording, 'replay', '-')).out).toContain('standard input');
    const { code, err } = await piped(file('none.json', '{}'), 'verify-certificate', '-');
    expect([code, err]).toEqual([2, expect.stringMatching(/^busward: standard input: is no certificate/)]);
  });
  it('is no folder for an audit', async () => {
    const { code, err } = await busward('audit', '-');
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^busward: -: an audit reads files and folders; .*inspect -/),
    ]);
  });
});

describe('busward snapshot', () => {
  it('writes what is read back as the same machine', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'busward-snapshot-'));
    const path = join(folder, 'machine.txt');
    const { code, out, err } = await busward('snapshot', '--sys', log, '-o', path);
    expect([code, out, err]).toEqual([0, '', '']);
    expect(readFileSync(path, 'utf8').split('\n').length).toBe(1 + 13 + 1);
    const { out: compared } = await busward('compare', path, '--strategy', '6.1', '--bus', 'pci');
    expect(compared).toMatch(
      /^NVIDIA Tegra186 P2771-0000 Development Board\n13 devices in 9 groups; group 4 spans platform and pci/,
    );
  });

  it.each([
    [
      'a folder that is not there',
      ['-o', '/nonexistent/x'],
      /^busward: --output \/nonexistent\/x: cannot be written: there is no folder \/nonexistent;/,
    ],
    ['no sysfs', ['--sys', 'docs'], /^busward: docs: a folder without kernel\/iommu_groups or bus in it/],
  ])('into %s is one clear message', async (_, args, message) => {
    const { code, out, err } = await busward('snapshot', ...(args[0] === '-o' ? ['--sys', log] : []), ...args);
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(message)]);
  });
});
