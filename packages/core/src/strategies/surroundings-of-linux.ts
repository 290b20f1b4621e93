import type { Surroundings } from '../contract/surroundings.ts';

/*
 * The kernel around the check, version by version; each repeats only what changed. Read in
 * drivers/base/dd.c, drivers/iommu/iommu.c and drivers/vfio of 5.10.262, 6.1.192, 6.12.117 and 7.3.4.
 */

/** Before the series: no `dma_cleanup`, VFIO looks at siblings when a device is opened. Read in 5.10.262. */
const from5_10: Surroundings = {
  driverCore: {
    bindTells: 'ENODEV',
    cleansUp: false,
    cleansUpTestRemove: false,
    configureFailsTo: 'probe_failed',
    unlinks: 'last',
    overrideSpins: false,
  },
  iommu: {
    join: 'default domain',
    sparesDirect: false,
    unwinds: false,
    reset: 'unfenced',
    walkCallsHooks: false,
    typeChange: 'never',
    sharedStream: 'crashes',
  },
  vfio: {
    scansSiblings: true,
    tracksUnbound: true,
    claimsFakeGroups: false,
    lastDevice: 'waits',
    fileKeepsGroup: true,
    warnsOfJoin: true,
    iommufd: false,
  },
};

/**
 * When the series was mailed: `bind` tells the error (45ddcb42949f, 5.14), and a group's type can be changed (08a27c1c3ecf,
 * 5.11). From commit texts, 5.16 was not read.
 */
const from5_16: Surroundings = {
  ...from5_10,
  driverCore: { ...from5_10.driverCore, bindTells: 'the error' },
  iommu: { ...from5_10.iommu, typeChange: 'of one unbound device', sharedStream: 'refused' },
};

/**
 * What the drafts of the series made of it, to v8: `dma_cleanup` (25f3bcfc54bc), no viability scan (31076af0cb00) and no
 * list of what is being unbound (93219ea94388), a claim for every group. The last VFIO driver's removal still waits for
 * the container; what ended that was posted after v8's resend.
 */
const from5_19: Surroundings = {
  driverCore: {
    bindTells: 'the error',
    cleansUp: true,
    cleansUpTestRemove: false,
    configureFailsTo: 'pinctrl_bind_failed',
    unlinks: 'first',
    overrideSpins: false,
  },
  iommu: { ...from5_16.iommu, join: 'default domain unless owned' },
  vfio: {
    scansSiblings: false,
    tracksUnbound: false,
    claimsFakeGroups: true,
    lastDevice: 'waits',
    fileKeepsGroup: true,
    warnsOfJoin: false,
    iommufd: false,
  },
};

/**
 * 6.1.192: with f429378a9bf8 (test_remove) backported, the user thrown out with the last device (3dd59a7dcb97), and no
 * claim for a group that VFIO made up (a3da1ab6fbea).
 */
const from6_1: Surroundings = {
  driverCore: { ...from5_19.driverCore, cleansUpTestRemove: true },
  iommu: from5_19.iommu,
  vfio: { ...from5_19.vfio, claimsFakeGroups: false, lastDevice: 'detaches', fileKeepsGroup: false },
};

/** Joins the group's domain (e7f85dfbbc9c), moves back on error (dcf40ed3a20d), spares 1:1 regions (a48ce36e2786). */
const from6_6: Surroundings = {
  driverCore: from6_1.driverCore,
  iommu: {
    join: 'domain of the group',
    sparesDirect: true,
    unwinds: true,
    reset: 'unfenced',
    walkCallsHooks: false,
    sharedStream: 'refused',
    typeChange: 'while uncounted',
  },
  vfio: { ...from6_1.vfio, iommufd: true },
};

/** Registration calls the buses' hooks (bcb81ac6ae3c, 6.15). */
const from6_15: Surroundings = { ...from6_6, iommu: { ...from6_6.iommu, walkCallsHooks: true } };

/** A reset is fenced (c279e83953d9, 5474e6e17a26; 7.0 is a hypothesis). */
const from7_3: Surroundings = {
  ...from6_15,
  driverCore: { ...from6_15.driverCore, overrideSpins: true },
  iommu: { ...from6_15.iommu, reset: 'refuses moves that may fail' },
};

/** By version; a strategy takes those of the kernel that it was written for. */
export const surroundingsOf = {
  '5.10': from5_10,
  '5.16': from5_16,
  '5.19': from5_19,
  '6.1': from6_1,
  '6.6': from6_6,
  '6.15': from6_15,
  '7.3': from7_3,
} as const;
