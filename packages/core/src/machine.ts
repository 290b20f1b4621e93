import type { Refusal } from './errno.ts';

/**
 * A machine: what there is before anything happens. Static facts only; everything that changes is a cell.
 */

/** Where `really_probe` of this driver goes wrong, in kernel order (drivers/base/dd.c). */
export type ProbeStage = 'pinctrl' | 'sysfs' | 'pm_domain' | 'probe' | 'dev_groups';

interface Named {
  readonly name: string;
  readonly failsAt?: ProbeStage;
  /** What it fails with; ENODEV, if nothing is said. */
  readonly failsWith?: Refusal;
}

export interface KernelDriver extends Named {
  /** Uses the DMA API: `driver_managed_dma` is false. */
  readonly managesDma: false;
  /** Attaches a domain of its own to the whole group from probe to remove, as host1x clients and amdgpu do (M10, H6). */
  readonly ownDomain?: OwnDomain;
  /** A VFIO driver that lacks the flag, so that it counts as a kernel driver (M07). */
  readonly forUser?: true;
  /** Does no DMA of its own either, and lacks the flag all the same (M26). */
  readonly idle?: true;
}

/** A paging domain, or an identity one, as amdgpu's was while its PASIDs were set up (amd_iommu_init_device(), 6.1; M10). */
export type OwnDomain = true | 'identity';

export interface ManagedDriver extends Named {
  /** `driver_managed_dma` is true: it does no DMA of its own, or claims the group before it does. */
  readonly managesDma: true;
  /** A VFIO driver, which lets a user own the group; false: pci-stub, pcieport. */
  readonly forUser: boolean;
  /** The first Linux in which it says so; absent: since drivers can say so (5.19). */
  readonly since?: string;
}

export type Driver = KernelDriver | ManagedDriver;

/** It registers its device with VFIO, and does no DMA of its own; whether or not it says so by its flag. */
export const isVfioDriver = (driver: Driver | undefined): boolean => driver?.forUser === true;

/** What only the device's bus understands: an address, a parent, a stream id. */
export type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface Device<B extends string = string, F extends Facts = Facts> {
  readonly name: string;
  readonly bus: B;
  readonly facts: F;
  /** The group it becomes a member of; absent: it never gets one. */
  readonly group?: string;
  /**
   * x86 devices join when they are added, those of a device tree inside their first `dma_configure`; from 6.15 on
   * (bcb81ac6ae3c) all of them when added, whatever is said here.
   */
  readonly joins: 'when added' | 'at first bind';
  /** It joined before the start, at a bind that is over. */
  readonly joined?: true;
  /** Behind an SMMUv3 it has the stream id of that device, which is refused, or worse (surroundings.iommu.sharedStream). */
  readonly sameStreamAs?: string;
  /** Not there at the start. */
  readonly absent?: true;
  /** The device that a rescan finds in its place, once it was removed: it may come back in another group. */
  readonly returnsAs?: string;
  /** Firmware asks for a 1:1 region (`require_direct`): the device must never be on a blocking domain. */
  readonly direct: boolean;
  /** `attach_dev` of its IOMMU driver fails for it with EINVAL on this domain (M16). */
  readonly failsToAttach?: 'blocking';
  /** A PCI bridge: no VFIO driver takes it, and 5.10's VFIO tolerates any driver here, see `vfio_dev_driver_allowed`. */
  readonly bridge: boolean;
  readonly drivers: readonly Driver[];
}

/** A process that wants to own groups: through a VFIO container, or through iommufd, device by device. */
export interface User {
  readonly name: string;
  readonly through: 'container' | 'iommufd';
}

export interface Machine {
  readonly name: string;
  readonly devices: readonly Device[];
  readonly groups: readonly string[];
  readonly users: readonly User[];
  /** 'later': devices are there first and get their groups when the IOMMU registers (M19, M20, M21). */
  readonly iommu: 'present' | 'later';
  /** CONFIG_DEBUG_TEST_DRIVER_REMOVE: every probe is removed and done again once. */
  readonly testRemove: boolean;
  /** The type of each group's default domain (`/sys/kernel/iommu_groups/N/type`), and what 'auto' makes of it. */
  readonly types?: { readonly now: Readonly<Record<string, DomainType>>; readonly auto: DomainType };
  /**
   * Groups without iommu_ops, so that no domain can be had for them: 'fake', which VFIO makes up for an mdev or a noiommu
   * device while it has a VFIO driver (M09), or 'real', as on PPC64 until a940904443e4 (6.4; M25).
   */
  readonly withoutOps?: Readonly<Record<string, 'fake' | 'real'>>;
  /** Each device's driver_override is part of the state, and kept to by whatever looks for a driver. */
  readonly overrides?: true;
}

export type DomainType = 'DMA' | 'DMA-FQ' | 'identity';

export const kernelDriver = (name: string): KernelDriver => ({ name, managesDma: false });
export const userDriver = (name: string): ManagedDriver => ({ name, managesDma: true, forUser: true });
export const stubDriver = (name: string): ManagedDriver => ({ name, managesDma: true, forUser: false });

/**
 * Checks and freezes a machine; groups are listed in order of first mention.
 * Throws an Error that names the machine, the device and what to change.
 */
export function machine(
  name: string,
  parts: { readonly devices: readonly Device[]; readonly users?: readonly User[] } & Partial<
    Pick<Machine, 'iommu' | 'testRemove' | 'types' | 'withoutOps' | 'overrides'>
  >,
): Machine {
  if ((parts as Partial<typeof parts>).devices === undefined)
    throw new Error(`machine '${name}': it has no list of devices; write machine('${name}', { devices: [...] })`);
  const users = parts.users ?? [{ name: 'u0', through: 'container' }];
  for (const [what, names] of [
    ['devices', parts.devices.map((device) => device.name)],
    ['users', users.map((user) => user.name)],
  ] as const) {
    const twice = names.find((one, at) => names.indexOf(one) !== at);
    if (twice !== undefined)
      throw new Error(`machine '${name}': two ${what} are called '${twice}'; give each a name of its own`);
  }
  const { iommu = 'present' } = parts;
  if (!(['present', 'later'] as const).includes(iommu))
    throw new Error(`machine '${name}': iommu is '${String(iommu)}'; it can be 'present' or 'later'`);
  for (const device of parts.devices) {
    for (const driver of device.drivers)
      if (typeof driver?.name !== 'string' || typeof driver.managesDma !== 'boolean')
        throw new Error(
          `machine '${name}', device '${device.name}': driver ${JSON.stringify(driver)} is none; ` +
            `write kernelDriver('name'), userDriver('name') or stubDriver('name')`,
        );
    const drivers = device.drivers.map((driver) => driver.name);
    const twice = drivers.find((one, at) => drivers.indexOf(one) !== at);
    if (twice !== undefined)
      throw new Error(`machine '${name}', device '${device.name}': driver '${twice}' is listed twice; list it once`);
  }
  const groups = parts.devices.flatMap((device) => (device.group === undefined ? [] : [device.group]));
  const missing = Object.keys(parts.withoutOps ?? {}).find((group) => !groups.includes(group));
  if (missing !== undefined)
    throw new Error(
      `machine '${name}': '${missing}', said to be without iommu_ops, is the group of no device; name one`,
    );
  // A hook that writes into its device would change it for all that come after.
  for (const device of parts.devices) Object.freeze(Object.freeze(device).facts);
  return Object.freeze({
    name,
    devices: parts.devices,
    groups: [...new Set(groups)],
    users,
    iommu,
    testRemove: parts.testRemove ?? false,
    ...(parts.types && { types: parts.types }),
    ...(parts.withoutOps && { withoutOps: parts.withoutOps }),
    ...(parts.overrides && { overrides: parts.overrides }),
  });
}

/** The device called `name`; throws when the machine has none. */
export function deviceOf(of: Machine, name: string): Device {
  const device = of.devices.find((one) => one.name === name);
  if (!device)
    throw new Error(
      `machine '${of.name}' has no device '${name}'; it has ${of.devices.map((one) => one.name).join(', ')}`,
    );
  return device;
}

/** The driver of `device` called `name`; throws when it has none. */
export function driverOf(of: Machine, device: string, name: string): Driver {
  const { drivers } = deviceOf(of, device);
  const driver = drivers.find((one) => one.name === name);
  if (!driver)
    throw new Error(
      `machine '${of.name}', device '${device}': no driver '${name}'; it has ${drivers.map((one) => one.name).join(', ')}`,
    );
  return driver;
}

/** The user called `name`; throws when the machine has none. */
export function userOf(of: Machine, name: string): User {
  const user = of.users.find((one) => one.name === name);
  if (!user)
    throw new Error(`machine '${of.name}' has no user '${name}'; it has ${of.users.map((one) => one.name).join(', ')}`);
  return user;
}

/** Devices that can be members of `group`. */
export function membersOf({ devices }: Machine, group: string): readonly Device[] {
  const byGroup = members.get(devices) ?? new Map<string, readonly Device[]>();
  members.set(devices, byGroup);
  const known = byGroup.get(group) ?? devices.filter((device) => device.group === group);
  byGroup.set(group, known);
  return known;
}

/** Whoever looks at a group asks for them. */
const members = new WeakMap<readonly Device[], Map<string, readonly Device[]>>();
