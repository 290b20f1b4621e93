import type { Device, FirmwareLookup } from '@busward/core';

/** What the management complex says of one of its objects. */
export type FslMcFacts = {
  /** `dprc`, `dpni`, ... */
  readonly type: string;
  /** The DPRC it is in; for the root container, itself. */
  readonly container: string;
  /** Isolation context: what the container's traffic is signed with. */
  readonly icid: number;
  readonly iommu: 'arm-smmu' | 'arm-smmu-v3';
  /** Without `dma-ranges` on the fsl-mc node its devices get no group. */
  readonly dmaRanges: boolean;
};

/** `fsl_mc_dma_configure`: walks up to the root container's parent; the id is the ICID. */
export const firmware = ({ facts }: Device<'fsl-mc', FslMcFacts>): FirmwareLookup => ({
  node: '/fsl-mc',
  id: facts.icid,
});
