import { OK, type Errno } from '../errno.ts';
import { notMinding } from '../minded.ts';
import { membersOf, type Device } from '../machine.ts';
import { call, perform, type Program } from '../step.ts';
import { configureHook } from './bus-kernel.ts';
import { groupFootprint, groupWrites } from './group.ts';
import type { Kernel } from './kernel.ts';
import { joinFootprint, joinGroup, joinWrites, putOnDefault } from './membership.ts';
import { uncheckedOwnership } from './ownership.ts';

/**
 * `iommu_device_register`, for the IOMMU of one group: walks its devices, one by one, while drivers bind to them, and
 * sets up the default domain only at the end of the walk (M19). From 6.15 on the walk calls the bus's hook for a device
 * without a driver, before it has a group and without device_lock (bcb81ac6ae3c; M20).
 */
export function* registerIommu(kernel: Kernel, group: string): Program<Errno> {
  const { walkCallsHooks } = kernel.strategy.surroundings.iommu;
  yield* begin(kernel, group);
  for (const device of membersOf(kernel.machine, group)) {
    // Until 6.14 the walk knows nothing of what a device tree describes: those devices join at their first bind.
    if (!walkCallsHooks && device.joins === 'at first bind') continue;
    if (walkCallsHooks && !(yield* call(() => isFound(kernel, device)))) continue;
    yield* join(kernel, device, group);
  }
  return yield* setUpDefaultDomain(kernel, group);
}

/** Whether the device is found to be behind the IOMMU: if need be, the hook asks firmware first. */
function* isFound(kernel: Kernel, device: Device): Program<boolean> {
  const found = yield* initDevice(kernel, device);
  if (found === 'ask firmware') yield* configureHook(kernel, device, uncheckedOwnership(kernel, device)).run();
  return found !== 'no IOMMU';
}

function* begin(kernel: Kernel, group: string): Program<void> {
  const { registered } = kernel.layout.group(group);
  yield* perform({
    name: 'iommu_device_register',
    key: `register ${group}`,
    outcomes: [undefined],
    touches: [registered],
    run: (cells) => cells.set(registered, true),
  });
}

/**
 * `iommu_init_device`: for a device in no group and without a driver it allocates dev->iommu and drops its lock to call
 * the hook; the driver may have changed when the hook looks again. With a driver set it calls no hook: a device that
 * firmware tells of, and nobody has asked about, is then behind no IOMMU (-ENODEV; 7.3.4).
 */
function* initDevice(kernel: Kernel, device: Device): Program<'ask firmware' | 'no IOMMU' | 'found'> {
  const { member, driver, iommu } = kernel.layout.device(device.name);
  const isTold = notMinding(() => kernel.bus(device).firmware(device)) !== undefined;
  return yield* perform({
    name: 'iommu_init_device',
    key: `init ${device.name}`,
    outcomes: ['ask firmware', 'no IOMMU', 'found'],
    touches: [member, driver, iommu],
    run(cells) {
      if (cells.get(member)) return 'found';
      if (cells.get(driver) !== undefined) return isTold ? 'no IOMMU' : 'found';
      cells.set(iommu, true);
      return 'ask firmware';
    },
  });
}

function* join(kernel: Kernel, device: Device, group: string): Program<void> {
  const { member, presence } = kernel.layout.device(device.name);
  yield* perform({
    name: 'iommu_probe_device',
    key: `walk ${device.name}`,
    outcomes: [undefined],
    touches: [presence, ...joinFootprint(kernel, device, group)],
    writes: joinWrites(kernel, device, group),
    run(cells) {
      if (!cells.get(member) && cells.get(presence) !== 'gone') joinGroup(kernel, cells, device, group);
    },
  });
}

/** The end of the walk: a group without a default domain gets one. */
function* setUpDefaultDomain(kernel: Kernel, group: string): Program<Errno> {
  const { defaultReady } = kernel.layout.group(group);
  return yield* perform<Errno>({
    name: 'iommu_setup_default_domain',
    key: `default domain of ${group}`,
    outcomes: [OK],
    touches: groupFootprint(kernel, group),
    writes: groupWrites(kernel, group),
    run(cells) {
      if (!cells.get(defaultReady)) putOnDefault(kernel, cells, group);
      return OK;
    },
  });
}
