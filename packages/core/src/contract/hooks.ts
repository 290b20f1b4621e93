import { OK } from '../errno.ts';
import type { Device, Facts } from '../machine.ts';
import type { FirmwareLookup, Hooks } from './bus.ts';

/*
 * The shapes that the hooks of platform, amba, fsl-mc and pci have had. They differ in the firmware
 * lookup only, which each bus brings.
 */

type Firmware<B extends string, F extends Facts> = (device: Device<B, F>) => FirmwareLookup | undefined;

/**
 * The contract's form: configure firmware, read the driver once, call back into the shared check, last, and take the
 * DMA setup back if it refuses. Callable without a driver. 95deee37a123 (platform, 6.15) reads the driver before it
 * configures firmware; `busward diff` tells no difference, on machines of up to two devices.
 */
export const configureThenCheck = <B extends string, F extends Facts>(firmware: Firmware<B, F>): Hooks<B, F> => ({
  *dma_configure(device, kernel) {
    const configured = yield* kernel.firmware.configure(device, firmware(device));
    if (configured !== OK) return configured;

    const driver = yield* kernel.driver.read(device);
    if (driver === undefined || driver.managesDma) return kernel.ownership.notNeeded(driver);

    const verdict = yield* kernel.ownership.use(device);
    if (verdict !== OK) yield* kernel.dma.teardown(device);
    return verdict;
  },
  *dma_unconfigure(device, kernel) {
    const driver = yield* kernel.driver.read(device);
    if (driver && !driver.managesDma) yield* kernel.ownership.unuse(device);
  },
});

/** Firmware only, and nothing to undo, as every bus before the series (07397df29e57, 4.18); and why it does without the check. */
export const configureOnly = <B extends string, F extends Facts>(
  firmware: Firmware<B, F>,
  why: string,
): Hooks<B, F> => ({
  *dma_configure(device, kernel) {
    const configured = yield* kernel.firmware.configure(device, firmware(device));
    return configured === OK ? kernel.ownership.bypass(why) : configured;
  },
  *dma_unconfigure() {},
});

/** The bus has no hook, or lost it. */
export const withoutHook = <B extends string, F extends Facts>(reason: string): Hooks<B, F> => ({
  hookless: true,
  *dma_configure(_device, kernel) {
    return kernel.ownership.bypass(reason);
  },
  *dma_unconfigure() {},
});

/** 512881eacfa7 (5.19): as the contract's form, but it takes the driver for granted. */
export const checkTrustingDriver = <B extends string, F extends Facts>(firmware: Firmware<B, F>): Hooks<B, F> => ({
  *dma_configure(device, kernel) {
    const configured = yield* kernel.firmware.configure(device, firmware(device));
    if (configured !== OK) return configured;
    const driver = yield* kernel.driver.read(device);
    if (driver === undefined) return yield* kernel.oops(device, 'NULL dereference of dev->driver');
    if (driver.managesDma) return kernel.ownership.notNeeded(driver);
    const verdict = yield* kernel.ownership.use(device);
    if (verdict !== OK) yield* kernel.dma.teardown(device);
    return verdict;
  },
  dma_unconfigure: configureThenCheck(firmware).dma_unconfigure,
});

/**
 * bcb81ac6ae3c (6.15): callable without a driver, and then `dev->driver` is read twice. If it is set in between, the
 * driver of the first read is dereferenced, which was NULL (M20).
 */
export const checkReadingTwice = <B extends string, F extends Facts>(firmware: Firmware<B, F>): Hooks<B, F> => ({
  *dma_configure(device, kernel) {
    const first = yield* kernel.driver.read(device);
    const configured = yield* kernel.firmware.configure(device, firmware(device));
    if (configured !== OK) return configured;
    const second = yield* kernel.driver.read(device);
    if (second === undefined) return kernel.ownership.notNeeded(second);
    if (first === undefined) return yield* kernel.oops(device, 'NULL dereference of the driver read before');
    if (first.managesDma) return kernel.ownership.notNeeded(first);
    const verdict = yield* kernel.ownership.use(device);
    if (verdict !== OK) yield* kernel.dma.teardown(device);
    return verdict;
  },
  dma_unconfigure: configureThenCheck(firmware).dma_unconfigure,
});
