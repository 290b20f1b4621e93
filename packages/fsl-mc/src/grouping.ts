import type { Device } from '@busward/core';
import type { FslMcFacts } from './firmware.ts';

/**
 * `fsl_mc_device_group`: a container and all its objects share a group; a container is its own (`fsl_mc_cont_dev`).
 * Only arm-smmu (v2) asks it. arm-smmu-v3 refuses a stream id that is taken (`arm_smmu_insert_master`: EINVAL in 6.1,
 * ENODEV in 7.3), and the objects have their container's: the container, which is there first, is alone in a group, and
 * they get none. Read in 6.1.192 and 7.3.4, not recorded.
 */
export function isolation({ name, facts }: Device<'fsl-mc', FslMcFacts>): readonly string[] {
  if (!facts.dmaRanges) return [];
  if (facts.type === 'dprc') return [`dprc ${name}`];
  return facts.iommu === 'arm-smmu' ? [`dprc ${facts.container}`] : [];
}
