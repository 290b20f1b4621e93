import { EBUSY, ENODEV, OK, type Errno } from '../errno.ts';
import type { Device, Driver } from '../machine.ts';
import { perform, WAIT, type Program } from '../step.ts';
import { boundDriver } from './group.ts';
import type { Kernel } from './kernel.ts';

/** `dev->driver = drv`: from here on anybody without the lock sees the driver. */
export function* setDriver(kernel: Kernel, device: Device, driver: Driver): Program<void> {
  yield* write(kernel, device, 'dev->driver = drv', driver.name);
}

/** devres, then `dev->driver = NULL`: what devres still frees here is freed after the count was given back (H7). */
export function* unbindCleanup(kernel: Kernel, device: Device): Program<void> {
  yield* write(kernel, device, 'device_unbind_cleanup', undefined);
}

function* write(kernel: Kernel, device: Device, name: string, driver: string | undefined): Program<void> {
  const { driver: cell, unbinding } = kernel.layout.device(device.name);
  const { tracksUnbound } = kernel.strategy.surroundings.vfio;
  yield* perform({
    name,
    key: `${name}(${device.name}) ${driver}`,
    outcomes: [undefined],
    touches: [cell, ...(tracksUnbound ? [unbinding] : [])],
    run(cells) {
      cells.set(cell, driver);
      if (tracksUnbound) cells.set(unbinding, false);
    },
  });
}

/**
 * `__driver_probe_device`: waits for device_lock and keeps it unless it refuses. With `looksFirst` it does not wait for the
 * lock of a device that has a driver: the caller has looked before.
 */
export function* lockToProbe(kernel: Kernel, device: Device, looksFirst: boolean): Program<Errno> {
  const { lock, driver, presence } = kernel.layout.device(device.name);
  return yield* perform<Errno>({
    name: '__driver_probe_device',
    key: `lock to probe ${device.name}${looksFirst ? ' after a look' : ''}`,
    outcomes: [OK, EBUSY, ENODEV],
    touches: [lock, driver, presence],
    run(cells) {
      if (looksFirst && cells.get(driver) !== undefined) return EBUSY;
      if (cells.get(lock)) return WAIT;
      if (cells.get(presence) !== 'there') return ENODEV;
      if (cells.get(driver) !== undefined) return EBUSY;
      cells.set(lock, true);
      return OK;
    },
  });
}

/** `device_release_driver_internal`: waits for device_lock and keeps it if there is a driver to release. */
export function* lockToRelease(kernel: Kernel, device: Device): Program<Driver | undefined> {
  const { lock, driver } = kernel.layout.device(device.name);
  return yield* perform({
    name: 'device_release_driver_internal',
    key: `lock to release ${device.name}`,
    outcomes: [undefined, ...device.drivers],
    touches: [lock, driver],
    run(cells) {
      if (cells.get(lock)) return WAIT;
      const bound = boundDriver(kernel, cells, device);
      if (bound) cells.set(lock, true);
      return bound;
    },
  });
}

/**
 * Whether the device shows a `driver` in sysfs. The link comes in the middle of a probe (driver_sysfs_add()): while somebody is
 * at the device it counts as not there yet, which whoever would unbind the driver has to be ready for.
 */
export function* isLinked(kernel: Kernel, device: Device): Program<boolean> {
  const { lock, driver } = kernel.layout.device(device.name);
  return yield* perform<boolean>({
    name: 'look for the driver link',
    key: `driver link of ${device.name}`,
    outcomes: [true, false],
    touches: [lock, driver],
    run: (cells) => cells.get(driver) !== undefined && !cells.get(lock),
  });
}

/** Takes device_lock and gives it back. */
export function* waitForLock(kernel: Kernel, device: Device): Program<void> {
  const { lock } = kernel.layout.device(device.name);
  yield* perform({
    name: 'driver_override_store',
    key: `wait for lock ${device.name}`,
    outcomes: [undefined],
    touches: [lock],
    run: (cells) => (cells.get(lock) ? WAIT : undefined),
  });
}

export function* unlock(kernel: Kernel, device: Device): Program<void> {
  const { lock } = kernel.layout.device(device.name);
  yield* perform({
    name: 'device_unlock',
    key: `unlock ${device.name}`,
    outcomes: [undefined],
    touches: [lock],
    run: (cells) => cells.set(lock, false),
  });
}
