import { readFileSync } from 'node:fs';
import { amba } from '@busward/amba';
import { InputError, type Bus } from '@busward/core';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { machineOf, readSources } from '@busward/topology';
import { describe, expect, it } from '@jest/globals';

const buses: readonly Bus[] = [amba, platform, fslMc, pci, host1x];
const folder = new URL('../../../examples/machines/', import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const log = (text: string) => readSources([{ file: 'log', text }], buses);
const fileOf = (name: string) => readSources([{ file: name, text: textOf(name) }], buses);

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
    expect(fileOf(name).devices.length).toBe(devices);
  });

  it('of the P2771: group 4 spans platform and pci, each member told with its driver and line', () => {
    const { devices, model, kernel } = fileOf('tegra-tegra186-p2771-c.txt');
    expect([model?.is, kernel?.is]).toEqual(['NVIDIA Tegra186 P2771-0000 Development Board', '5.2.14-1-ARCH']);
    expect(
      devices.filter(({ group }) => group?.is === '4').map(({ name, driver }) => [name, driver?.is, driver?.from.line]),
    ).toEqual([
      ['10003000.pcie', 'tegra-pcie', 17],
      ['0000:00:01.0', 'pcieport', 25],
      ['0000:01:00.0', 'nvme', 26],
    ]);
  });

  it('tells a bus from a driver by the prefix: one that is added is not yet bound', () => {
    const { devices } = log(
      'platform 50000000.host1x: Adding to iommu group 0\ntegra-host1x 13e00000.host1x: Adding to iommu group 1\n',
    );
    expect(devices.map(({ driver, bus, joins }) => [driver?.is, bus?.is, joins?.is])).toEqual([
      [undefined, 'platform', 'when added'],
      ['tegra-host1x', undefined, 'at first bind'],
    ]);
  });

  it('reads the older form, which has no prefix', () => {
    const [device] = log('[    1.0] iommu: Adding device 0000:00:02.0 to group 1').devices;
    expect(device).toMatchObject({ name: '0000:00:02.0', group: { is: '1', from: { file: 'log', line: 1 } } });
    expect(device).not.toHaveProperty('driver');
    expect(device).not.toHaveProperty('joins');
  });

  it('counts a device once, and not at all when it was removed', () => {
    const { devices, says, contradictions } = log(
      [
        'pci 0000:00:01.0: Adding to iommu group 0',
        'pci 0000:00:02.0: Adding to iommu group 1',
        'pci 0000:00:02.0: Removing from iommu group 1',
        'pci 0000:00:01.0: Adding to iommu group 2',
        '',
      ].join('\n'),
    );
    expect(devices.map(({ name, group }) => [name, group?.is])).toEqual([['0000:00:01.0', '2']]);
    expect(says).toEqual(['removed again: 0000:00:02.0']);
    expect(contradictions).toMatchObject([{ device: '0000:00:01.0', first: { is: '0' }, second: { is: '2' } }]);
  });

  it('reads the last of two boots, and says so', () => {
    const { devices, says, contradictions } = log(
      [
        'Linux version 6.1.0',
        'pci 0000:00:01.0: Adding to iommu group 0',
        'pci 0000:00:02.0: Adding to iommu group 1',
        'Linux version 6.1.0',
        'pci 0000:00:01.0: Adding to iommu group 5',
        '',
      ].join('\n'),
    );
    expect(devices.map(({ name, group }) => [name, group?.is])).toEqual([['0000:00:01.0', '5']]);
    expect(contradictions).toEqual([]);
    expect(says).toEqual([
      'log: another boot begins in line 4; the last one is read, and 2 devices of the others are not',
    ]);
  });

  it('is called what the boot that is read says, and tells that another was of another machine', () => {
    const boot = (model: string): string =>
      `Linux version 6.1.0\nMachine model: ${model}\nKernel command line: of=${model}\npci 0000:00:01.0: Adding to iommu group 0\n`;
    const { name, commandLine, contradictions } = log(boot('first') + boot('second'));
    expect([name, commandLine?.is]).toEqual(['second', 'of=second']);
    expect(contradictions).toMatchObject([
      { fact: 'model', first: { is: 'first', from: { line: 2 } }, second: { is: 'second', from: { line: 6 } } },
      { fact: 'commandLine' },
    ]);
    expect(log(boot('same') + boot('same')).contradictions).toEqual([]);
  });

  it('reads the last of two boots of which only some lines are there: the clock of the kernel begins anew', () => {
    const lines = ['[    0.7] pci 0000:00:01.0', '[    0.8] pci 0000:00:02.0', '[   90.1] pci 0000:05:00.0'];
    const boot = (...groups: number[]): string[] =>
      groups.map((group, at) => `${lines[at]}: Adding to iommu group ${group}\n`);
    const { devices, says, contradictions } = log([...boot(0, 1, 2), ...boot(0, 7)].join(''));
    expect(devices.map(({ name, group }) => [name, group?.is])).toEqual([
      ['0000:00:01.0', '0'],
      ['0000:00:02.0', '7'],
    ]);
    expect([contradictions, says]).toEqual([[], [expect.stringContaining('another boot begins in line 4;')]]);
    const [first, second, third] = boot(0, 1, 2);
    expect(log(`${first}${first}${second}${second}${third}`).devices.length).toBe(3);
  });

  it('tells two boots apart by the wall clock, too, where only the lines about groups are there', () => {
    const boot = (day: number, ...names: string[]): string =>
      names
        .map(
          (name, at) => `Nov 0${day} 10:00:0${at > 1 ? 9 : 1} host kernel: pci ${name}: Adding to iommu group ${at}\n`,
        )
        .join('');
    const [first, second, later] = ['0000:00:01.0', '0000:00:02.0', '0000:05:00.0'];
    const two = log(boot(1, first, second, later) + boot(2, second, first));
    expect(two.devices.map(({ name, group }) => [name, group?.is])).toEqual([
      [second, '0'],
      [first, '1'],
    ]);
    expect([two.contradictions, two.says]).toEqual([[], [expect.stringContaining('another boot begins in line 4;')]]);
    const all = (text: string): number => log(text).devices.length;
    // The same lines twice are one boot; so is what is plugged in again, by its removal, or since it came later than the others.
    expect(all(boot(1, first, second, later) + boot(1, first))).toBe(3);
    expect(
      all(
        `${boot(1, first, second, later)}Nov 01 11:00:00 host kernel: pci ${second}: Removing from iommu group 1\n${boot(2, second)}`,
      ),
    ).toBe(3);
    expect(all(boot(1, first, second, later) + boot(2, later))).toBe(3);
  });

  it('that ends in the middle of a line says so', () => {
    const text = 'pci 0000:00:01.0: Adding to iommu group 0\n[    0.5] pci 0000:00:02.0: Addi';
    expect(log(text).says).toEqual(['log: its last line does not end: what was behind it may be cut off']);
    expect(log(`${text}\n`).says).toEqual([]);
  });

  it.each([
    ['journalctl', 'Nov 26 22:15:18 host kernel: pci 0000:00:01.0: Adding to iommu group 7'],
    ['journalctl -o json', '{"_HOSTNAME":"h","MESSAGE":"pci 0000:00:01.0: Adding to iommu group 7","PRIORITY":"6"}'],
    ['dmesg -T', '[Thu Nov 26 22:15:18 2026] pci 0000:00:01.0: Adding to iommu group 7'],
    ['dmesg -x', 'kern  :info  : [    0.712310] pci 0000:00:01.0: Adding to iommu group 7'],
    [
      'dmesg in colours',
      '\u001b[32m[    0.712310] \u001b[0m\u001b[33mpci 0000:00:01.0\u001b[0m: Adding to iommu group 7',
    ],
    ['a serial console', '[    0.712310] pci 0000:00:01.0: Adding to iommu group 7\r'],
    ['a mail that quotes', '> > [    0.712310] pci 0000:00:01.0: Adding to iommu group 7'],
  ])('reads the lines of %s', (_, line) => {
    expect(log(`${line}\n`).devices).toMatchObject([
      { name: '0000:00:01.0', bus: { is: 'pci' }, group: { is: '7', from: { line: 1 } } },
    ]);
  });

  it('tells what PCI found, and the bridge above', () => {
    const { devices } = log(
      [
        '[    0.5] pci 0000:00:01.0: [8086:1901] type 01 class 0x060400 PCIe Root Port',
        '[    0.5] pci 0000:01:00.0: [10de:1c03] type 00 class 0x030000 PCIe Legacy Endpoint',
        '[    0.6] pci 0000:00:01.0: PCI bridge to [bus 01]',
        '[    0.7] pci 0000:01:00.0: Adding to iommu group 1',
      ].join('\n'),
    );
    expect(
      devices.map(({ name, ids, class: kind, parent, group }) => [name, ids?.is, kind?.is, parent?.is, group?.is]),
    ).toEqual([
      ['0000:00:01.0', '8086:1901', '060400', undefined, undefined],
      ['0000:01:00.0', '10de:1c03', '030000', '0000:00:01.0', '1'],
    ]);
  });

  it('what has a bus below it is a bridge, whatever else is told of it', () => {
    const { devices } = log(
      [
        '[    0.6] pci 0000:00:1c.0: PCI bridge to [bus 04]',
        '[    0.7] pci 0000:00:1c.0: Adding to iommu group 1',
        '[    0.7] pci 0000:00:1f.0: Adding to iommu group 2',
        '[    1.7] shpchp 0000:00:1c.0: Slot initialization failed',
      ].join('\n'),
    );
    expect(devices.map(({ name, bridge }) => [name, bridge])).toEqual([
      ['0000:00:1c.0', { is: true, from: { file: 'log', line: 1 } }],
      ['0000:00:1f.0', undefined],
    ]);
  });

  it.each([
    ['speaks through its driver', 'snd_hda_intel 0000:00:1f.3: enabling device (0000 -> 0002)', 'snd_hda_intel'],
    [
      'was seen with two drivers, the last',
      'nouveau 0000:00:1f.3: x\nvfio-pci 0000:00:1f.3: vgaarb: deactivate vga console',
      'vfio-pci',
    ],
    ['is spoken of by its bus', 'pci 0000:00:1f.3: BAR 0 [mem 0xf0000000]', undefined],
    [
      'lost its driver in the probe',
      'nvme 0000:00:1f.3: pci function\nnvme: probe of 0000:00:1f.3 failed with error -19',
      null,
    ],
    ['lost it as newer kernels say it', 'nvme 0000:00:1f.3: probe with driver nvme failed with error -19', null],
    ['is another', 'nvme 0000:00:1f.4: pci function', undefined],
  ])('a device that %s', (_, lines, driver) => {
    const { devices, contradictions } = log(`pci 0000:00:1f.3: Adding to iommu group 9\n${lines}\n`);
    expect([devices[0]!.driver?.is, devices.length, contradictions]).toEqual([driver, 1, []]);
  });

  it('takes the group from the message that a group is not viable', () => {
    const text = 'qemu-system-x86_64: -device vfio-pci,host=01:00.0: vfio 0000:01:00.0: group 19 is not viable';
    expect(log(text).devices).toMatchObject([{ name: '0000:01:00.0', group: { is: '19' } }]);
  });

  it('says which lines it could not read: cut and mixed up ones, as mail makes them', () => {
    const whole = log('pci 0000:00:01.0: Adding to iommu group 0\n[   20000:20:00.0: Adding to iommu group 26\n');
    const text = '[   20000:20:00.0: Adding to iommu group 26';
    expect(whole.unread).toEqual([{ file: 'log', line: 2, text, groups: ['26'] }]);
    expect(machineOf(whole, buses).says.at(-1)).toBe('not read, since they are cut or mixed up: lines 2 of log');
  });

  it('leaves a device on a bus without a plugin out, and says so', () => {
    const { machine, says } = machineOf(
      log('host1x-context host1x-ctx.0: Adding to iommu group 9\npci 0000:00:01.0: Adding to iommu group 0\n'),
      buses,
    );
    expect(machine.devices.map(({ name }) => name)).toEqual(['0000:00:01.0']);
    expect(says.at(-1)).toBe('left out, for want of a plugin for host1x-context: host1x-ctx.0');
  });

  it.each([
    ['an empty file', '', /^log: the file is empty; expected a kernel boot log \('dmesg'\), 'lspci -nnk', /],
    ['white space', ' \n\n', /^log: the file is empty/],
    ['something else', 'hello\nworld\n', /^log \(2 lines\): nothing tells of a device; expected a kernel boot log/],
    ['a binary', '\u0000\u0001\uFFFD'.repeat(50), /^log \(1 line\): nothing tells of a device/],
  ])('that is %s is one clear message', (_, text, message) => {
    expect(() => log(text)).toThrow(InputError);
    expect(() => log(text)).toThrow(message);
  });
});

describe('the machine of a log', () => {
  it('gives each device a kernel driver and one that manages DMA, and marks what joined inside a bind', () => {
    const { machine } = machineOf(
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

  // Headers of type 1 and 2 are bridges to VFIO: vfio_dev_driver_allowed(), 5.10.
  it.each([
    ['type 01 class 0x060400', 'pci', true],
    ['type 02 class 0x060700', 'yenta_cardbus', true],
    ['type 00 class 0x060000', 'skl_uncore', false],
    ['type 00 class 0x020000', 'pcieport', false],
  ])('%s, on %s: the class tells whether it is a bridge', (found, driver, bridge) => {
    const lines = `pci 0000:02:00.0: [104c:ac56] ${found}\n${driver} 0000:02:00.0: Adding to iommu group 3\n`;
    expect(machineOf(log(lines), buses).machine.devices.map((device) => device.bridge)).toEqual([bridge]);
  });
});
