import { readFileSync } from 'node:fs';
import { amba } from '@busward/amba';
import { InputError, type Bus } from '@busward/core';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { machineOfLog, readBootLog } from '@busward/topology';
import { describe, expect, it } from '@jest/globals';

const buses: readonly Bus[] = [amba, platform, fslMc, pci, host1x];
const folder = new URL('../../../examples/machines/', import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const log = (text: string) => readBootLog('log', text, buses);

describe('a boot log', () => {
  it.each([
    ['tegra-tegra186-p2771-c.txt', 13],
    ['iommu-arm64-lx2160a-clearfog-fsl-mc.txt', 163],
  ])('%s: as many devices as a plain count of its lines (%i)', (name, devices) => {
    const text = textOf(name);
    const counted = new Set(
      text.split('\n').flatMap((line) => / (\S+): Adding to iommu group \d+$/.exec(line)?.[1] ?? []),
    ).size;
    expect(counted).toBe(devices);
    expect(readBootLog(name, text, buses).devices.length).toBe(devices);
  });

  it('of the P2771: group 4 spans platform and pci, each member told with its driver and line', () => {
    const { devices, model, kernel } = readBootLog('p2771', textOf('tegra-tegra186-p2771-c.txt'), buses);
    expect([model, kernel]).toEqual(['NVIDIA Tegra186 P2771-0000 Development Board', '5.2.14-1-ARCH']);
    expect(
      devices
        .filter(({ group }) => group === 'group 4')
        .map(({ name, bus, driver, line }) => [name, bus, driver, line]),
    ).toEqual([
      ['10003000.pcie', 'platform', 'tegra-pcie', 17],
      ['0000:00:01.0', 'pci', 'pcieport', 25],
      ['0000:01:00.0', 'pci', 'nvme', 26],
    ]);
  });

  it('tells a bus from a driver by the prefix: one that is added is not yet bound', () => {
    const { devices } = log(
      'platform 50000000.host1x: Adding to iommu group 0\ntegra-host1x 13e00000.host1x: Adding to iommu group 1\n',
    );
    expect(devices.map(({ driver, busInLog }) => [driver, busInLog])).toEqual([
      [undefined, 'platform'],
      ['tegra-host1x', undefined],
    ]);
  });

  it('reads the older form, which has no prefix', () => {
    const [device] = log('[    1.0] iommu: Adding device 0000:00:02.0 to group 1').devices;
    expect(device).toMatchObject({ name: '0000:00:02.0', bus: 'pci', group: 'group 1' });
    expect(device).not.toHaveProperty('driver');
  });

  it('counts a device once, and not at all when it was removed', () => {
    const { devices } = log(
      [
        'pci 0000:00:01.0: Adding to iommu group 0',
        'pci 0000:00:02.0: Adding to iommu group 1',
        'pci 0000:00:02.0: Removing from iommu group 1',
        'pci 0000:00:01.0: Adding to iommu group 2',
      ].join('\n'),
    );
    expect(devices.map(({ name, group }) => [name, group])).toEqual([['0000:00:01.0', 'group 2']]);
  });

  it('says which lines it could not read: cut and mixed up ones, as mail makes them', () => {
    const whole = log('pci 0000:00:01.0: Adding to iommu group 0\n[   20000:20:00.0: Adding to iommu group 26\n');
    expect(whole.unread).toEqual([2]);
    expect(machineOfLog(whole, buses).says.at(-1)).toBe('not read, since they are cut or mixed up: lines 2 of log');
  });

  it('leaves a device on a bus without a plugin out, and says so', () => {
    const { machine, says } = machineOfLog(
      log('host1x-context host1x-ctx.0: Adding to iommu group 9\npci 0000:00:01.0: Adding to iommu group 0\n'),
      buses,
    );
    expect(machine.devices.map(({ name }) => name)).toEqual(['0000:00:01.0']);
    expect(says.at(-1)).toBe('left out, for want of a plugin for host1x-context: host1x-ctx.0');
  });

  it.each([
    ['an empty file', '', /^log: the file is empty; expected a kernel boot log/],
    ['white space', ' \n\n', /^log: the file is empty/],
    ['something else', 'hello\nworld\n', /^log: no device joins an IOMMU group in its 2 lines; expected .* 'dmesg'$/],
    ['a binary', '\u0000\u0001\uFFFD'.repeat(50), /^log: no device joins an IOMMU group in its 1 lines/],
  ])('that is %s is one clear message', (_, text, message) => {
    expect(() => log(text)).toThrow(InputError);
    expect(() => log(text)).toThrow(message);
  });
});

describe('the machine of a log', () => {
  it('gives each device a kernel driver and one that manages DMA, and marks what joined inside a bind', () => {
    const { machine } = machineOfLog(
      log(
        [
          'nvme 0000:01:00.0: Adding to iommu group 0',
          'pcieport 0000:00:01.0: Adding to iommu group 0',
          'vfio-pci 0000:02:00.0: Adding to iommu group 1',
          'pci 0000:03:00.0: Adding to iommu group 2',
        ].join('\n'),
      ),
      buses,
    );
    expect(
      machine.devices.map(({ drivers, joins, bridge }) => [drivers.map(({ name }) => name), joins, bridge]),
    ).toEqual([
      [['nvme', 'vfio-pci'], 'at first bind', false],
      [['pcieport', 'kernel-driver'], 'at first bind', true],
      [['vfio-pci', 'kernel-driver'], 'at first bind', false],
      [['kernel-driver', 'vfio-pci'], 'when added', false],
    ]);
    for (const { drivers } of machine.devices)
      expect(drivers.map(({ managesDma }) => managesDma).toSorted()).toEqual([false, true]);
  });
});
