import { configureThenCheck, defineBus, userDriver } from '@busward/core';
import { firmware, type AmbaFacts } from './firmware.ts';
import { isolation } from './grouping.ts';
import { history } from './history.ts';

/** Drivers of the primecells that boards put behind an SMMU: CoreSight trace sinks and DMA controllers. */
const primecell = /^(coresight-tmc.*|dma-pl330|[a-z-]*pl[01]\d[\dx][a-z_-]*)$/;

/** The AMBA bus. */
export const amba = defineBus<'amba', AmbaFacts>({
  name: 'amba',
  source: 'drivers/amba/bus.c, amba_dma_configure()',
  says: 'its own firmware node, as on platform, in a copy of the code; stream ids decide the group',
  ...configureThenCheck(firmware),
  firmware,
  isolation,
  example: (name) => ({ node: `/${name}` }),
  recognise: (name, prefix) =>
    prefix === 'amba' || primecell.test(prefix) ? { facts: { node: `/${name}` }, sure: true } : undefined,
  managedDrivers: [userDriver('vfio-amba')],
  history,
});
