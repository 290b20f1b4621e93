import { ownStreams } from '@busward/core';

/** Devices with a stream id in common share a group, whatever bus the other one is on. */
export const isolation = ownStreams;
