/**
 * The kernel around a strategy: what the driver core, the IOMMU core and VFIO did in the version it was written for.
 * Data, so that a profile of a kernel version can combine them with any strategy.
 */
export interface Surroundings {
  readonly driverCore: DriverCore;
  readonly iommu: Iommu;
  readonly vfio: Vfio;
}

export interface DriverCore {
  /**
   * What a write to `bind` returns on failure: ENODEV whatever went wrong, and for a device that already has a driver
   * without waiting for its lock; or the error itself (45ddcb42949f, 5.14).
   */
  readonly bindTells: 'ENODEV' | 'the error';
  /** The bus has `dma_cleanup`, called once for each `dma_configure` that returned 0 (25f3bcfc54bc, 5.19). */
  readonly cleansUp: boolean;
  /** ... also before test_remove probes again (f429378a9bf8, 6.6; without it M11). */
  readonly cleansUpTestRemove: boolean;
  /** Where a failed probe and test_remove take the sysfs links away: with `dev->driver` (5.10), or first (6.1). */
  readonly unlinks: 'first' | 'last';
  /** A failed `dma_configure` leaves by `probe_failed` (5.10) or by `pinctrl_bind_failed` (00eb74ea2c14, 5.17). */
  readonly configureFailsTo: 'probe_failed' | 'pinctrl_bind_failed';
  /**
   * A write of driver_override does not wait for device_lock: the driver core keeps it under a spinlock (read in 7.3.4, and
   * in 6.12.117, which is later than the 6.12 that was recorded).
   */
  readonly overrideSpins: boolean;
}

export interface Iommu {
  /** The domain that a joining member is put on (iommu_group_add_device(), iommu_probe_device(); e7f85dfbbc9c). */
  readonly join: 'default domain' | 'default domain unless owned' | 'domain of the group';
  /** A blocking domain is refused for members with a firmware 1:1 region (a48ce36e2786, 6.6; without it M17). */
  readonly sparesDirect: boolean;
  /**
   * A move that fails at one member takes those before it back, and one that must not fail goes on with the others
   * (dcf40ed3a20d, 6.5). Without it those before it stay on the new domain while the group keeps its own (M16).
   */
  readonly unwinds: boolean;
  /**
   * What is refused while a member is being reset, and is on the blocking domain for that time: nothing, since a reset
   * leaves the IOMMU alone; every move, even one that must not fail (c279e83953d9, 7.0; M24); or only moves that may fail
   * (5474e6e17a26; H5).
   */
  readonly reset: 'unfenced' | 'refuses every move' | 'refuses moves that may fail';
  /**
   * The IOMMU core calls the bus's hook itself: for a device when it is added, which therefore joins its group before any
   * bind; and, without device_lock, for the devices that it finds when an IOMMU registers (bcb81ac6ae3c, 6.15).
   */
  readonly walkCallsHooks: boolean;
  /**
   * A second device with a stream id that an SMMUv3 knows: its join stops the machine (arm_smmu_write_strtab_ent(), 5.10,
   * traced), or is refused, so that it gets no group (arm_smmu_insert_master(); cdf315f907d4, 5.13).
   */
  readonly sharedStream: 'crashes' | 'refused';
  /**
   * Whether root may change a group's type: never (5.10), if its only device has no driver (08a27c1c3ecf, 5.11; read in
   * 6.1), or while the group's count is zero (49a22aae7d9c, 6.4).
   */
  readonly typeChange: 'never' | 'of one unbound device' | 'while uncounted';
}

export interface Vfio {
  /** Whether opening a device scans its siblings' drivers (until 31076af0cb00, 5.19). */
  readonly scansSiblings: boolean;
  /**
   * For that scan, a device that VFIO has let go stays VFIO's own until `dev->driver` is cleared (60720a0fc646). Without it
   * its driver is one like any other meanwhile, and no sibling can be opened (M27).
   */
  readonly tracksUnbound: boolean;
  /** Groups that VFIO made up are claimed as others are; not any more since a3da1ab6fbea (5.19-rc1; M09). */
  readonly claimsFakeGroups: boolean;
  /**
   * What the removal of the last VFIO driver does about the container that its group is still in: it waits for the user
   * (5.10, traced), leaves it as it is ("vfio: Delete container_q",
   * 0-v1-a1e8791d795b+6b-vfio_container_q_jgg@nvidia.com; M12), or throws the user out (6.1, traced; 3dd59a7dcb97).
   */
  readonly lastDevice: 'waits' | 'leaves' | 'detaches';
  /**
   * Whether VFIO's group outlives its last device while somebody has its file open (5.10, traced); else the file is
   * left over and every ioctl on it says ENODEV (3dd59a7dcb97, 6.1).
   */
  readonly fileKeepsGroup: boolean;
  /** VFIO warns of a device that joins a group which is in a container (until 3b86f317c9c7, 5.19). */
  readonly warnsOfJoin: boolean;
  /** Devices can be claimed one by one (89395ccedbc1, 6.2). */
  readonly iommufd: boolean;
}

/** Every setting of the surroundings, and what it can be. */
export const surroundingValues: {
  readonly [A in keyof Surroundings]: { readonly [K in keyof Surroundings[A]]: readonly Surroundings[A][K][] };
} = {
  driverCore: {
    bindTells: ['ENODEV', 'the error'],
    cleansUp: [true, false],
    cleansUpTestRemove: [true, false],
    unlinks: ['first', 'last'],
    configureFailsTo: ['probe_failed', 'pinctrl_bind_failed'],
    overrideSpins: [true, false],
  },
  iommu: {
    join: ['default domain', 'default domain unless owned', 'domain of the group'],
    sparesDirect: [true, false],
    unwinds: [true, false],
    reset: ['unfenced', 'refuses every move', 'refuses moves that may fail'],
    walkCallsHooks: [true, false],
    sharedStream: ['crashes', 'refused'],
    typeChange: ['never', 'of one unbound device', 'while uncounted'],
  },
  vfio: {
    scansSiblings: [true, false],
    tracksUnbound: [true, false],
    claimsFakeGroups: [true, false],
    lastDevice: ['waits', 'leaves', 'detaches'],
    fileKeepsGroup: [true, false],
    warnsOfJoin: [true, false],
    iommufd: [true, false],
  },
};
