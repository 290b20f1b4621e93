import type { Cells } from '../../cell.ts';
import { EINVAL, OK, type Errno } from '../../errno.ts';
import { isVfioDriver, type Device, type Driver } from '../../machine.ts';
import { note, perform, type Program } from '../../step.ts';
import { boundDriver } from '../group.ts';
import type { Kernel } from '../kernel.ts';
import { isVfioDevice } from './vfio-device.ts';

/* Viability, as VFIO judged it until 5.19 (drivers/vfio/vfio.c, 5.10): by looking, after the fact. */

/** One lock-free look of `vfio_group_viable` at one sibling. */
export function* looksViable(kernel: Kernel, device: Device): Program<Errno> {
  const { driver, member, registered, unbinding } = kernel.layout.device(device.name);
  return yield* perform<Errno>({
    name: `vfio_dev_viable(${device.name})`,
    key: `viable ${device.name}`,
    outcomes: [OK, EINVAL],
    touches: [driver, member, registered, unbinding],
    run: (cells) => (isViable(kernel, cells, device) ? OK : EINVAL),
  });
}

export function isViable(kernel: Kernel, cells: Cells, device: Device): boolean {
  const { member, unbinding } = kernel.layout.device(device.name);
  const bound = boundDriver(kernel, cells, device);
  if (!cells.get(member) || !bound || isAllowed(device, bound)) return true;
  return isVfioDevice(kernel, cells, device) || cells.get(unbinding);
}

/**
 * VFIO's listener of BUS_NOTIFY_BOUND_DRIVER, which comes after the probe and cannot refuse: it stops the machine
 * (`vfio_iommu_group_notifier`, until 3b86f317c9c7; M01).
 */
export function* notifyBound(kernel: Kernel, device: Device, driver: Driver): Program<void> {
  if (device.group === undefined || isAllowed(device, driver) || isVfioDriver(driver))
    return yield* note('BUS_NOTIFY_BOUND_DRIVER');
  const { member, crashed } = kernel.layout.device(device.name);
  const { container } = kernel.layout.group(device.group);
  yield* perform({
    name: 'BUS_NOTIFY_BOUND_DRIVER: vfio_iommu_group_notifier',
    key: `bound ${device.name}`,
    outcomes: [undefined],
    touches: [member, container, crashed],
    run(cells) {
      if (!cells.get(member) || cells.get(container) === undefined) return;
      cells.set(crashed, true);
      cells.emit({ kind: 'crashed', device: device.name, text: 'kernel BUG in vfio_iommu_group_notifier()' });
    },
  });
}

/** `vfio_dev_driver_allowed`: any driver on a bridge, pci-stub by name. */
const isAllowed = (device: Device, driver: Driver): boolean => device.bridge || driver.name === 'pci-stub';
