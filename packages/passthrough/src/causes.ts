import { isBridgeClass } from '@busward/topology';
import {
  driverOf,
  fit,
  hasNoFile,
  isInTheWay,
  ofDevice,
  ofRegions,
  openFiles,
  verdictIs,
  type Fit,
  type View,
} from './fit.ts';
import { ofVtd } from './region.ts';
import type { Action, SituationName } from './situations.ts';

/** What somebody tried; beside the model's actions, those that it knows nothing of. */
export type Attempt = Action | 'open a file' | 'SET_IOMMU' | 'new_id' | 'MAP_DMA';

/** Where it is said at a step, and by which kernels: from `since` on, before `until`; all, if nothing is said. */
interface CauseSource {
  readonly does: Attempt;
  readonly errno: string;
  readonly where: string;
  readonly since?: string;
  readonly until?: string;
}

/** Why somebody was told something. The errno is the model's where it has the situation, else the source's. */
export interface Cause {
  readonly says: string;
  readonly todo: string;
  readonly model?: readonly SituationName[];
  readonly sources?: readonly CauseSource[];
  readonly fits?: (view: View) => Fit;
}

const attachDevice = 'drivers/iommu/intel/iommu.c, intel_iommu_attach_device()';
const deviceList = 'security/device_cgroup.c, devcgroup_check_permission()';
const planFor = 'busward plan MACHINE DEVICE prints what to write, and the way back';
export const causes = {
  driverInTheWay: {
    says: 'a driver that does not manage DMA itself is bound to a device of the group, often to a sibling of the one that is wanted',
    todo: planFor,
    model: ['busyClaim', 'busyOpen', 'busyIommufd'],
    fits: isInTheWay,
  },
  // a48ce36e2786 (6.6).
  region: {
    says: 'firmware asks for a 1:1 region for a device of the group: from 6.6 on, or on VT-d, no user can have it',
    todo: "no order of unbinding helps. The region is named in the DMAR table (RMRR), IVRS (IVMD) or the device tree; only the firmware's vendor, or another slot, can change that",
    model: ['regionClaim', 'regionIommufd'],
    fits: ofRegions(() => true),
  },
  rmrr: {
    says: 'firmware asks for a 1:1 region (RMRR) for a device of the group, and until 6.5 VT-d attaches that to no domain of a user',
    todo: "no order of unbinding helps, and 6.6 refuses it, too. The DMAR table names the region; only the firmware's vendor, or another slot, can change that",
    sources: [
      { does: 'SET_IOMMU', errno: 'EPERM', where: `${attachDevice}, until d3aedf94f480`, until: '6.6' },
      {
        does: 'SET_CONTAINER',
        errno: 'EPERM',
        where: `${attachDevice}, of a blocking domain, until 35a99c54dd60`,
        since: '5.19',
        until: '6.2',
      },
    ],
    fits: ofRegions(ofVtd),
  },
  noVfioDriver: {
    says: 'no device of the group has a VFIO driver, so that the group has no file',
    todo: planFor,
    model: ['noVfio'],
    fits: hasNoFile,
  },
  openedByOther: {
    says: 'another process has the group open: one at a time',
    todo: 'fuser -v /dev/vfio/N tells who; stop that guest or tool',
    model: ['openedTwice'],
    fits: openFiles,
  },
  iommufdHasIt: {
    says: "a device of the group is bound to an iommufd, past the group's file",
    todo: 'fuser -v /dev/vfio/devices/* tells who; use one way or the other for all of the group',
    model: ['iommufdHasIt', 'otherIommufd'],
    fits: openFiles,
  },
  staleNode: {
    says: "the file is left over from before: its number is another device's by now (a container that got /dev/vfio/N once)",
    todo: 'compare ls -l /dev/vfio/N with /sys/class/vfio/N/dev; start the container again, after the bind',
    sources: [{ does: 'open the group', errno: 'EBUSY', where: 'FDio/vpp#3448' }],
    fits: openFiles,
  },
  claimedAlready: {
    says: 'the group is in a container already',
    todo: 'set it once; a second device of the group uses the same container',
    model: ['claimedTwice'],
    fits: openFiles,
  },
  groupGone: {
    says: 'the last device of the group lost its VFIO driver since the group was opened',
    todo: 'close the group and open it again, after the bind',
    model: ['goneClaim'],
    fits: openFiles,
  },
  reset: {
    says: 'a device of the group is being reset at the moment',
    todo: 'try again',
    model: ['resetClaim'],
    fits: () => fit(undefined, 'no listing tells of a reset'),
  },
  noContainer: {
    says: 'the group is in no container, or the container has no IOMMU set',
    todo: 'VFIO_GROUP_SET_CONTAINER and VFIO_SET_IOMMU come first',
    model: ['noContainer'],
    fits: openFiles,
  },
  otherDevice: {
    says: 'the device itself has no VFIO driver, though another one of its group has',
    todo: planFor,
    model: ['otherDevice'],
    fits: ofDevice((device) => fit(device.driver && !/vfio/.test(device.driver.is ?? ''), driverOf(device))),
  },
  hasDriver: {
    says: 'the device has a driver already; binding does not take it away',
    todo: 'unbind it first, and set driver_override before that, or the next probe takes it back',
    model: ['boundAlready', 'stillBound'],
    fits: ofDevice((device) => fit(device.driver && device.driver.is !== null, driverOf(device))),
  },
  overriddenByOther: {
    says: 'its driver_override names another driver, and until it is cleared no other one matches',
    todo: 'echo > DEVICE/driver_override clears it: one newline, since a write of no bytes does nothing',
    model: ['overridden', 'vfioOverridden'],
    fits: ofDevice(({ name, override }) =>
      fit(override && override.is !== null, override ? `${name}: ${override.is ?? 'none'}` : 'nothing tells it'),
    ),
  },
  noMatch: {
    says: 'the driver does not know the device: vfio-pci knows none of its own',
    todo: 'write driver_override before bind; new_id would take every device with that id, and remain',
    sources: [{ does: 'bind a VFIO driver', errno: 'ENODEV', where: 'drivers/base/bus.c, bind_store()' }],
    fits: ofDevice(({ name, override }) =>
      fit(
        override && override.is === null,
        override ? `${name}: ${override.is ?? 'no driver_override'}` : 'nothing tells it',
      ),
    ),
  },
  noGroup: {
    says: 'the device has no IOMMU group: no IOMMU is in use for it',
    todo: "turn the IOMMU on (VT-d or AMD-Vi in the firmware's setup; intel_iommu=on; on Arm the device tree or IORT has to name an IOMMU for it); in a guest, give it a virtual IOMMU",
    model: ['noGroup'],
    fits: ofDevice((device, { inspection }) => {
      const alone = inspection.alone.find((one) => one.device.name === device.name);
      if (!alone) return fit(false, `${device.name} is in group ${device.group?.is}`);
      return fit(alone.known || undefined, alone.why);
    }),
  },
  isBridge: {
    says: "the device is a PCI bridge, and vfio-pci takes none; on pcieport it is in nobody's way",
    todo: 'leave it on pcieport, and hand over the devices behind it',
    sources: [
      {
        does: 'bind a VFIO driver',
        errno: 'EINVAL',
        where: 'drivers/vfio/pci/vfio_pci_core.c, vfio_pci_core_register_device(); recorded',
      },
    ],
    fits: ofDevice((device) =>
      fit(
        device.class ? isBridgeClass(device.class.is) : device.driver?.is === 'pcieport' || undefined,
        device.class ? `its class is ${device.class.is}` : 'nothing tells its class',
      ),
    ),
  },
  ownedByUser: {
    says: 'a user owns the group: no kernel driver can come to a device of it before he lets go',
    todo: 'stop the guest that has the group; nobody tries the bind again by himself then',
    model: ['ownedBind', 'ownedType'],
    fits: openFiles,
  },
  tooEarly: {
    says: 'the IOMMU of its group has not finished registering',
    todo: 'try again when the boot is over',
    model: ['tooEarly'],
    fits: () => fit(undefined, 'no listing tells how far a registration is'),
  },
  kernelBound: {
    says: 'a kernel driver is bound in the group, and its DMA goes through the domain that would be changed',
    todo: 'unbind the drivers of the group first, or give iommu.passthrough= on the command line',
    model: ['busyType'],
    fits: verdictIs('blocked'),
  },
  vfioBound: {
    says: 'a VFIO driver is bound in the group, though nobody has opened it (before 6.4)',
    todo: 'unbind it, set the type, and bind it again',
    model: ['vfioType'],
    fits: verdictIs('ready'),
  },
  deviceOpen: {
    says: 'a device of the group is still open',
    todo: 'close its file first',
    model: ['openRelease'],
    fits: openFiles,
  },
  idKnown: {
    says: 'the driver has that id already: an earlier new_id remains until remove_id',
    todo: 'write driver_override for the one device that is meant, and leave new_id alone',
    sources: [{ does: 'new_id', errno: 'EEXIST', where: 'drivers/pci/pci-driver.c, new_id_store()' }],
  },
  idTaken: {
    says: 'new_id binds at once every device with that id that has no driver; one that has a driver is left as it is',
    todo: 'write driver_override for the one device that is meant, then bind',
    sources: [{ does: 'new_id', errno: 'EBUSY', where: 'OFS/opae-sdk#2485' }],
  },
  noRight: {
    says: 'the file belongs to somebody else (to root, unless a rule or a tool gives it away), or SELinux or AppArmor keeps the process from it',
    todo: 'ls -l /dev/vfio/N; a udev rule (SUBSYSTEM=="vfio", GROUP=...) gives it to a group; libvirt does so itself',
    sources: [
      { does: 'open a file', errno: 'EACCES', where: 'open(2)' },
      { does: 'open the group', errno: 'EACCES', where: 'open(2)' },
    ],
    fits: () => fit(undefined, 'no listing tells the rights of files'),
  },
  notInDeviceList: {
    says: "the list of devices of the process's container or service (the devices cgroup) does not have the file",
    todo: "add it: --device of the container tool, DeviceAllow= of the service, cgroup_device_acl in libvirt's qemu.conf",
    sources: [
      { does: 'open a file', errno: 'EPERM', where: deviceList },
      { does: 'open the group', errno: 'EPERM', where: deviceList },
    ],
    fits: () => fit(undefined, 'no listing tells the rights of processes'),
  },
  notAGroup: {
    says: "the file is no VFIO group: the container /dev/vfio/vfio, a device's own file, or something else at that number",
    todo: "open /dev/vfio/N, N being the group's number in sysfs",
    sources: [{ does: 'SET_CONTAINER', errno: 'ENOTTY', where: 'drivers/vfio/group.c, vfio_group_fops_unl_ioctl()' }],
  },
  noRemapping: {
    says: 'the platform does not remap interrupts, so that a user could raise any of them',
    todo: "turn interrupt remapping on (x2APIC in the firmware's setup); vfio_iommu_type1.allow_unsafe_interrupts=1 does without, for trusted guests only",
    sources: [
      {
        does: 'SET_IOMMU',
        errno: 'EPERM',
        where: 'drivers/vfio/vfio_iommu_type1.c, vfio_iommu_type1_attach_group()',
      },
    ],
  },
  fakeGroup: {
    says: 'the group is one that VFIO made up (mdev, noiommu): no IOMMU is behind it, and its type is another one',
    todo: "for an mdev, look at its parent's driver, and at the IOMMU type that the tool sets",
    sources: [{ does: 'SET_IOMMU', errno: 'EIO', where: 'intel/gvt-linux#171' }],
  },
  memlock: {
    says: "the guest's memory has to be locked, and the limit of the process is lower",
    todo: 'raise RLIMIT_MEMLOCK (ulimit -l, LimitMEMLOCK=, <memtune>)',
    sources: [{ does: 'MAP_DMA', errno: 'ENOMEM', where: 'drivers/vfio/vfio_iommu_type1.c, vfio_lock_acct()' }],
  },
} as const satisfies Readonly<Record<string, Cause>>;

export type CauseName = keyof typeof causes;
