import type { Bus } from '@busward/core';
import type { Scenario } from './scenario.ts';

/** The same scenario with the devices of bus `from` on another, as plain devices of that bus. */
export const onBus = (scenario: Scenario, from: string, to: Bus): Scenario => ({
  ...scenario,
  machine: {
    ...scenario.machine,
    devices: scenario.machine.devices.map((device) =>
      device.bus === from
        ? { ...device, bus: to.name, facts: { ...to.example(device.name), ...shared(device, from, to) } }
        : device,
    ),
  },
});

/** A bus under its own name keeps what was said of its devices. */
const shared = (device: Scenario['machine']['devices'][number], from: string, to: Bus) =>
  from === to.name ? device.facts : {};
