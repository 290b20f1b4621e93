import type { Recognition } from '@busward/core';
import type { FoundDevice } from './found.ts';

/** What is below it tells, or its class, as a source has them; else what the plugin of its bus makes of its name and driver. */
export const isBridge = (device: FoundDevice, recognition: Recognition<never> | undefined): boolean =>
  device.bridge?.is ?? (device.class ? isBridgeClass(device.class.is) : (recognition?.bridge ?? false));

/** PCI-to-PCI, CardBus and semi-transparent bridges have another header; host and ISA bridges have the normal one. */
export const isBridgeClass = (code: string): boolean => /^06(04|07|09)/.test(code);
