import type { CauseName, Attempt } from './causes.ts';

/** Something that people paste: what it means, and at which step it is said. */
export interface Message {
  readonly pattern: RegExp;
  readonly means: string;
  /** What was being done, where the message tells an errno of it. */
  readonly does?: Attempt;
  /** The errno that goes without saying. */
  readonly errno?: string;
  /** Which attempts it can be of, where it does not tell one. */
  readonly among?: readonly Attempt[];
  /** Causes that it can have, whatever the errno. */
  readonly causes?: readonly CauseName[];
  /** It says the cause itself, so that no machine has to. */
  readonly proves?: true;
  /** What to do, where there is no cause to choose. */
  readonly todo?: string;
  /** Kernel file and function, commit, or thread. */
  readonly source: string;
}

/** In order: the first that matches a line explains it. */
export const messages: readonly Message[] = [
  {
    pattern: /group \S+ is not viable|ensure all devices within the iommu_group are bound/i,
    means:
      'QEMU asked VFIO_GROUP_GET_STATUS, and the kernel says that it cannot hand out the group: a kernel driver is bound in it. "All devices bound to their vfio bus driver" is more than is needed: no driver, pci-stub and pcieport do no harm',
    causes: ['driverInTheWay'],
    source:
      'qemu/qemu hw/vfio/container-legacy.c, vfio_group_get(); drivers/vfio/group.c, vfio_group_ioctl_get_status()',
  },
  {
    pattern: /Wrong driver devices/i,
    means:
      "a tool refuses the group by a rule of its own. Whether the kernel would is another matter: a bridge on pcieport is in nobody's way; one on another driver is since 5.19",
    causes: ['driverInTheWay', 'isBridge'],
    source:
      'VoltCyclone/PCILeechFWGenerator#77; drivers/vfio/vfio.c, vfio_dev_driver_allowed(), 5.10; c7d469849747 (5.19)',
  },
  {
    pattern:
      /VFIO_GROUP_SET_CONTAINER|failed to set (?:group )?container|cannot add VFIO group to container|SET_CONTAINER/i,
    means: 'the user wanted to become the owner of the group (iommu_group_claim_dma_owner())',
    does: 'SET_CONTAINER',
    source:
      'qemu/qemu hw/vfio/container-legacy.c, vfio_set_iommu(); drivers/vfio/container.c, vfio_container_attach_group()',
  },
  {
    pattern: /No interrupt remapping (?:support|for)/i,
    means: "VFIO_SET_IOMMU was refused, and not for the group's sake",
    causes: ['noRemapping'],
    source: 'vfio_iommu_type1_attach_group()',
  },
  {
    pattern: /VFIO_SET_IOMMU|failed to set iommu/i,
    means: 'the user owns the group, and its domain could not be attached',
    does: 'SET_IOMMU',
    source: 'qemu/qemu hw/vfio/container-legacy.c, vfio_set_iommu(); drivers/vfio/container.c, vfio_ioctl_set_iommu()',
  },
  {
    pattern: /VFIO_GROUP_GET_DEVICE_FD|error getting device .*from group|Verify all devices in group/i,
    means: "the group is the user's, and one of its devices could not be opened",
    does: 'GET_DEVICE_FD',
    source:
      'qemu/qemu hw/vfio/container-legacy.c, vfio_device_get(); drivers/vfio/group.c, vfio_device_get_from_name()',
  },
  {
    pattern: /BIND_IOMMUFD|bind device .*iommufd|error bind device/i,
    means: 'the user wanted to become the owner through one device (iommu_device_claim_dma_owner())',
    does: 'BIND_IOMMUFD',
    source:
      'qemu/qemu hw/vfio/iommufd.c, iommufd_cdev_connect_and_bind(); drivers/iommu/iommufd/device.c, iommufd_device_bind()',
  },
  {
    pattern: /VFIO_MAP_DMA|vfio_dma_map|RLIMIT_MEMLOCK/i,
    means: "the group is the user's; the guest's memory could not be mapped",
    does: 'MAP_DMA',
    errno: 'ENOMEM',
    source: 'drivers/vfio/vfio_iommu_type1.c',
  },
  {
    pattern: /VFIO_GROUP_UNSET_CONTAINER|UNSET_CONTAINER/i,
    means: 'the group could not leave its container',
    does: 'UNSET_CONTAINER',
    source: 'drivers/vfio/container.c, vfio_group_detach_container()',
  },
  {
    pattern: /\/dev\/vfio\/(?:noiommu-)?\d+/i,
    means: 'the file of the group could not be opened',
    does: 'open the group',
    source: 'drivers/vfio/group.c, vfio_group_fops_open()',
  },
  {
    pattern: /\/dev\/vfio\/(?:vfio|devices)/i,
    means: 'a file of VFIO could not be opened',
    does: 'open a file',
    source: 'open(2)',
  },
  {
    pattern: /1:1 (?:IOMMU )?mapping|RESV_DIRECT/i,
    means:
      'the firmware wants the device to reach some memory at the same addresses for ever, and since 6.6 the kernel refuses to block that (a48ce36e2786)',
    causes: ['region'],
    proves: true,
    source: 'drivers/iommu/iommu.c, __iommu_device_set_domain()',
  },
  {
    pattern: /ineligible for IOMMU domain attach/i,
    means: "Intel's driver refuses the device because of an RMRR that is not relaxable",
    causes: ['rmrr'],
    proves: true,
    source: 'drivers/iommu/intel/iommu.c, device_is_rmrr_locked()',
  },
  {
    pattern: /VfioNoIommuGroup|no iommu_group|ReadLink\(NotFound\)|no IOMMU group|iommu_group.*No such file/i,
    means: 'the device has no iommu_group in sysfs',
    causes: ['noGroup'],
    source:
      'qemu/qemu hw/vfio/container-legacy.c, vfio_device_get_groupid(); cloud-hypervisor#856; raspberrypi/linux#6834',
  },
  {
    pattern: /host doesn't support passthrough|IOMMU (?:is )?not (?:enabled|present)|No IOMMU detected/i,
    means: 'the tool found no IOMMU group at all',
    causes: ['noGroup'],
    source:
      'libvirt/libvirt src/qemu/qemu_hostdev.c, qemuHostdevPreparePCIDevicesCheckSupport(); openshift/sriov-network-operator#191',
  },
  {
    pattern: /is in use by driver QEMU/i,
    means: 'libvirt knows of another guest that has the device',
    causes: ['openedByOther'],
    source: 'libvirt/libvirt src/hypervisor/virhostdev.c, virHostdevIsPCINodeDeviceUsed()',
  },
  {
    pattern: /new_id/i,
    means: 'an id was to be added to what a driver knows',
    does: 'new_id',
    source: 'drivers/pci/pci-driver.c, new_id_store()',
  },
  {
    pattern:
      /(?:printf ''|echo -n ''|truncate|: *>|0-byte|zero-byte|empty write).*driver_override|driver_override.*(?:0-byte|zero-byte|still set|not cleared)/i,
    means: 'a write of no bytes never reaches the kernel, so that the override is still there',
    causes: ['overriddenByOther'],
    source: 'ROCm/k8s-gpu-dra-driver#50; drivers/base, driver_set_override()',
  },
  {
    pattern: /kernel BUG.*(?:vfio_iommu_group_notifier|vfio\.c)|vfio_iommu_group_notifier/i,
    means:
      "until 5.18 a kernel driver that came to a group in a user's hands stopped the machine, after it had run (M01)",
    todo: 'use 5.19 or later, where its bind is refused (EBUSY); before, set driver_override for every device of the group',
    source: 'drivers/vfio/vfio.c, removed by 3b86f317c9c7',
  },
  {
    pattern: /added to live group/i,
    means: 'a device joined a group that a user owns, and is on the default domain instead of his (M15)',
    todo: "unbind its driver; since 6.5 it joins on the group's domain",
    source: 'drivers/vfio/vfio.c, 5.10; e7f85dfbbc9c',
  },
  {
    pattern: /late IOMMU probe at driver bind/i,
    means:
      'the IOMMU came to the device when its driver was bound already: it is grouped under a driver that nobody counted (M21, H1)',
    todo: 'unbind and bind the driver before anybody owns the group',
    source: 'drivers/iommu/iommu.c, __iommu_probe_device(), 6.15',
  },
  {
    pattern: /iommu_device_unuse_default_domain/i,
    means: 'a bind was given back that was never counted: with another owner that would have been his (M05, M22)',
    todo: 'report it with the bus and the driver; busward compare shows what a lost count leads to',
    source: 'drivers/iommu/iommu.c',
  },
  {
    pattern: /iommu_(?:group|device)_release_dma_owner/i,
    means: 'an owner gave back a group that had none any more',
    todo: 'report it with what was unbound meanwhile',
    source: 'drivers/iommu/iommu.c',
  },
  {
    pattern: /private (?:identity|dma) domain|mixed domains/i,
    means: 'two devices of one group were to have default domains of different types (HP iLO, 2020)',
    todo: 'iommu=pt or intel_iommu=off for that machine; since 327d5b2fee91 (5.8, inferred from mail dates) VT-d gives no device a default domain of its own',
    source: 'linux-iommu, 6 Feb 2020; 327d5b2fee91 "iommu/vt-d: Allow 32bit devices to uses DMA domain"',
  },
  {
    pattern: /vfio-noiommu|enable_unsafe_noiommu_mode/i,
    means: 'the device was handed out without an IOMMU: nothing is isolated, and nobody is excluded from its group',
    todo: "use it in a guest's guest only; otherwise turn the IOMMU on",
    source: 'drivers/vfio/group.c, vfio_noiommu_group_alloc()',
  },
  {
    pattern: /can't reserve \[mem|BAR \d+: can't reserve/i,
    means:
      'somebody else has the memory of the device: mostly the console (efifb, simpledrm), which has no driver link in sysfs',
    todo: 'it is the card of the console: use another one for it, or video=efifb:off and no console',
    source: 'vfio_pci_core_enable(); /proc/iomem tells who',
  },
  {
    pattern:
      /Relaying device request to user|vfio_(?:unregister_group_dev|del_group_dev)|nodedev-reattach|blocked for more than \d+ seconds/i,
    means: 'an unbind of a VFIO driver waits until the last file of the device is closed',
    todo: 'stop the guest or tool that has it open; the unbind goes on by itself then',
    source: 'drivers/vfio/vfio_main.c, vfio_unregister_group_dev()',
  },
  {
    pattern: /DMAR: .*fault|\[DMA (?:Read|Write)|IO_PAGE_FAULT|arm-smmu.*fault/i,
    means:
      "the IOMMU stopped a DMA. On a claimed group that nobody has attached yet that is the point of it; in 5.19 to 6.5 it also hits firmware's own regions (M17)",
    todo: "look whose address it is; if the firmware's, use 6.6 or later, which refuses such a claim instead",
    source: '0286300e6045; a48ce36e2786',
  },
  {
    pattern: /iommu_groups\/\S+\/type|default domain type|\btype: write error/i,
    means: "the type of the group's default domain could not be changed",
    does: 'set the type',
    source: 'drivers/iommu/iommu.c, iommu_group_store_type()',
  },
  {
    pattern: /vfio(?:-pci|_pci)?: probe of .*failed|bind.*vfio|vfio\S*\/bind|vfio-pci.*(?:bind|probe)|driver vfio/i,
    means: 'the VFIO driver did not take the device',
    does: 'bind a VFIO driver',
    source: 'drivers/base/bus.c, bind_store(); drivers/vfio/vfio_main.c',
  },
  {
    pattern: /\/bind\b|\bbind\b|probe of .*failed|probe with driver .* failed|drivers_probe/i,
    means: 'a driver did not take the device',
    does: 'bind a kernel driver',
    source: 'drivers/base/bus.c, bind_store()',
  },
  {
    pattern: /\bwrite error\b|(?:^|[\s:;])(?:echo|printf|tee):/i,
    means:
      'a write to a file of sysfs was refused, and nothing tells which file it was: these are those of a hand-over that can say it',
    among: ['bind a kernel driver', 'bind a VFIO driver', 'new_id', 'set the type'],
    source:
      'drivers/base/bus.c, bind_store(); drivers/pci/pci-driver.c, new_id_store(); drivers/iommu/iommu.c, iommu_group_store_type()',
  },
];
