import { readSources, type FoundDevice, type FoundMachine } from '@busward/topology';
import { describe, expect, it } from '@jest/globals';

const read = (text: string): FoundMachine => readSources([{ file: 'f', text }]);

/** What is told of a device, without where. */
const told = ({ name, needed, ...facts }: FoundDevice): object => ({
  name,
  ...Object.fromEntries(Object.entries(facts).map(([fact, found]) => [fact, (found as { is: unknown }).is])),
  ...(needed && { needed: needed.map(({ is }) => is) }),
});
const all = (text: string): readonly object[] => read(text).devices.map(told);

describe('lspci', () => {
  it('-nnk: driver, modules, class, ids; a device whose block shows no driver has none', () => {
    expect(
      all(
        [
          '00:1f.0 ISA bridge [0601]: Intel Corporation Z390 Chipset LPC/eSPI Controller [8086:a305] (rev 10)',
          '\tSubsystem: ASUSTeK Computer Inc. Device [1043:8694]',
          '01:00.0 VGA compatible controller [0300]: NVIDIA Corporation GP106 [GeForce GTX 1060 6GB] [10de:1c03] (rev a1)',
          '\tSubsystem: Device [1462:3287]',
          '\tKernel driver in use: vfio-pci',
          '\tKernel modules: nvidiafb, nouveau',
        ].join('\n'),
      ),
    ).toEqual([
      {
        name: '0000:00:1f.0',
        bus: 'pci',
        class: '0601',
        ids: '8086:a305',
        says: 'ISA bridge: Intel Corporation Z390 Chipset LPC/eSPI Controller',
        driver: null,
      },
      {
        name: '0000:01:00.0',
        bus: 'pci',
        class: '0300',
        ids: '10de:1c03',
        says: 'VGA compatible controller: NVIDIA Corporation GP106 [GeForce GTX 1060 6GB]',
        driver: 'vfio-pci',
        modules: ['nvidiafb', 'nouveau'],
      },
    ]);
  });

  it('-v: the group among the flags, the bridge above by its secondary bus; the last block may be cut off', () => {
    expect(
      all(
        [
          '0000:00:01.0 PCI bridge: Intel Corporation PCIe Controller (x16) (rev 07) (prog-if 00 [Normal decode])',
          '\tFlags: bus master, fast devsel, latency 0, IRQ 121, IOMMU group 1',
          '\tBus: primary=00, secondary=01, subordinate=01, sec-latency=0',
          '\tKernel driver in use: pcieport',
          '',
          '0000:01:00.0 Ethernet controller: Intel Corporation I211 Gigabit Network Connection (rev 03)',
          '\tFlags: bus master, fast devsel, latency 0, IRQ 18, IOMMU group 1',
        ].join('\n'),
      ),
    ).toEqual([
      {
        name: '0000:00:01.0',
        bus: 'pci',
        group: '1',
        class: '0604',
        says: 'PCI bridge: Intel Corporation PCIe Controller (x16)',
        driver: 'pcieport',
      },
      {
        name: '0000:01:00.0',
        bus: 'pci',
        group: '1',
        class: '0200',
        says: 'Ethernet controller: Intel Corporation I211 Gigabit Network Connection',
        parent: '0000:00:01.0',
      },
    ]);
  });

  it('-n and -mm', () => {
    expect(all('00:00.0 0600: 8086:5918 (rev 05)\n')).toEqual([
      { name: '0000:00:00.0', bus: 'pci', class: '0600', ids: '8086:5918' },
    ]);
    expect(all('00:1f.4 "SMBus [0c05]" "Intel Corporation [8086]" "SMBus Controller [a323]" -r10 "" ""\n')).toEqual([
      {
        name: '0000:00:1f.4',
        bus: 'pci',
        class: '0c05',
        ids: '8086:a323',
        says: 'Intel Corporation SMBus Controller',
      },
    ]);
  });

  it('-vmmk: records, with and without numbers', () => {
    expect(
      all(
        [
          'Slot:\t00:1f.6',
          'Class:\tEthernet controller [0200]',
          'Vendor:\tIntel Corporation [8086]',
          'Device:\tEthernet Connection (7) I219-V [15bc]',
          'SVendor:\tASUSTeK Computer Inc. [1043]',
          'Rev:\t10',
          'Driver:\te1000e',
          'Module:\te1000e',
          'IOMMUGroup:\t8',
          '',
          'Slot:\t0000:00:14.2',
          'Class:\tRAM memory',
          'Vendor:\tIntel Corporation',
          'Device:\tCannon Lake PCH Shared SRAM',
          'IOMMUGroup:\t3',
        ].join('\n'),
      ),
    ).toEqual([
      {
        name: '0000:00:1f.6',
        bus: 'pci',
        class: '0200',
        ids: '8086:15bc',
        says: 'Ethernet controller: Intel Corporation Ethernet Connection (7) I219-V',
        driver: 'e1000e',
        modules: ['e1000e'],
        group: '8',
      },
      {
        name: '0000:00:14.2',
        bus: 'pci',
        says: 'RAM memory: Intel Corporation Cannon Lake PCH Shared SRAM',
        driver: null,
        group: '3',
      },
    ]);
  });

  it('-vmmk: the last record may be cut off before its driver', () => {
    const record = 'Slot:\t01:00.0\nClass:\tAudio\nVendor:\tN\nDriver:\tvfio-pci\n\nSlot:\t01:00.1\nClass:\tAudio\n';
    const last = (more: string) => all(record + more)[1];
    expect(last('')).not.toHaveProperty('driver');
    for (const more of ['\n', 'Module:\tx\n', 'IOMMUGroup:\t1\n']) expect(last(more)).toHaveProperty('driver', null);
  });

  it('what a loop indents as far as the device is about it', () => {
    const lines = ['01:00.0 VGA [0300]: N [10de:1c03]', 'Subsystem: N', 'Kernel driver in use: vfio-pci'];
    const { devices, unread } = read(`IOMMU Group 1:\n${lines.map((line) => `\t${line}\n`).join('')}`);
    expect([devices[0]!.driver?.is, devices[0]!.group?.is, unread]).toEqual(['vfio-pci', '1', []]);
  });

  it('without drivers, and a part of it with: those that it leaves out are unknown', () => {
    const devices = all(
      [
        'IOMMU Group 1:',
        '\t00:01.0 PCI bridge [0604]: Intel Corporation PCIe Controller [8086:1901] (rev 07)',
        '',
        '01:00.0 VGA compatible controller [0300]: NVIDIA Corporation GP106 [10de:1c03] (rev a1)',
        '\tKernel driver in use: nouveau',
      ].join('\n'),
    );
    expect(devices).toMatchObject([{ group: '1' }, { driver: 'nouveau' }]);
    expect(devices[0]).not.toHaveProperty('driver');
    expect(devices[1]).not.toHaveProperty('group');
  });
});

describe('listings of groups', () => {
  it.each([
    ['a block of the Arch guide', 'IOMMU Group 7:\n\t01:00.0 VGA compatible controller [0300]: N [10de:1c03]\n'],
    ['a block without a colon', 'IOMMU group 7\n    01:00.0 VGA compatible controller [0300]: N [10de:1c03]\n'],
    ['a block that is not indented', 'IOMMU Group 7:\n01:00.0 VGA compatible controller [0300]: N [10de:1c03]\n'],
    ['a row each', 'IOMMU Group 7 01:00.0 VGA compatible controller [0300]: N [10de:1c03]\n'],
    ['ls-iommu', 'IOMMU Group   7: 0000:01:00.0 VGA compatible controller [0300] N [10de:1c03] (rev 01)\n'],
    ['lsgroup', 'Group 7:\t[10de:1c03] [R] 01:00.0  VGA compatible controller                N\n'],
  ])('%s', (_, text) => {
    expect(all(text)).toMatchObject([{ name: '0000:01:00.0', group: '7', class: '0300', ids: '10de:1c03' }]);
  });

  it('lsgroup names the group in its first row only', () => {
    const text =
      'Group 15:\t[10de:21c4] [R] 09:00.0  VGA compatible controller     TU116\n\t\t[10de:1aeb]     09:00.1  Audio device     TU116 HD\n';
    expect(all(text)).toMatchObject([{ group: '15' }, { name: '0000:09:00.1', group: '15', ids: '10de:1aeb' }]);
  });

  it('a block of devices of any bus, with drivers and without', () => {
    expect(all('IOMMU Group 4:\n\t10003000.pcie tegra-pcie\n\t0000:00:01.0 pcieport\n\t0000:01:00.0\n')).toEqual([
      { name: '10003000.pcie', group: '4', driver: 'tegra-pcie' },
      { name: '0000:00:01.0', group: '4', driver: 'pcieport' },
      { name: '0000:01:00.0', group: '4' },
    ]);
  });

  it('a blank line ends a block that is not indented: what follows is in no group that is told', () => {
    const devices = all('IOMMU Group 7:\n01:00.0 VGA compatible controller: N\n\n02:00.0 SATA controller: A\n');
    expect(devices[1]).not.toHaveProperty('group');
  });

  it.each([
    ['find', '/sys/kernel/iommu_groups/7/devices/0000:01:00.0\n'],
    ['find in /sys/kernel/iommu_groups', './7/devices/0000:01:00.0\n'],
    [
      'ls -d, several a line',
      '/sys/kernel/iommu_groups/7/devices/0000:01:00.0  /sys/kernel/iommu_groups/7/devices/0000:01:00.1\n',
    ],
    [
      'ls -R',
      '/sys/kernel/iommu_groups/7:\ndevices\ntype\n\n/sys/kernel/iommu_groups/7/devices:\n0000:01:00.0  0000:01:00.1\n',
    ],
    ['ls, as typed', '$ ls /sys/kernel/iommu_groups/7/devices/\n0000:01:00.0\n'],
    [
      'ls -l of a link',
      'lrwxrwxrwx 1 root root 0 May  1 10:00 /sys/bus/pci/devices/0000:01:00.0/iommu_group -> ../../../kernel/iommu_groups/7\n',
    ],
    [
      'tree',
      '/sys/kernel/iommu_groups\n├── 7\n│   ├── devices\n│   │   └── 0000:01:00.0 -> ../../../../devices/pci0000:00/0000:01:00.0\n│   └── type\n',
    ],
    ['an error of qemu', 'vfio error: 0000:01:00.0: group 7 is not viable\n'],
  ])('%s', (_, text) => {
    const { devices, unread } = read(text);
    expect([devices[0]!.name, devices[0]!.group?.is, unread]).toEqual(['0000:01:00.0', '7', []]);
  });

  it('ls -l tells the driver and its bus, and what is above', () => {
    expect(
      all(
        'lrwxrwxrwx 1 root root 0 May  1 10:00 /sys/bus/platform/devices/10003000.pcie/driver -> ../../../bus/platform/drivers/tegra-pcie\n' +
          'lrwxrwxrwx 1 root root 0 May  1 10:00 /sys/kernel/iommu_groups/1/devices/0000:01:00.0 -> ../../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0\n',
      ),
    ).toEqual([
      { name: '10003000.pcie', bus: 'platform', driver: 'tegra-pcie' },
      { name: '0000:01:00.0', group: '1', parent: '0000:00:01.0' },
    ]);
  });

  it('grep . tells types and 1:1 regions', () => {
    const { groups } = read(
      '/sys/kernel/iommu_groups/1/type:DMA-FQ\n/sys/kernel/iommu_groups/1/reserved_regions:0x7d800000 0x7fffffff direct\n' +
        '/sys/kernel/iommu_groups/1/devices/0000:01:00.0\n',
    );
    expect(groups).toMatchObject({ 1: { type: { is: 'DMA-FQ' }, direct: { is: true } } });
  });
});

describe('a line that names a device and its group, and that nobody can read', () => {
  const known = '1 0000:01:00.0 vfio-pci\n';
  it.each([
    ['with a comma between', `${known}1,0000:01:00.1,nvme\n`],
    ['with a colon behind the group', `${known}1: 0000:01:00.1 nvme\n`],
    ['with more columns', `${known}1 0000:01:00.1 nvme (in use)\n`],
    ['in words', `${known}IOMMU group 1 has device 0000:01:00.1 bound to nvme\n`],
    ['as a pair each', `${known}iommu_group=1 device=10003000.pcie driver=tegra-pcie\n`],
    ['by a name of the device tree', `${known}Group 1 pcie@10003000 [tegra]\n`],
    ['behind the device', `${known}0000:01:00.1 (nvme) is in group 1\n`],
    ['as JSON', `${known}{"iommuGroup": "1", "device": "0000:01:00.1"}\n`],
    ['in a block', 'IOMMU Group 1:\n\t0000:01:00.0 vfio-pci\n\t0000:01:00.1: NVMe, nvme\n'],
    ['in a block, deeper', 'IOMMU Group 1:\n\t01:00.0 VGA [0300]: N [10de:1c03]\n\t\t01:00.1: NVMe, nvme\n'],
    ['in a block, of the device tree', 'IOMMU Group 1:\n\t10003000.pcie tegra-pcie\n\tgpu@57000000 (nouveau)\n'],
  ])('%s', (_, text) => {
    const { devices, unread } = read(text);
    expect(devices.length).toBe(1);
    const line = text.split('\n').length - 1;
    expect(unread).toEqual([{ file: 'f', line, text: expect.any(String), groups: ['1'] }]);
  });

  it.each(['0', '0000', '0000:01', '0000:01:0', '0000:01:00.', '0000:01:00.8', '10000:e1:00', '01:00'])(
    'with a part of an address: %s',
    (name) => {
      const { devices, unread } = read(
        `/sys/kernel/iommu_groups/1/devices/0000:01:00.0\n/sys/kernel/iommu_groups/1/devices/${name}\n`,
      );
      expect([devices.length, unread]).toEqual([1, [{ file: 'f', line: 2, text: name, groups: ['1'] }]]);
    },
  );
  it.each([
    '80860F14:00',
    '80862288:00',
    'INT33C2:00',
    'PNP0C09:00',
    '10003000.pcie',
    '0000:00:1c.0:pcie001',
    'dpni.3',
  ])('but not with what another bus calls a device: %s', (name) =>
    expect(read(`/sys/kernel/iommu_groups/1/devices/${name}\n`).devices[0]!.name).toBe(name),
  );

  it('tabs and blanks indent alike: what stands below a device is about it', () => {
    const { devices, unread } = read(
      'IOMMU Group 1:\n  01:00.0 VGA [0300]: N [10de:1c03]\n\tKernel driver in use: vfio-pci\n',
    );
    expect([devices[0]!.driver?.is, unread]).toEqual(['vfio-pci', []]);
  });

  it('is no line of a log that speaks of a device otherwise', () => {
    const { unread } = read(
      `${known}pci 0000:01:00.1: BAR 0: assigned\n80000000-8fffffff : 0000:01:00.1\nsystemd[1]: cgroup 1 of user@1000.service\n`,
    );
    expect(unread).toEqual([]);
  });
});

describe('a text that breaks off in its last line', () => {
  const row = '01:00.0 VGA [0300]: N [10de:1c03]\n';
  const block = `IOMMU Group 1:\n\t${row}\tKernel driver in use: vfio-pci\n`;
  const deeper = `IOMMU Group 1:\n\t${row}\t\tKernel driver in use: vfio-pci\n`;
  const rows = '1 0000:01:00.0 vfio-pci\n';
  const paths = '/sys/kernel/iommu_groups/1/devices/0000:01:00.0\n';

  it.each([
    ['in an address', `${block}\t01:00.`],
    ['in its first letter', `${block}\t0`],
    ['before what the device is', `${block}\t01:00.1 VGA compatible con`],
    ['in an attribute', `${block}\tKernel driver in use:`],
    ['in an attribute below it', `${deeper}\t\tKernel modul`],
    ['below a block that is not indented', `IOMMU Group 1:\n${row}\tKernel driver in use: vfio-pci\n01:00.`],
    ['behind the heading', `${block}IOMMU Group 1`],
    ['behind the group', `${rows}1 0000:0`],
    ['behind the folder', `${paths}/sys/kernel/iommu_groups/1/dev`],
    ['behind the whole folder', `${paths}/sys/kernel/iommu_groups/1/devices/`],
    ['in a name in the folder', `${paths}/sys/kernel/iommu_groups/1/devices/0000:01:0`],
  ])('%s: something of the group is not read', (_, text) => {
    const { devices, unread } = read(text);
    expect([devices.map(({ name }) => name), unread]).toEqual([
      ['0000:01:00.0'],
      [{ file: 'f', line: text.split('\n').length, text: expect.any(String), groups: ['1'] }],
    ]);
  });

  it.each([
    ['a driver', block.trimEnd()],
    ['modules', `${deeper}\t\tKernel modules: nouveau`],
    ['a device', `${block}\t01:00.1 Audio device [0403]: N [10de:10f1]`],
    ['a device in quotes', `IOMMU Group 1:\n\t01:00.0 "VGA" "N" "GP106"`],
    ['memory', `${deeper}\t\tMemory at f6000000 (32-bit, non-prefetchable) [size=16M]`],
    ['a row', rows.trimEnd()],
    ['a path', paths.trimEnd()],
    ['a line of a log', 'pci 0000:01:00.0: Adding to iommu group 1'],
    ['what was written below it', `${block}Thanks for any help`],
    ['blanks', `${block}\t`],
  ])('but is whole, is read: %s', (_, text) => expect(read(text).unread).toEqual([]));
});

describe('tools that bind', () => {
  it('dpdk-devbind --status: who is bound, what else there is, which card the system uses', () => {
    expect(
      all(
        [
          'Network devices using DPDK-compatible driver',
          '============================================',
          "0000:82:00.0 '82599ES 10-Gigabit SFI/SFP+ Network Connection 10fb' drv=vfio-pci unused=ixgbe",
          '',
          'Network devices using kernel driver',
          '===================================',
          "0000:04:00.0 'I350 Gigabit Network Connection 1521' if=em0 drv=igb unused=igb_uio,vfio-pci *Active*",
          "0000:04:00.1 'I350 Gigabit Network Connection 1521' if=em1 drv=igb",
          'unused=vfio-pci',
          '',
          'Other Network devices',
          '=====================',
          "0000:05:00.0 'Device 1234' unused=vfio-pci",
          '',
          "No 'Crypto' devices detected",
        ].join('\n'),
      ),
    ).toMatchObject([
      { name: '0000:82:00.0', driver: 'vfio-pci', modules: ['ixgbe'] },
      { name: '0000:04:00.0', driver: 'igb', modules: ['igb_uio', 'vfio-pci'], needed: ['active network'] },
      { name: '0000:04:00.1', driver: 'igb', modules: ['vfio-pci'] },
      { name: '0000:05:00.0', driver: null, modules: ['vfio-pci'] },
    ]);
  });

  it('driverctl list-devices: drivers and overrides; list-overrides, if it is seen to be typed', () => {
    expect(all('0000:00:00.0 skl_uncore\n0000:01:00.0 vfio-pci [*]\n0000:00:1f.5 (none)\n')).toEqual([
      { name: '0000:00:00.0', bus: 'pci', driver: 'skl_uncore' },
      { name: '0000:01:00.0', bus: 'pci', driver: 'vfio-pci', override: 'vfio-pci' },
      { name: '0000:00:1f.5', bus: 'pci', driver: null },
    ]);
    expect(all('# driverctl list-overrides\n0000:01:00.0 vfio-pci\n')).toEqual([
      { name: '0000:01:00.0', bus: 'pci', override: 'vfio-pci' },
    ]);
    expect(all('$ driverctl --bus platform list-devices\n10003000.pcie tegra-pcie\n')).toEqual([
      { name: '10003000.pcie', bus: 'platform', driver: 'tegra-pcie' },
    ]);
  });
});

describe('several sources about one machine', () => {
  const log = (name: string, group: number, kernel = '6.1.0') => ({
    file: name,
    text: `Linux version ${kernel}\npci 0000:01:00.0: Adding to iommu group ${group}\n`,
  });

  it('are put together by name: a log knows the group, lspci the driver', () => {
    const lspci = '01:00.0 SATA controller [0106]: X [8086:a352]\n\tKernel driver in use: ahci\n';
    const { devices, contradictions, sources } = readSources([log('a', 1), { file: 'b', text: lspci }]);
    expect(devices).toMatchObject([
      {
        group: { is: '1', from: { file: 'a', line: 2 } },
        driver: { is: 'ahci', from: { file: 'b', line: 2 } },
        class: { is: '0106' },
      },
    ]);
    expect(contradictions).toEqual([]);
    expect(sources).toEqual([
      { file: 'a', as: ['boot log'], lines: 2 },
      { file: 'b', as: ['lspci'], lines: 2 },
    ]);
  });

  it('the driver of a boot log gives way to the one of now, whichever is read first', () => {
    const then = { file: 'log', text: 'nvme 0000:01:00.0: Adding to iommu group 1\n' };
    const now = { file: 'now', text: '0000:01:00.0 vfio-pci [*]\n' };
    for (const given of [
      [then, now],
      [now, then],
    ]) {
      const { devices, contradictions } = readSources(given);
      expect([devices[0]!.driver?.is, contradictions]).toEqual(['vfio-pci', []]);
    }
  });

  it.each([
    ['DMI: LENOVO 20NE/20NE0001, BIOS R11 12/23/2019', 'Hardware name: LENOVO 20NE/20NE0001, BIOS R12 01/02/2020', []],
    ['Machine model: NVIDIA Jetson TX2 Developer Kit', 'Hardware name: NVIDIA Jetson TX2 Developer Kit (DT)', []],
    [
      'DMI: LENOVO 20NE/20NE0001, BIOS R11',
      'DMI: Dell Inc. XPS 9320/0KNXGD, BIOS 2.23.0',
      ['b is about another machine than a'],
    ],
  ])('are of one machine or of two: %s, %s', (one, other, said) => {
    const { says } = readSources([
      { file: 'a', text: `${one}\npci 0000:01:00.0: Adding to iommu group 1\n` },
      { file: 'b', text: `${other}\n` },
    ]);
    expect(says.map((text) => text.split(':')[0])).toEqual(said);
  });

  it('contradictions are shown, the first is taken; two boots are not one machine', () => {
    const { devices, contradictions, says } = readSources([log('a', 1), log('b', 2, '6.12.0')]);
    expect(devices[0]!.group?.is).toBe('1');
    expect(contradictions).toMatchObject([
      { fact: 'kernel', first: { is: '6.1.0' }, second: { is: '6.12.0' } },
      { device: '0000:01:00.0', fact: 'group', first: { is: '1' }, second: { is: '2', from: { file: 'b', line: 2 } } },
    ]);
    expect(says).toEqual([
      'b is of 6.12.0, a of 6.1.0: two boots of a machine are not one machine, read them one by one',
      'some devices are in other groups in b than in a; two boots of a machine are not one machine, and the groups of the first are taken',
    ]);
  });

  it('whether a 1:1 region can be given up is known once a class is: not for a disk, but for USB', () => {
    const map = (at: string): string => `pci 0000:00:${at}: DMAR: Setting identity map [0xe8000 - 0xe8fff]\n`;
    const lspci = '00:1f.2 SATA controller: X\n00:1d.0 USB controller: Y\n';
    const { devices, says } = readSources([
      { file: 'log', text: map('1f.2') + map('1d.0') },
      { file: 'lspci', text: lspci },
    ]);
    expect(devices.map(({ name, direct }) => [name, direct?.is])).toEqual([
      ['0000:00:1f.2', true],
      ['0000:00:1d.0', false],
    ]);
    expect(says).toEqual([]);
  });
});
