import { defineStrategy } from '../contract/define-strategy.ts';
import { OK } from '../errno.ts';
import { countedOwner } from './counted-owner.ts';
import { surroundingsOf } from './surroundings-of-linux.ts';

/**
 * S3: each bus's hook checks before it configures firmware. A hook that contains a check gets it hoisted; one that
 * contains none gets none. Where the group appears inside firmware configuration, the check counts nobody (M05).
 */
export const v7 = defineStrategy({
  name: 'v7',
  says: 'each bus checks first, then configures firmware',
  source: '20220228005056.599595-5-baolu.lu@linux.intel.com, e.g. platform_dma_configure()',
  counts: true,
  surroundings: surroundingsOf['5.19'],
  ownership: (section) => countedOwner(section, { owned: 'none', defers: false, pasids: false }),
  at: {
    busUse: 'nothing',
    *configure(device, driver, hook, own) {
      const checks = hook.callsUse && !driver.managesDma;
      const verdict = checks ? yield* own.use(device) : OK;
      if (verdict !== OK) return verdict;
      const configured = yield* hook.run();
      if (configured !== OK && checks) yield* own.unuse(device);
      return configured;
    },
  },
});
