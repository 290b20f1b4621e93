import { EAGAIN, EBUSY, EINVAL, ENODEV, EPROBE_DEFER, OK, type Errno } from '../errno.ts';
import { isVfioDriver, type Device, type Driver } from '../machine.ts';
import { call, note, perform, type Program } from '../step.ts';
import { isLinked, lockToProbe, waitForLock, lockToRelease, setDriver, unbindCleanup, unlock } from './device-lock.ts';
import { driverFor, matches, setOverride } from './driver-override.ts';
import type { Kernel } from './kernel.ts';
import { deviceOwnership } from './ownership.ts';
import { afterUnbind, beforeDriverSet, cleanUp, configure } from './placement.ts';
import { registerWithVfio, unregisterFromVfio } from './vfio/registration.ts';
import { notifyBound } from './vfio/viability.ts';

/**
 * `echo DEVICE > drivers/DRIVER/bind` (drivers/base/dd.c, device_driver_attach()). -EPROBE_DEFER reaches the writer as -EAGAIN.
 * Errors: EBUSY (it has a driver, or ownership refused), EAGAIN, ENODEV (gone, its driver_override names another driver,
 * or its probe failed).
 */
export function* bind(kernel: Kernel, device: Device, driver: Driver): Program<Errno> {
  const { bindTells } = kernel.strategy.surroundings.driverCore;
  if (!(yield* matches(kernel, device, driver))) return ENODEV;
  const locked = yield* lockToProbe(kernel, device, bindTells === 'ENODEV');
  const result = locked === OK ? yield* probeAndUnlock(kernel, device, driver) : locked;
  if (result === OK) return OK;
  if (bindTells === 'ENODEV') return ENODEV;
  return result === EPROBE_DEFER ? EAGAIN : result;
}

/** `echo DRIVER > DEVICE/driver_override`, which waits for device_lock (driver_override_store(), traced), then {@link bind}. */
export function* overrideAndBind(kernel: Kernel, device: Device, driver: Driver): Program<Errno> {
  yield* waitForLock(kernel, device);
  return yield* bind(kernel, device, driver);
}

/** How often {@link takeOver} tries: once more than there are others that a plan is tried against. Each can cost a round. */
const rounds = 4;

/**
 * `for n in 1 2 3 4; do echo DRIVER > driver_override; [ ! -e driver ] || echo DEVICE > driver/unbind; echo DEVICE >
 * DRIVER/bind && break; done`. After the override nobody else matches; whoever had matched before can still take the device
 * from between unbind and bind, and is unbound in the next round.
 * Errors: EBUSY (the last bind failed, too, of whatever).
 */
export function* takeOver(kernel: Kernel, device: Device, driver: Driver): Program<Errno> {
  for (let left = rounds - 1; left > 0; left--) if (yield* call(() => takes(kernel, device, driver))) return OK;
  return (yield* call(() => takes(kernel, device, driver))) ? OK : EBUSY;
}

/** One round; whether the bind succeeded. */
function* takes(kernel: Kernel, device: Device, driver: Driver): Program<boolean> {
  yield* setOverride(kernel, device, driver);
  yield* call(() => unbindIfLinked(kernel, device));
  return (yield* call(() => bind(kernel, device, driver))) === OK;
}

function* unbindIfLinked(kernel: Kernel, device: Device): Program<void> {
  if (yield* isLinked(kernel, device)) yield* unbind(kernel, device);
}

/**
 * A module with the driver is loaded: it tries every device of its bus that it matches (__driver_attach()). It matches
 * first and takes device_lock then.
 */
export function* loadDriver(kernel: Kernel, device: Device, driver: Driver): Program<Errno> {
  if (!(yield* matches(kernel, device, driver))) return OK;
  const locked = yield* lockToProbe(kernel, device, false);
  if (locked === OK) yield* probeAndUnlock(kernel, device, driver);
  return OK;
}

/**
 * Somebody has a driver looked for: `echo DEVICE > drivers_probe` (drivers/base/bus.c, drivers_probe_store()), a rescan, the
 * deferred list. It matches with device_lock held (device_attach()). `found` is what the bus finds where nothing is
 * overridden. What a probe returns is ignored, "so that the next driver can try its luck", and in 5.10 everything else, too.
 * Errors: ENODEV (gone), EINVAL (whatever else it was).
 */
export function* attachDriver(kernel: Kernel, device: Device, found: Driver): Program<Errno> {
  const locked = yield* lockToProbe(kernel, device, true);
  if (locked === EBUSY) return OK;
  if (locked !== OK) return locked;
  const driver = yield* driverFor(kernel, device, found);
  const result = yield* probeAndUnlock(kernel, device, driver, () => OK);
  return result === OK || kernel.strategy.surroundings.driverCore.bindTells === 'ENODEV' ? OK : EINVAL;
}

function* probeAndUnlock(
  kernel: Kernel,
  device: Device,
  driver: Driver,
  /** What becomes of an error that the driver's probe returned. */
  probeError: (error: Errno) => Errno = (error) => error,
): Program<Errno> {
  const result = yield* call(() => reallyProbe(kernel, device, driver, probeError));
  yield* unlock(kernel, device);
  return result;
}

/** `echo DEVICE > .../unbind`. Errors: ENODEV (it has no driver). */
export function* unbind(kernel: Kernel, device: Device): Program<Errno> {
  const driver = yield* lockToRelease(kernel, device);
  if (driver === undefined) return ENODEV;
  yield* releaseDriver(kernel, device, driver);
  yield* unlock(kernel, device);
  return OK;
}

/** `__device_release_driver`, with device_lock held. */
export function* releaseDriver(kernel: Kernel, device: Device, driver: Driver): Program<void> {
  yield* note('driver_sysfs_remove');
  yield* note('BUS_NOTIFY_UNBIND_DRIVER');
  yield* call(() => remove(kernel, device, driver));
  yield* call(() => cleanUp(kernel, device, driver));
  yield* unbindCleanup(kernel, device);
  yield* call(() => afterUnbind(kernel, device, driver, true));
  yield* note('BUS_NOTIFY_UNBOUND_DRIVER');
}

/** `really_probe`, with device_lock held; the exits are those of drivers/base/dd.c. */
function* reallyProbe(
  kernel: Kernel,
  device: Device,
  driver: Driver,
  probeError: (error: Errno) => Errno,
): Program<Errno> {
  const { at, surroundings } = kernel.strategy;
  const { configureFailsTo, cleansUpTestRemove, unlinks } = surroundings.driverCore;
  const { failsWith: failure = ENODEV } = driver;
  const owned = yield* call(() => beforeDriverSet(kernel, device, driver));
  if (owned !== OK) return owned;

  let configured = false;
  for (let removeAgain = kernel.machine.testRemove; ; removeAgain = false) {
    yield* setDriver(kernel, device, driver);
    yield* note('pinctrl_bind_pins');
    if (driver.failsAt === 'pinctrl') return yield* pinctrlBindFailed(failure);

    const verdict = yield* call(() => configure(kernel, device, driver));
    configured = verdict === OK;
    if (!configured) {
      const error = at.losesConfigureError ? OK : verdict;
      return yield* configureFailsTo === 'probe_failed' ? probeFailed(error) : pinctrlBindFailed(error);
    }

    yield* note('BUS_NOTIFY_BIND_DRIVER');
    if (driver.failsAt === 'sysfs') return yield* sysfsFailed(failure);
    yield* note('driver_sysfs_add');
    yield* note('pm_domain.activate');
    if (driver.failsAt === 'pm_domain') return yield* probeFailed(failure);

    const probed = yield* call(() => probe(kernel, device, driver));
    if (probed !== OK) return yield* probeFailed(probeError(probed));
    if (driver.failsAt === 'dev_groups') {
      yield* call(() => remove(kernel, device, driver));
      return yield* probeFailed(failure);
    }
    if (!removeAgain) break;

    yield* note('test_remove');
    yield* call(() => remove(kernel, device, driver));
    if (unlinks === 'first') yield* note('driver_sysfs_remove');
    if (cleansUpTestRemove) yield* call(() => cleanUp(kernel, device, driver));
    if (unlinks === 'last') yield* note('driver_sysfs_remove');
    yield* unbindCleanup(kernel, device);
  }
  yield* note('driver_bound');
  if (at.bound === 'vfio notifier') yield* notifyBound(kernel, device, driver);
  return OK;

  function* probeFailed(error: Errno): Program<Errno> {
    if (unlinks === 'first') yield* note('driver_sysfs_remove');
    return yield* sysfsFailed(error);
  }
  function* sysfsFailed(error: Errno): Program<Errno> {
    yield* note('BUS_NOTIFY_DRIVER_NOT_BOUND');
    yield* call(() => cleanUp(kernel, device, driver));
    return yield* pinctrlBindFailed(error);
  }
  function* pinctrlBindFailed(error: Errno): Program<Errno> {
    yield* note('device_links_no_driver');
    if (unlinks === 'last') yield* note('driver_sysfs_remove');
    yield* unbindCleanup(kernel, device);
    yield* call(() => afterUnbind(kernel, device, driver, configured));
    return error;
  }
}

/** The driver runs from here on: a kernel driver may do DMA before its probe returns. */
function* probe(kernel: Kernel, device: Device, driver: Driver): Program<Errno> {
  const own = deviceOwnership(kernel, device);
  if (isVfioDriver(driver)) {
    // A VFIO driver registers last, and takes no bridge: vfio_pci_probe(), 5.10; vfio_pci_core_register_device(), from 5.15 on.
    if (driver.failsAt === 'probe') return driver.failsWith ?? ENODEV;
    if (device.bridge) return EINVAL;
    const registered = yield* registerWithVfio(kernel, device, driver);
    if (registered !== OK) return registered;
  } else yield* setRunning(kernel, device, driver, 'probe', true);
  if (!driver.managesDma && driver.ownDomain) {
    const attached = yield* own.attachOwn(device, driver.ownDomain);
    if (attached !== OK) return yield* setRunning(kernel, device, driver, 'probe returns', false, attached);
  }
  if (driver.failsAt !== 'probe') return OK;
  if (!driver.managesDma && driver.ownDomain) yield* own.detachOwn(device);
  return yield* setRunning(kernel, device, driver, 'probe returns', false, driver.failsWith ?? ENODEV);
}

/** The driver has stopped when this returns; a VFIO driver blocks until its users have left. */
function* remove(kernel: Kernel, device: Device, driver: Driver): Program<void> {
  const own = deviceOwnership(kernel, device);
  if (isVfioDriver(driver)) return yield* unregisterFromVfio(kernel, device);
  if (!driver.managesDma && driver.ownDomain) yield* own.detachOwn(device);
  yield* setRunning(kernel, device, driver, 'remove', false);
}

function* setRunning<T extends Errno>(
  kernel: Kernel,
  device: Device,
  driver: Driver,
  name: string,
  now: boolean,
  result: T = OK as T,
): Program<T> {
  const { running, early, member } = kernel.layout.device(device.name);
  const ready = device.group === undefined ? undefined : kernel.layout.group(device.group).defaultReady;
  const later = kernel.machine.iommu === 'later' && !driver.managesDma && ready !== undefined;
  return yield* perform({
    name: `${driver.name}.${name}`,
    key: `${name}(${device.name}, ${driver.name}) ${now} ${result}`,
    outcomes: [result],
    touches: [running, ...(later ? [early, member, ready] : [])],
    run(cells) {
      cells.set(running, now);
      if (later) cells.set(early, now && cells.get(member) && !cells.get(ready));
      if (now && !driver.managesDma) cells.emit({ kind: 'started', device: device.name });
      return result;
    },
  });
}
