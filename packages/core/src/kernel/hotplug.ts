import type { Cell } from '../cell.ts';
import { ENODEV, OK, type Errno } from '../errno.ts';
import { deviceOf, type Device, type Driver } from '../machine.ts';
import { call, note, perform, WAIT, type Program } from '../step.ts';
import { unlock } from './device-lock.ts';
import { releaseDriver } from './driver-core.ts';
import { boundDriver } from './group.ts';
import type { Kernel } from './kernel.ts';
import { joinFootprint, joinGroup, leaveGroup } from './membership.ts';

/** `device_del`: no bind from here on, then unbinds, then leaves the group (BUS_NOTIFY_REMOVED_DEVICE). */
export function* removeDevice(kernel: Kernel, device: Device): Program<Errno> {
  const { presence } = kernel.layout.device(device.name);
  const driver = yield* killDevice(kernel, device);
  yield* note('BUS_NOTIFY_DEL_DEVICE');
  if (driver) yield* call(() => releaseDriver(kernel, device, driver));
  yield* unlock(kernel, device);
  return yield* perform<Errno>({
    name: 'BUS_NOTIFY_REMOVED_DEVICE: iommu_release_device',
    key: `remove ${device.name}`,
    outcomes: [OK],
    touches: [presence, ...membership(kernel, device)],
    run(cells) {
      cells.set(presence, 'gone');
      leaveGroup(kernel, cells, device);
      return OK;
    },
  });
}

/** `device_add`: joins its group before any driver is tried (BUS_NOTIFY_ADD_DEVICE). Errors: ENODEV (there already). */
export function* addDevice(kernel: Kernel, device: Device): Program<Errno> {
  const { presence } = kernel.layout.device(device.name);
  return yield* perform<Errno>({
    name: 'BUS_NOTIFY_ADD_DEVICE: iommu_probe_device',
    key: `add ${device.name}`,
    outcomes: [OK, ENODEV],
    touches: [presence, ...membership(kernel, device)],
    run(cells) {
      if (cells.get(presence) === 'there') return ENODEV;
      if (cells.get(presence) === 'going') return WAIT;
      cells.set(presence, 'there');
      const { group } = device;
      // An IOMMU that registers later finds it in its walk.
      const known = group !== undefined && cells.get(kernel.layout.group(group).registered);
      if (known && device.joins === 'when added') joinGroup(kernel, cells, device, group);
      return OK;
    },
  });
}

/** `pci_rescan_bus`: every device that was removed is found again, and waited for if it is still being removed. */
export function* rescan(kernel: Kernel): Program<Errno> {
  for (const device of kernel.machine.devices) yield* call(() => scanSlot(kernel, device));
  return OK;
}

function* scanSlot(kernel: Kernel, device: Device): Program<void> {
  if (yield* wasRemoved(kernel, device)) yield* addDevice(kernel, returning(kernel, device));
}

function* wasRemoved(kernel: Kernel, device: Device): Program<boolean> {
  const successor = returning(kernel, device);
  const presences = [device, successor].map(({ name }) => kernel.layout.device(name).presence);
  return yield* perform({
    name: 'pci_scan_slot',
    key: `removed? ${device.name}`,
    outcomes: [true, false],
    touches: [...new Set(presences)],
    run(cells) {
      if (presences.some((presence) => cells.get(presence) === 'going')) return WAIT;
      return !device.absent && presences.every((presence) => cells.get(presence) === 'gone');
    },
  });
}

const returning = (kernel: Kernel, device: Device): Device =>
  device.returnsAs === undefined ? device : deviceOf(kernel.machine, device.returnsAs);

/**
 * `kill_device`, with device_lock taken and kept. Says which driver there is to release. One device of a bus is removed at
 * a time (pci_stop_and_remove_bus_device_locked(), pci_rescan_remove_lock).
 */
function* killDevice(kernel: Kernel, device: Device): Program<Driver | undefined> {
  const { lock, driver, presence } = kernel.layout.device(device.name);
  const others = kernel.machine.devices
    .filter((one) => one !== device && one.bus === device.bus)
    .map((one) => kernel.layout.device(one.name).presence);
  return yield* perform({
    name: 'kill_device',
    key: `kill ${device.name}`,
    outcomes: [undefined, ...device.drivers],
    touches: [lock, driver, presence, ...others],
    run(cells) {
      if (cells.get(lock) || cells.get(presence) !== 'there') return WAIT;
      if (others.some((one) => cells.get(one) === 'going')) return WAIT;
      cells.set(lock, true);
      cells.set(presence, 'going');
      return boundDriver(kernel, cells, device);
    },
  });
}

function membership(kernel: Kernel, device: Device): readonly Cell[] {
  const { member, hw, iommu } = kernel.layout.device(device.name);
  if (device.group === undefined) return [member, hw, iommu];
  return [kernel.layout.group(device.group).registered, ...joinFootprint(kernel, device, device.group)];
}
