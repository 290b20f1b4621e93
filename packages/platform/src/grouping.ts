import { ownStreams, type Device } from '@busward/core';
import type { PlatformFacts } from './firmware.ts';

/**
 * Devices with a stream id in common share a group; some IOMMUs have one group for everything behind them
 * (`generic_single_device_group`; docs/buses/platform.md has the drivers).
 */
export function isolation(device: Device<'platform', PlatformFacts>): readonly string[] {
  const { singleGroup } = device.facts;
  return singleGroup === undefined ? ownStreams(device) : [`iommu ${singleGroup}`];
}
