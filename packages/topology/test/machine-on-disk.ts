import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** A device of a machine on disk: where sysfs has it, and what its folder holds. */
interface DeviceOnDisk {
  /** Below /sys/devices. */
  readonly at: string;
  readonly bus: string;
  readonly group?: string;
  readonly driver?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** What identifies this machine and its owner; none of it may be in a snapshot. */
export const planted = {
  serial: 'PF3XK9T2',
  uuid: '4c4c4544-0042-3610-8052-b4c04f4e4d32',
  mac: '52:54:00:ab:cd:ef',
  host: 'bobs-secret-laptop',
  address: '192.168.178.23',
  user: 'bob',
  disk: 'S4EWNX0R123456',
  wwid: 'eui.0025385b01401234',
};

const devices: readonly DeviceOnDisk[] = [
  { at: 'pci0000:00/0000:00:00.0', bus: 'pci', group: '0', files: pciFiles('0600', '8086', '3ec2') },
  {
    at: 'pci0000:00/0000:00:01.0',
    bus: 'pci',
    group: '1',
    driver: 'pcieport',
    files: pciFiles('0604', '8086', '1901'),
  },
  {
    at: 'pci0000:00/0000:00:01.0/0000:01:00.0',
    bus: 'pci',
    group: '1',
    driver: 'vfio-pci',
    files: { ...pciFiles('0300', '10de', '1c03'), driver_override: 'vfio-pci\n', boot_vga: '0\n' },
  },
  {
    at: 'pci0000:00/0000:00:02.0',
    bus: 'pci',
    group: '2',
    driver: 'i915',
    files: { ...pciFiles('0380', '8086', '3e92'), boot_vga: '1\n' },
  },
  { at: 'pci0000:00/0000:00:1d.0', bus: 'pci', group: '3', driver: 'nvme', files: pciFiles('0108', '144d', 'a808') },
  {
    at: 'pci0000:00/0000:00:1f.6',
    bus: 'pci',
    group: '4',
    driver: 'e1000e',
    files: pciFiles('0200', '8086', '15b8'),
  },
  { at: 'pci0000:00/0000:00:1f.5', bus: 'pci', files: pciFiles('0c80', '8086', 'a324') },
  {
    at: 'platform/10003000.pcie',
    bus: 'platform',
    group: '5',
    driver: 'tegra-pcie',
    files: { driver_override: '(null)\n' },
  },
];

function pciFiles(kind: string, vendor: string, device: string): Readonly<Record<string, string>> {
  return {
    class: `0x${kind}00\n`,
    vendor: `0x${vendor}\n`,
    device: `0x${device}\n`,
    driver_override: '(null)\n',
    uevent: `PCI_ID=${vendor}\n`,
    vpd: planted.serial,
  };
}

export interface MachineOnDisk {
  readonly folder: string;
  readonly tar: (name: string) => string;
  done(): void;
}

/** Makes a small machine as sysfs shows it, with `sys` and `proc`; gives the folder and how to be rid of it. */
export function machineOnDisk(): MachineOnDisk {
  const folder = mkdtempSync(join(tmpdir(), 'busward-sysfs-'));
  const path = (name: string): string => join(folder, name);
  const file = (name: string, text: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  };
  const link = (name: string, target: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true });
    symlinkSync(relative(dirname(path(name)), path(target)), path(name));
  };
  for (const { at, bus, group, driver, files } of devices) {
    const home = `sys/devices/${at}`;
    const name = at.split('/').at(-1)!;
    for (const [one, text] of Object.entries(files ?? {})) file(`${home}/${one}`, text);
    link(`${home}/subsystem`, `sys/bus/${bus}`);
    link(`sys/bus/${bus}/devices/${name}`, home);
    if (driver !== undefined) link(`${home}/driver`, `sys/bus/${bus}/drivers/${driver}`);
    if (group !== undefined) {
      link(`${home}/iommu_group`, `sys/kernel/iommu_groups/${group}`);
      link(`sys/kernel/iommu_groups/${group}/devices/${name}`, home);
      file(`sys/kernel/iommu_groups/${group}/type`, group === '2' ? 'identity\n' : 'DMA-FQ\n');
      file(
        `sys/kernel/iommu_groups/${group}/reserved_regions`,
        `0x00000000fee00000 0x00000000feefffff msi\n${group === '4' ? '0x000000007d800000 0x000000007fffffff direct\n' : ''}`,
      );
    }
  }
  const disk = 'sys/devices/pci0000:00/0000:00:1d.0/nvme/nvme0/nvme0n1';
  file(`${disk}/nvme0n1p2/size`, '1\n');
  file(`${disk}/wwid`, `${planted.wwid}\n`);
  file('sys/devices/pci0000:00/0000:00:1d.0/nvme/nvme0/serial', `${planted.disk}\n`);
  link('sys/class/block/nvme0n1p2', `${disk}/nvme0n1p2`);
  file('sys/devices/virtual/block/dm-0/dm/name', `${planted.host}--vg-root\n`);
  link('sys/devices/virtual/block/dm-0/slaves/nvme0n1p2', `${disk}/nvme0n1p2`);
  link('sys/class/block/dm-0', 'sys/devices/virtual/block/dm-0');
  const card = 'sys/devices/pci0000:00/0000:00:1f.6/net/eno1';
  file(`${card}/operstate`, 'up\n');
  file(`${card}/address`, `${planted.mac}\n`);
  link('sys/class/net/eno1', card);
  file('sys/devices/virtual/net/lo/operstate', 'unknown\n');
  link('sys/class/net/lo', 'sys/devices/virtual/net/lo');
  link('sys/class/graphics/fb0', 'sys/devices/pci0000:00/0000:00:02.0/graphics/fb0');
  file('sys/devices/pci0000:00/0000:00:02.0/graphics/fb0/name', 'i915drmfb\n');
  for (const [name, text] of Object.entries({
    sys_vendor: 'LENOVO',
    product_name: '20NE',
    board_name: '20NE0001',
    bios_version: 'R11ET32W (1.12 )',
    bios_date: '12/23/2019',
    product_serial: planted.serial,
    product_uuid: planted.uuid,
  }))
    file(`sys/devices/virtual/dmi/id/${name}`, `${text}\n`);
  link('sys/class/dmi/id', 'sys/devices/virtual/dmi/id');
  file('proc/sys/kernel/osrelease', `6.12.32-amd64-${planted.user}+\n`);
  file('proc/sys/kernel/hostname', `${planted.host}\n`);
  file(
    'proc/cmdline',
    `BOOT_IMAGE=/vmlinuz root=UUID=${planted.uuid} ip=${planted.address}::::${planted.host} intel_iommu=on vfio-pci.ids=10de:1c03 quiet\n`,
  );
  file('proc/mounts', `proc /proc proc rw 0 0\n/dev/mapper/${planted.host}--vg-root / ext4 rw 0 0\n`);
  return {
    folder,
    tar: (name) => {
      execFileSync('tar', ['-C', folder, name.endsWith('gz') ? '-czf' : '-cf', path(name), 'sys', 'proc']);
      return path(name);
    },
    done: () => rmSync(folder, { recursive: true, force: true }),
  };
}
