import { defineStrategy } from '../contract/define-strategy.ts';
import { EBUSY, OK } from '../errno.ts';
import { surroundingsOf } from './surroundings-of-linux.ts';
import { typedOwner } from './typed-owner.ts';

/** S2: a wrapper in the driver core around the bus's hook, as it was meant. */
export const v4 = defineStrategy({
  name: 'v4',
  says: 'a wrapper in the driver core runs the bus hook, then claims',
  source: '20211217063708.1740334-3-baolu.lu@linux.intel.com, device_dma_configure(); its lost error put right',
  counts: true,
  surroundings: surroundingsOf['5.19'],
  ownership: (section) => typedOwner(section, { otherUser: EBUSY, foreignDomain: 'warned about' }),
  at: {
    busUse: 'nothing',
    busUnuse: 'nothing',
    *configure(device, driver, hook, own) {
      const configured = yield* hook.run();
      // device_dma_configure() returns 0 for a bus without a hook, before it comes to the claim.
      if (configured !== OK || driver.managesDma || hook.missing) return configured;
      return yield* own.use(device);
    },
    *unconfigure(device, driver, hook, own) {
      if (!driver.managesDma && !hook.missing) yield* own.unuse(device);
    },
  },
});

/** S2 as it was mailed: `if (device_dma_configure(dev, drv)) goto ...` drops the error, and `bind` reports success (M04). */
export const v4LostError = defineStrategy({
  ...v4,
  name: 'v4-lost-error',
  says: `${v4.says}; a refusal leaves by the failure exit and is reported as success`,
  source: '20211217063708.1740334-3-baolu.lu@linux.intel.com, really_probe()',
  at: { ...v4.at, losesConfigureError: true },
});
