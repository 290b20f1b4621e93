import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readSources, type FoundMachine } from '@busward/topology';
import { describe, expect, it } from '@jest/globals';

const here = new URL('../listings/', import.meta.url);
const shipped = new URL('../../../examples/machines/', import.meta.url);
const files = [here, shipped].flatMap((folder) =>
  readdirSync(folder).map((name) => ({ name, path: new URL(name, folder).pathname })),
);
const read = (name: string): FoundMachine => {
  const { path } = files.find((file) => file.name.startsWith(name))!;
  return readSources([{ file: name, text: readFileSync(path, 'utf8') }]);
};

/** One pattern of grep for each way in which the listings name a device; `\K` drops what stands before it. */
const waysToNameADevice = [
  String.raw`\S \K\S+(?=: Adding to iommu group \d+$)`,
  String.raw`iommu: Adding device \K\S+(?= to group \d+$)`,
  String.raw`^/sys/kernel/iommu_groups/\d+/devices/\K.*`,
  String.raw`^(\t|IOMMU Group \d+ )\K[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]\.\d (?=\w)`,
  String.raw`^lrwx.* \K\S+(?= -> )`,
  String.raw`^\d+ \K\S+(?= \S+$)`,
  String.raw`ACPI device "\K[^"]+`,
];

function grep(pattern: string, path: string): readonly string[] {
  try {
    return execFileSync('grep', ['-ohP', '--', pattern, path], { encoding: 'utf8' }).trimEnd().split('\n');
  } catch {
    return []; // grep found nothing
  }
}

/** Devices of each file, as grep counts them. */
const counts: Readonly<Record<string, number>> = {
  'iommu-arm64-cn80xx-newport.txt': 12,
  'iommu-arm64-d05-probe-order-2.txt': 15,
  'iommu-arm64-d05-probe-order-a.txt': 15,
  'iommu-arm64-d05-probe-order-b.txt': 15,
  'iommu-arm64-db845c.txt': 11,
  'iommu-arm64-lx2160a-clearfog-fsl-mc.txt': 163,
  'iommu-arm64-renesas-rzg2h-a.txt': 4,
  'iommu-arm64-smmu-forced-unbind-b.txt': 21,
  'iommu-tegra-smmu-probe-3oct2020-a.txt': 8,
  'iommu-tegra124-nyan.txt': 6,
  'iommu-tegra210-probe-rework-a.txt': 8,
  'iommu-x86-acpi-andd-xps12.txt': 17,
  'iommu-x86-amd-r1000-emerson.txt': 42,
  'iommu-x86-asus-b550f.txt': 38,
  'iommu-x86-hp-dl388-gen8.txt': 154,
  'iommu-x86-hp-ilo-mixed-domains-a.txt': 4,
  'iommu-x86-latitude5495.txt': 30,
  'iommu-x86-ryzen-2400g-sysfs.txt': 35,
  'iommu-x86-ryzen-sysfs-2.txt': 29,
  'iommu-x86-thinkpad-20ne.txt': 28,
  'issue-aqc111-34.txt': 16,
  'issue-eve-5670.txt': 2,
  'issue-harvester-10499.txt': 6,
  'issue-jetson-nano-baseboard-24.txt': 21,
  'issue-macos-simple-kvm-373.txt': 8,
  'issue-pcileech-77.txt': 2,
  'issue-vmra1n-4.txt': 9,
  'pci-power9-t2p9d01-d.txt': 7,
  'pci-x86-coffeelake-h-lspci-v.txt': 47,
  'pci-x86-connectx7-sriov-mfd.txt': 2,
  'pci-x86-mtca-pex8748-a.txt': 42,
  'pci-x86-supermicro-x9dri-b.txt': 158,
  'pci-x86-thinkpad-21lv-dock-a.txt': 29,
  'pci-x86-tuxedo-sirius16-b.txt': 44,
  'pci-x86-x99-groups-5.8-vs-5.9-a.txt': 11,
  'pci-x86-x99-groups-5.8-vs-5.9-b.txt': 94,
  'pci-x86-x99-groups-5.8-vs-5.9-c.txt': 94,
  'pci-x86-xps9320-tbt-a.txt': 36,
  'tegra-tegra186-jetson-tx2.txt': 25,
  'tegra-tegra186-p2771-a.txt': 7,
  'tegra-tegra186-p2771-c.txt': 13,
  'tegra-tegra210-media-engines-a.txt': 6,
  'tegra-tegra210-media-engines-b.txt': 5,
};

describe('the listings', () => {
  it('are 43', () => {
    expect(files.length).toBe(43);
    expect(Object.keys(counts).length).toBe(43);
  });

  it.each(files)('$name: the devices that grep finds, and no others', ({ name, path }) => {
    const named = grep(waysToNameADevice.join('|'), path)
      .map((device) => device.trim())
      .map((device) => (/^..:..\..$/.test(device) ? `0000:${device}` : device));
    const found = read(name);
    expect(found.devices.map((device) => device.name).toSorted()).toEqual([...new Set(named)].toSorted());
    expect(found.devices.length).toBe(counts[name]);
  });

  const withLspci = files.filter(({ path }) => grep('Kernel driver in use', path).length > 0);
  it.each(withLspci)('$name: the drivers that grep finds, and no others', ({ name, path }) => {
    const drivers = grep(String.raw`Kernel driver in use: \K.*`, path);
    expect(
      read(name)
        .devices.flatMap(({ driver }) => driver?.is ?? [])
        .toSorted(),
    ).toEqual(drivers.toSorted());
  });

  it('are read but for five lines of one, which a serial console has mixed up', () => {
    const unread = files.flatMap(({ name }) => read(name).unread.map(({ file, line }) => `${file}:${line}`));
    expect(unread).toEqual([108, 130, 148, 169, 190].map((line) => `iommu-x86-hp-dl388-gen8.txt:${line}`));
  });
});

describe('what the listings tell', () => {
  const groupsOf = ({ devices }: FoundMachine): readonly string[] => {
    const members = new Map<unknown, string[]>();
    for (const { name, group } of devices) members.set(group?.is, [...(members.get(group?.is) ?? []), name]);
    return [...members.values()].map((names) => names.toSorted().join(' '));
  };

  it('5.8 to 5.9 on the X99: ten groups become one of eleven devices, and nothing else moves', () => {
    const before = groupsOf(read('pci-x86-x99-groups-5.8-vs-5.9-b'));
    const after = groupsOf(read('pci-x86-x99-groups-5.8-vs-5.9-c'));
    const gone = before.filter((group) => !after.includes(group));
    const made = after.filter((group) => !before.includes(group));
    expect([before.length, after.length, gone.length, made.length]).toEqual([45, 36, 10, 1]);
    expect(gone.flatMap((group) => group.split(' ')).toSorted()).toEqual(made[0]!.split(' '));
    expect(made[0]!.split(' ').length).toBe(11);
  });

  it('eve#5670: two devices of group 19, one with its driver, one given away', () => {
    expect(read('issue-eve-5670').devices.map(({ name, group, driver }) => [name, group?.is, driver?.is])).toEqual([
      ['0000:80:1f.4', '19', 'i801_smbus'],
      ['0000:80:1f.6', '19', 'vfio-pci'],
    ]);
  });

  it('pcileech#77: ls tells the bridge above, the line before the group', () => {
    expect(read('issue-pcileech-77').devices).toMatchObject([
      { name: '0000:04:00.0', group: { is: '15' }, parent: { is: '0000:03:00.0' } },
      { name: '0000:05:00.0', group: { is: '15' }, parent: { is: '0000:04:00.0' } },
    ]);
  });

  it('pcileech#77: what another PCI device is below of is a bridge', () => {
    expect(read('issue-pcileech-77').devices.map(({ name, bridge }) => [name, bridge?.is])).toEqual([
      ['0000:04:00.0', true],
      ['0000:05:00.0', undefined],
    ]);
  });

  it('a log and lspci in one file: the physical function has its driver, the virtual one both group and driver', () => {
    const { sources, devices, contradictions } = read('pci-x86-connectx7-sriov-mfd');
    expect(sources[0]!.as).toEqual(['boot log', 'lspci']);
    expect(contradictions).toEqual([]);
    expect(devices.map(({ name, group, driver }) => [name, group?.is, driver?.is])).toEqual([
      ['0000:b1:00.2', '11', 'mlx5_vfio_pci'],
      ['0000:b1:00.1', '12', 'mlx5_core'],
    ]);
  });

  it('lspci -v that shows drivers tells of a device without one, too', () => {
    const { devices } = read('pci-x86-coffeelake-h-lspci-v');
    expect(devices.find(({ name }) => name === '0000:00:08.0')?.driver?.is).toBeNull();
  });

  it('a summary with both kernels in one file contradicts itself, and shows where', () => {
    const { contradictions } = read('pci-x86-x99-groups-5.8-vs-5.9-a');
    expect(
      contradictions.map(({ device, first, second }) => [
        device,
        first.is,
        first.from.line,
        second.is,
        second.from.line,
      ]),
    ).toEqual([
      ['0000:08:01.0', '40', 6, '29', 18],
      ['0000:09:00.0', '40', 7, '29', 21],
      ['0000:0c:00.0', '43', 9, '29', 22],
      ['0000:0d:00.0', '44', 11, '29', 23],
    ]);
  });

  it('a firmware that asks for 1:1 regions: whether they can be given up is not guessed', () => {
    const { devices, says } = read('iommu-x86-hp-dl388-gen8');
    expect(devices.some(({ direct }) => direct)).toBe(false);
    expect(says.join()).toMatch(/^firmware asks for 1:1 regions for 0000:00:1f\.2, 0000:06:00\.0, .*nothing tells/);
  });
});
