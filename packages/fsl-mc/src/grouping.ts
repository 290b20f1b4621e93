import type { Device } from '@busward/core';
import type { FslMcFacts } from './firmware.ts';

/**
 * `fsl_mc_device_group`: a container and all its objects share a group. Only arm-smmu (v2) asks it; arm-smmu-v3 gives
 * each device a group of its own.
 */
export function isolation({ name, facts }: Device<'fsl-mc', FslMcFacts>): readonly string[] {
  if (!facts.dmaRanges) return [];
  return facts.iommu === 'arm-smmu' ? [`dprc ${facts.container}`] : [`fsl-mc ${name}`];
}
