import { OK, type Errno } from '../errno.ts';
import type { Device, Driver } from '../machine.ts';
import { perform, WAIT, type Program } from '../step.ts';
import type { Kernel } from './kernel.ts';

/*
 * `driver_override`, where a machine has it as state: no driver but the named one matches the device. Matching reads it
 * without device_lock, so that a driver that has matched before is not held back by it (drivers/base/dd.c,
 * __driver_attach()).
 */

/**
 * `echo DRIVER > DEVICE/driver_override`, and `echo > DEVICE/driver_override`, which clears it: one newline, since a write
 * of no bytes is none. Nothing is bound or unbound by it. Waits for device_lock (driver_set_override(), traced), unless the
 * driver core keeps it under a spinlock of its own.
 */
export function* setOverride(kernel: Kernel, device: Device, driver: Driver | undefined): Program<Errno> {
  const { override, lock } = kernel.layout.device(device.name);
  const { overrideSpins } = kernel.strategy.surroundings.driverCore;
  if (!override)
    throw new Error(`machine '${kernel.machine.name}' has no driver_override; make it with overrides: true`);
  return yield* perform<Errno>({
    name: 'driver_override_store',
    key: `override ${device.name} ${driver?.name}`,
    outcomes: [OK],
    touches: [override, lock],
    run(cells) {
      if (!overrideSpins && cells.get(lock)) return WAIT;
      cells.set(override, driver?.name);
      return OK;
    },
  });
}

/** `driver_match_device`: of the drivers that know the device, one that its driver_override does not shut out. */
export function* matches(kernel: Kernel, device: Device, driver: Driver): Program<boolean> {
  const { override } = kernel.layout.device(device.name);
  if (!override) return true;
  return yield* perform({
    name: 'driver_match_device',
    key: `match ${device.name} ${driver.name}`,
    outcomes: [true, false],
    touches: [override],
    run: (cells) => [undefined, driver.name].includes(cells.get(override)),
  });
}

/** The driver that is tried when one is looked for: the one that driver_override names, else the one that the bus finds. */
export function* driverFor(kernel: Kernel, device: Device, found: Driver): Program<Driver> {
  const { override } = kernel.layout.device(device.name);
  if (!override) return found;
  return yield* perform({
    name: 'driver_match_device',
    key: `driver for ${device.name} ${found.name}`,
    outcomes: device.drivers,
    touches: [override],
    run: (cells) => device.drivers.find(({ name }) => name === cells.get(override)) ?? found,
  });
}
