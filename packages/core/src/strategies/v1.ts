import { defineStrategy } from '../contract/define-strategy.ts';
import { EPERM, OK } from '../errno.ts';
import { surroundingsOf } from './surroundings-of-linux.ts';
import { typedOwner } from './typed-owner.ts';

/** S1: once, in the driver core, before the driver is set; given back after everything else of the driver is gone. */
export const v1 = defineStrategy({
  name: 'v1',
  says: 'the driver core claims before dev->driver is set, and releases after the driver is gone',
  source: '20211115020552.2378167-3-baolu.lu@linux.intel.com (dd.c), -2, -6 and -7 (iommu.c)',
  counts: true,
  surroundings: { ...surroundingsOf['5.19'], driverCore: surroundingsOf['5.16'].driverCore },
  ownership: (section) => typedOwner(section, { otherUser: EPERM, foreignDomain: 'refused' }),
  at: {
    busUse: 'nothing',
    busUnuse: 'nothing',
    *beforeDriverSet(device, driver, own) {
      return driver.managesDma ? OK : yield* own.use(device);
    },
    *afterUnbind(device, driver, _configured, own) {
      if (!driver.managesDma) yield* own.unuse(device);
    },
  },
});
