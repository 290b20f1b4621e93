/*
 * What must not compile. Each @ts-expect-error is a check: if the line below it compiled, `tsc` would say so.
 */
import {
  defineBus,
  EBUSY,
  OK,
  type Bus,
  type BusDefinition,
  type BusKernel,
  type Device,
  type Program,
  type Section,
  type Step,
} from '@busward/core';

declare const device: Device<'mine'>;
declare const kernel: BusKernel;
declare const definition: BusDefinition<'mine', Record<string, string>>;
declare const section: Section;

export function* aKernelDriverNeedsTheCheck() {
  const driver = yield* kernel.driver.read(device);
  // @ts-expect-error -- the driver may be one that does not manage DMA
  return kernel.ownership.notNeeded(driver);
}

export const successNeedsTheFacade = defineBus({
  ...definition,
  // @ts-expect-error -- OK is not an admission
  *dma_configure(dev, k) {
    yield* k.firmware.configure(dev, undefined);
    return OK;
  },
});

export const aVerdictMustNotBeLost = defineBus({
  ...definition,
  // @ts-expect-error -- the refusal is dropped, as on cdx (M22)
  *dma_configure(dev, k) {
    yield* k.ownership.use(dev);
    return OK;
  },
});

export const theCheckMustNotBeForgotten = defineBus({
  ...definition,
  // @ts-expect-error -- undefined is no verdict
  *dma_configure(dev, k) {
    yield* k.firmware.configure(dev, undefined);
  },
});

export const anUnstartedProgramIsNoVerdict = defineBus({
  ...definition,
  // @ts-expect-error -- the call is not awaited with yield*
  *dma_configure(dev, k) {
    return k.ownership.use(dev);
  },
});

// @ts-expect-error -- only core mints steps
export const forged: Step<number> = { name: 'forged' };

export function* onlyStepsAreYielded(): Program<void> {
  // @ts-expect-error -- a program yields steps, nothing else
  yield 'iommu_group';
}

export const ownershipIsOutOfReach = [
  // @ts-expect-error -- a bus cannot see the count
  kernel.ownership.ownerCount,
  // @ts-expect-error -- nor a group
  kernel.group,
  // @ts-expect-error -- nor claim one
  kernel.ownership.claim,
];

// @ts-expect-error -- a bypass has to be said
export const silent = kernel.ownership.bypass();

// @ts-expect-error -- a section decides among the outcomes it declares
export const undeclared = section(device, 'check', [OK], () => EBUSY);

// @ts-expect-error -- at a device there may be no group
export const assumed = section(device, 'check', [OK], (group) => (group.ownerCount > 0 ? OK : OK));

export const aRefinementCannotAdmit: Bus = defineBus({
  ...definition,
  // @ts-expect-error -- it may refuse or defer, not allow
  refine: { says: '', of: () => [], judge: () => 'ALLOW' },
});

// @ts-expect-error -- static facts only: a device has no driver that could be read without a step
export const raced = device.driver;
