// @ts-check
import { configureThenCheck, defineBus, EPROBE_DEFER, OK, userDriver, walkConfigures } from '@busward/core';

/**
 * What the controller's firmware says of a device.
 * @typedef {object} CdxFacts
 * @property {string} controller The controller's OF node; a CDX device has none of its own.
 * @property {string} req_id What it signs its requests with, as `0xfa`; the controller's iommu-map makes a stream id of it.
 */

/** @typedef {import('@busward/core').Device<'cdx', CdxFacts>} CdxDevice */
/** @typedef {import('@busward/core').Hooks<'cdx', CdxFacts>} Hooks */

/** @type {(device: CdxDevice) => import('@busward/core').FirmwareLookup} of_dma_configure_id(), the id is req_id. */
const firmware = ({ facts }) => ({ node: facts.controller, id: facts.req_id });

/**
 * Behind an SMMUv3 a CDX device has a group of its own (generic_device_group), and a stream id of its own
 * (xlnx,versal-net-cdx.yaml). A machine that gives several one req_id puts them behind one stream id.
 * @type {(device: CdxDevice) => readonly string[]}
 */
const isolation = ({ facts }) => [`smmu@${facts.req_id}`];

/** @type {Hooks} The contract's form: the verdict is returned, so that only a granted use is ever given back. */
const corrected = configureThenCheck(firmware);

/** @type {Hooks} 2959ab247061: firmware only, and even its deferral is taken for success. */
const withoutCheck = {
  *dma_configure(device, kernel) {
    const configured = yield* kernel.firmware.configure(device, firmware(device));
    if (configured !== OK && configured !== EPROBE_DEFER) return configured;
    return kernel.ownership.bypass('the first cdx_dma_configure() had no check');
  },
  *dma_unconfigure() {},
};

/**
 * b8c5ff76059d: asks, and returns 0 whatever the answer; the cleanup gives back what it did not get (M22). A driver is
 * taken for granted; from bcb81ac6ae3c on a second read of dev->driver tells whether there is one (M20).
 * @type {(readsAgain: boolean) => Hooks}
 */
const losingTheVerdict = (readsAgain) => ({
  *dma_configure(device, kernel) {
    const driver = yield* kernel.driver.read(device);
    const configured = yield* kernel.firmware.configure(device, firmware(device));
    if (configured !== OK && configured !== EPROBE_DEFER) return configured;
    const checks = configured === OK && (!readsAgain || (yield* kernel.driver.read(device)) !== undefined);
    if (checks) {
      if (driver === undefined) return yield* kernel.oops(device, 'NULL dereference of the driver read before');
      const verdict = driver.managesDma ? OK : yield* kernel.ownership.use(device);
      if (verdict !== OK) yield* kernel.dma.teardown(device);
    }
    return kernel.ownership.bypass('cdx_dma_configure() returns 0 whatever the check said');
  },
  dma_unconfigure: corrected.dma_unconfigure,
});

const address = /^cdx-[0-9a-f]{2}:[0-9a-f]{2}$/;

/** The bus of AMD's FPGA devices, which a controller's firmware finds. */
export const cdx = defineBus({
  name: 'cdx',
  source: 'drivers/cdx/cdx.c, cdx_dma_configure()',
  says: "the controller's node describes it, by req_id; a stream id each, and so a group each",
  ...corrected,
  firmware,
  isolation,
  example: factsOf,
  recognise: (name) => (address.test(name) ? { facts: factsOf(name), sure: true } : undefined),
  managedDrivers: [userDriver('vfio-cdx')],
  history: [
    {
      commit: '2959ab247061',
      title: 'cdx: add the cdx bus driver',
      since: ['6.4'],
      says: 'firmware only; never a check',
      knownBugs: { 1: 'M22' },
      ...withoutCheck,
    },
    {
      commit: 'b8c5ff76059d',
      title: 'cdx: fix driver managed dma support',
      // 6.4.4: its review (20230716195003.698272180@linuxfoundation.org) is all that was seen.
      since: ['6.5', '6.4.4'],
      says: 'checks, and drops the verdict; gives back what it did not get (M22)',
      knownBugs: { 1: 'M22', 4: 'M22' },
      ...losingTheVerdict(false),
    },
    {
      ...walkConfigures,
      // A fix of the two reads was posted (20250425133929.646493-2-robin.murphy@arm.com); 7.3.4 does not have it.
      says: 'also called without a driver; reads dev->driver twice (M20); drops the verdict (M22); still so in 7.3.4',
      knownBugs: { 1: 'M22', 4: 'M22', 6: 'M20' },
      ...losingTheVerdict(true),
    },
  ],
});

/**
 * A log does not tell a req_id: it is taken to be as much the device's own as its name is.
 * @param {string} name
 * @returns {CdxFacts}
 */
function factsOf(name) {
  return { controller: '/cdx', req_id: name };
}
