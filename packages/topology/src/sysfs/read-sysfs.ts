import { InputError } from '@busward/core';
import type { Evidence, Source } from '../found.ts';
import type { Tell } from '../statement.ts';
import { busesOfLinux } from '../text/line-reader.ts';
import { parentIn } from '../text/sysfs-paths.ts';
import { readNeeds } from './needs.ts';
import { baseOf, follow, type Tree } from './tree.ts';

const groupsAt = 'sys/kernel/iommu_groups';

/** Where the parts of a device are: its own folder, if the tree has it. */
interface Place {
  readonly name: string;
  readonly path: string | undefined;
  readonly from: Evidence;
}

/**
 * Reads a sysfs tree: groups, devices on the buses that Linux puts behind IOMMUs, their drivers and overrides, 1:1
 * regions, and what the running system needs.
 * @param buses names of buses beyond Linux's own
 * Throws an InputError if it is none.
 */
export function readSysfs(tree: Tree, buses: readonly string[], tell: Tell): Source {
  const evidence = (at: string): Evidence => ({ file: tree.file, at });
  if (tree.names('sys').length === 0)
    throw new InputError(
      `${tree.file}: no sysfs in it; expected a folder like /sys with kernel/iommu_groups or bus/pci/devices below it`,
    );
  const release =
    tree.text('proc/sys/kernel/osrelease') ?? /Linux version (\S+)/.exec(tree.text('proc/version') ?? '')?.[1];
  const commandLine = tree.text('proc/cmdline');
  const model = modelOf(tree);
  if (release) tell({ kind: 'machine', facts: { kernel: release }, from: evidence('proc/sys/kernel/osrelease') });
  if (model) tell({ kind: 'machine', facts: { model: model.is }, from: evidence(model.at) });
  if (commandLine) tell({ kind: 'machine', facts: { commandLine }, from: evidence('proc/cmdline') });

  const devices = new Map<string, Place>();
  const members = new Set<string>();
  for (const group of tree.names(groupsAt)) {
    if (!/^\d+$/.test(group)) continue;
    const at = `${groupsAt}/${group}`;
    const type = tree.text(`${at}/type`);
    const regions = tree.text(`${at}/reserved_regions`);
    if (type) tell({ kind: 'group', group, facts: { type }, from: evidence(`${at}/type`) });
    if (regions !== undefined)
      tell({
        kind: 'group',
        group,
        facts: { direct: /\sdirect$/m.test(regions) },
        from: evidence(`${at}/reserved_regions`),
      });
    for (const name of tree.names(`${at}/devices`)) {
      const from = evidence(`${at}/devices/${name}`);
      members.add(name);
      devices.set(name, { name, path: pathOf(tree, from, tell), from });
      tell({ kind: 'device', name, facts: { group }, from });
    }
  }
  for (const bus of new Set([...busesOfLinux, ...buses]))
    for (const name of tree.names(`sys/bus/${bus}/devices`)) {
      const from = evidence(`sys/bus/${bus}/devices/${name}`);
      if (!devices.has(name)) devices.set(name, { name, path: pathOf(tree, from, tell), from });
      tell({ kind: 'device', name, facts: { bus }, from });
    }
  for (const device of devices.values()) {
    if (device.path !== undefined) readDevice(tree, device, device.path, members.has(device.name), tell);
  }
  readNeeds(tree, new Map([...devices.values()].map(({ name, path }) => [path ?? name, name])), tell);
  return { file: tree.file, as: ['sysfs'] };
}

/** A device stands in the lists as a link to its folder; a copy that followed links has the folder itself there. */
function pathOf(tree: Tree, from: Evidence, tell: Tell): string | undefined {
  const at = from.at!;
  if (tree.link(at) === undefined) return tree.names(at).length > 0 ? at : undefined;
  const path = follow(tree, at);
  if (path === undefined) tell({ kind: 'unread', text: `a link that leads out of the tree: ${tree.link(at)}`, from });
  return path;
}

function readDevice(tree: Tree, { name }: Place, path: string, isMember: boolean, tell: Tell): void {
  const say = (facts: Parameters<typeof deviceStatement>[1], at: string): void =>
    tell({ ...deviceStatement(name, facts), from: { file: tree.file, at: `${path}/${at}` } });
  const there = new Set(tree.names(path));
  const whole = there.has('subsystem') && !tree.isCut;
  const bus = tree.link(`${path}/subsystem`);
  if (bus !== undefined && /\/bus\/[^/]+$/.test(bus)) say({ bus: baseOf(bus) }, 'subsystem');
  const group = tree.link(`${path}/iommu_group`);
  if (group !== undefined && /^\d+$/.test(baseOf(group))) say({ group: baseOf(group) }, 'iommu_group');
  else if (whole && !isMember && !there.has('iommu_group')) say({ group: null }, '');
  const driver = tree.link(`${path}/driver`);
  if (driver !== undefined) say({ driver: baseOf(driver) }, 'driver');
  else if (whole && !there.has('driver')) say({ driver: null }, '');
  const override = tree.text(`${path}/driver_override`);
  if (override !== undefined)
    say({ override: override === '(null)' || override === '' ? null : override }, 'driver_override');
  const kind = /^0x([0-9a-f]{6})$/.exec(tree.text(`${path}/class`) ?? '')?.[1];
  if (kind !== undefined) say({ class: kind }, 'class');
  const [vendor, id] = ['vendor', 'device'].map(
    (file) => /^0x([0-9a-f]{4})$/.exec(tree.text(`${path}/${file}`) ?? '')?.[1],
  );
  if (vendor !== undefined && id !== undefined) say({ ids: `${vendor}:${id}` }, 'device');
  // One that was given away shows nothing of this system's.
  if (tree.text(`${path}/boot_vga`) === '1' && !/vfio|pci-stub/.test(driver ?? ''))
    tell({ kind: 'needed', name, need: 'console', from: { file: tree.file, at: `${path}/boot_vga` } });
  const parent = path.startsWith('sys/devices/') ? parentIn(path) : undefined;
  if (parent !== undefined) say({ parent }, '');
  // Either end of it may be missing in a part of a tree.
  const physfn = tree.link(`${path}/physfn`);
  if (physfn !== undefined) say({ physfn: baseOf(physfn) }, 'physfn');
  for (const entry of there) {
    const virtfn = /^virtfn\d+$/.test(entry) ? tree.link(`${path}/${entry}`) : undefined;
    if (virtfn !== undefined)
      tell({ ...deviceStatement(baseOf(virtfn), { physfn: name }), from: { file: tree.file, at: `${path}/${entry}` } });
  }
}

const deviceStatement = (name: string, facts: Extract<Parameters<Tell>[0], { kind: 'device' }>['facts']) =>
  ({ kind: 'device', name, facts }) as const;

/** As the kernel puts it into its log: dmi_format_ids(), drivers/firmware/dmi_scan.c; or the board's device tree. */
function modelOf(tree: Tree): { readonly is: string; readonly at: string } | undefined {
  for (const at of ['sys/firmware/devicetree/base/model', 'proc/device-tree/model']) {
    const board = tree.text(at);
    if (board) return { is: board, at };
  }
  const at = follow(tree, 'sys/class/dmi/id') ?? 'sys/class/dmi/id';
  const [vendor, product, board, version, date] = [
    'sys_vendor',
    'product_name',
    'board_name',
    'bios_version',
    'bios_date',
  ].map((file) => tree.text(`${at}/${file}`)?.trim());
  if (product === undefined) return undefined;
  const name = [vendor, product].filter((one) => one).join(' ');
  const bios = version === undefined ? '' : `, BIOS ${version}${date === undefined ? '' : ` ${date}`}`;
  return { is: `${name}${board === undefined ? '' : `/${board}`}${bios}`, at: `${at}/product_name` };
}
