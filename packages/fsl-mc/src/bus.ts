import { configureThenCheck, defineBus, userDriver } from '@busward/core';
import { firmware, type FslMcFacts } from './firmware.ts';
import { isolation } from './grouping.ts';
import { history } from './history.ts';
import { refine } from './refinement.ts';

const object = /^(dp[a-z]+)\.\d+$/;

/** The bus of the Freescale Management Complex: containers (DPRC) of network and accelerator objects. */
export const fslMc = defineBus<'fsl-mc', FslMcFacts>({
  name: 'fsl-mc',
  source: 'drivers/bus/fsl-mc/fsl-mc-bus.c, fsl_mc_dma_configure()',
  says: "the root container's parent describes it, by ICID; on SMMUv2 a container and its objects share a group",
  ...configureThenCheck(firmware),
  firmware,
  isolation,
  refine,
  role: ({ facts }) => (facts.type === 'dprc' ? 'container' : 'object'),
  example: factsOf,
  // Without dma-ranges; and a container with its objects, behind an IOMMU that gives the objects no group, and one that does.
  special: (names) => [
    names.map((name) => ({ ...factsOf(name), dmaRanges: false })),
    ...(['arm-smmu', 'arm-smmu-v3'] as const).map((iommu) =>
      names.map((name, at) => ({ ...factsOf(name), iommu, type: at === 0 ? 'dprc' : 'dpni', container: names[0]! })),
    ),
  ],
  recognise: (name) => (object.test(name) ? { facts: factsOf(name), sure: true } : undefined),
  managedDrivers: [userDriver('vfio-fsl-mc')],
  history,
});

/** A log does not tell an object's container: it is taken to be in the root container. */
function factsOf(name: string): FslMcFacts {
  const type = object.exec(name)?.[1] ?? 'dpni';
  return { type, container: type === 'dprc' ? name : 'dprc.1', icid: 0, iommu: 'arm-smmu', dmaRanges: true };
}
