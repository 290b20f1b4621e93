import { device, linux612, linux73, machine, type Bus, type Device, type Machine, type Strategy } from '@busward/core';

/** A machine, and the kernel that runs on it. */
export interface Setting {
  readonly machine: Machine;
  readonly strategy: Strategy;
}

/**
 * The last kernel in which devices join their groups inside `dma_configure`, and the newest, in which the hook is also
 * called without a driver. Under both every principle holds for a bus in the contract's form, once the IOMMU is there.
 */
export const kernels: readonly Strategy[] = [linux612, linux73];

/**
 * All machines up to `size` devices, without copies that differ in names only: devices of the bus and of its neighbour
 * share a group; a bus with a refinement has them apart, and without a group, too. A user comes through a container or
 * iommufd. One device is
 * also tried with the newest driver core's test_remove.
 */
export function machinesUpTo(size: number, bus: Bus, neighbour: Bus, samples: readonly Device[]): readonly Setting[] {
  const settings: Setting[] = [];
  for (const devices of deviceLists(size, bus, neighbour, samples))
    for (const grouped of groupings(devices, bus.refine !== undefined))
      for (const through of ['container', 'iommufd'] as const)
        for (const strategy of kernels)
          for (const testRemove of isSimplest(devices, through) && strategy === linux73 ? [false, true] : [false])
            settings.push({
              strategy,
              machine: machine(nameOf(grouped, through, testRemove), {
                devices: grouped,
                users: [{ name: 'u0', through }],
                testRemove,
              }),
            });
  return settings;
}

/** The same devices in one group, while its IOMMU registers. */
export function registeringLate(samples: readonly Device[]): Setting {
  const devices = samples.slice(0, 1).map((one) => grouped(one, 'g'));
  return { strategy: linux73, machine: machine('one device, whose IOMMU registers late', { devices, iommu: 'later' }) };
}

/** Devices to try the bus with: those that its author gives, and plain ones. */
export function samplesOf(bus: Bus, given: readonly Device[], atLeast: number): readonly Device[] {
  const plain = Array.from({ length: Math.max(0, atLeast - given.length) }, (_, at) =>
    device(bus, `${bus.name}-${String.fromCharCode(97 + at)}`),
  );
  return [...given, ...plain].map((one) => joining(bus, one));
}

/** What firmware describes joins its group as late as it can; what it does not know must have joined when it was added. */
const joining = (bus: Bus, one: Device): Device => ({
  ...one,
  joins: bus.firmware(one) === undefined ? 'when added' : 'at first bind',
});

function deviceLists(size: number, bus: Bus, neighbour: Bus, samples: readonly Device[]): readonly Device[][] {
  const beside = Array.from({ length: size - 1 }, (_, at) => joining(neighbour, device(neighbour, `neighbour-${at}`)));
  return Array.from({ length: size }, (_, at) => at + 1).flatMap((length) =>
    Array.from({ length }, (_, at) => at + 1).flatMap((own) =>
      (areAlike(samples) ? [samples.slice(0, own)] : choose(own, samples.slice(0, size))).map((chosen) => [
        ...chosen,
        ...beside.slice(0, length - own),
      ]),
    ),
  );
}

/** They are the same but for names. */
const areAlike = (samples: readonly Device[]): boolean =>
  new Set(samples.map(({ name, ...rest }) => JSON.stringify(rest).replaceAll(name, ''))).size === 1;

/** All ways to take `many` of the devices, in their order. */
function choose(many: number, of: readonly Device[]): readonly Device[][] {
  if (many === 0) return [[]];
  return of.flatMap((one, at) => choose(many - 1, of.slice(at + 1)).map((rest) => [one, ...rest]));
}

/** One group; or every way to put them into groups, and into none. */
function groupings(devices: readonly Device[], everyWay: boolean): readonly (readonly Device[])[] {
  if (!everyWay) return [devices.map((one) => grouped(one, 'g'))];
  return placings(devices.length).map((places) =>
    devices.map((one, at) => (places[at] === 0 ? one : grouped(one, `g${places[at]}`))),
  );
}

/** Numbers of groups, each new one the next; 0: none. Somebody has a group. */
function placings(length: number): readonly number[][] {
  const all = (so: readonly number[]): number[][] =>
    so.length === length
      ? [[...so]]
      : Array.from({ length: Math.max(0, ...so) + 2 }, (_, next) => all([...so, next])).flat();
  return all([]).filter((places) => places.some((place) => place > 0));
}

const isSimplest = (devices: readonly Device[], through: string): boolean =>
  devices.length === 1 && through === 'container';

const grouped = (one: Device, group: string): Device => ({ ...one, group });

function nameOf(devices: readonly Device[], through: string, testRemove: boolean): string {
  const where = ({ name, group }: Device): string => `${name} in ${group ?? 'no group'}`;
  return `${devices.map(where).join(', ')}; a user through ${through}${testRemove ? '; test_remove' : ''}`;
}
