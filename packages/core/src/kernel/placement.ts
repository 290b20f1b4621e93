import { OK, type Errno } from '../errno.ts';
import { mindingProgram } from '../facts-minded.ts';
import type { Device, Driver } from '../machine.ts';
import type { Program } from '../step.ts';
import { configureHook, unconfigureHook } from './bus-kernel.ts';
import type { Kernel } from './kernel.ts';
import { deviceOwnership } from './ownership.ts';

/*
 * Where the strategy puts the check. What the driver core calls is asked for ownership afresh each time: kernel code has no
 * memory but the state, and so the caller learns nothing but the result.
 */

export function* beforeDriverSet(kernel: Kernel, device: Device, driver: Driver): Program<Errno> {
  const own = deviceOwnership(kernel, device);
  const { at } = kernel.strategy;
  return at.beforeDriverSet
    ? yield* mindingProgram(kernel.strategy, () => at.beforeDriverSet!(device, driver, own))
    : OK;
}

export function* afterUnbind(kernel: Kernel, device: Device, driver: Driver, configured: boolean): Program<void> {
  const own = deviceOwnership(kernel, device);
  const { at } = kernel.strategy;
  if (at.afterUnbind) yield* mindingProgram(kernel.strategy, () => at.afterUnbind!(device, driver, configured, own));
}

/** The bus's `dma_configure`, where the strategy puts it. */
export function* configure(kernel: Kernel, device: Device, driver: Driver): Program<Errno> {
  const { at } = kernel.strategy;
  const own = deviceOwnership(kernel, device);
  const hook = configureHook(kernel, device, at.busUse === 'nothing' ? checksNothing : own);
  if (!at.configure) return yield* hook.run();
  return yield* mindingProgram(kernel.strategy, () => at.configure!(device, driver, hook, own));
}

/** The bus's `dma_unconfigure`, where the strategy puts it; 5.10 has none. */
export function* cleanUp(kernel: Kernel, device: Device, driver: Driver): Program<void> {
  const { at, surroundings } = kernel.strategy;
  const own = deviceOwnership(kernel, device);
  if (!surroundings.driverCore.cleansUp) return;
  const hook = unconfigureHook(kernel, device, at.busUnuse === 'nothing' ? checksNothing : own);
  if (!at.unconfigure) return yield* hook.run();
  yield* mindingProgram(kernel.strategy, () => at.unconfigure!(device, driver, hook, own));
}

const checksNothing = { use: succeed, unuse: succeed };

function* succeed(): Program<Errno> {
  return OK;
}
