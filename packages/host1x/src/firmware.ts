import type { Device, FirmwareLookup } from '@busward/core';

/** What the host1x driver knows of a logical device. */
export type Host1xFacts = {
  /** Its own node; usually '', since it is a compound of clients that have theirs. */
  readonly node: string;
  /** The channel its clients submit their work through. */
  readonly channel: string;
};

/** `host1x_dma_configure`, while there was one: the device's own node. */
export const firmware = ({ facts }: Device<'host1x', Host1xFacts>): FirmwareLookup | undefined =>
  facts.node === '' ? undefined : { node: facts.node };
