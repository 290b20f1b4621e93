import { EINVAL, ENODEV, OK, type Errno } from '../errno.ts';
import type { Device } from '../machine.ts';
import { perform, WAIT, type Program } from '../step.ts';
import type { Kernel } from './kernel.ts';

/**
 * `echo 1 > DEVICE/reset` (pci_reset_function()): device_lock is held all along. Where resets are fenced, the device is
 * blocked meanwhile, and its group does not say so; it is taken to have ATS, since others are left alone (7.3.4).
 * Errors: ENODEV (gone), EINVAL (it cannot be blocked).
 */
export function* resetDevice(kernel: Kernel, device: Device): Program<Errno> {
  const prepared = yield* prepare(kernel, device);
  return prepared === OK ? yield* done(kernel, device) : prepared;
}

/** Blocks the device, also one with a firmware 1:1 region: `__iommu_attach_device` is called past the check for these. */
function* prepare(kernel: Kernel, device: Device): Program<Errno> {
  const { lock, presence, member, hw, recovering } = kernel.layout.device(device.name);
  const group = device.group === undefined ? undefined : kernel.layout.group(device.group);
  const hasDomains = group !== undefined && kernel.machine.withoutOps?.[device.group!] === undefined;
  const fenced = hasDomains && kernel.strategy.surroundings.iommu.reset !== 'unfenced';
  return yield* perform<Errno>({
    name: 'pci_dev_reset_iommu_prepare',
    key: `prepare reset of ${device.name}`,
    outcomes: [OK, ENODEV, EINVAL],
    touches: [lock, presence, ...(fenced ? [member, hw, recovering, group.domain] : [])],
    run(cells) {
      if (cells.get(lock)) return WAIT;
      if (cells.get(presence) !== 'there') return ENODEV;
      if (fenced && cells.get(member)) {
        if (cells.get(group.domain) !== 'blocking') {
          if (device.failsToAttach === 'blocking') return EINVAL;
          cells.set(hw, 'blocking');
        }
        cells.set(recovering, true);
      }
      cells.set(lock, true);
      return OK;
    },
  });
}

/** Puts the device on what its group is on by now. */
function* done(kernel: Kernel, device: Device): Program<Errno> {
  const { lock, hw, recovering } = kernel.layout.device(device.name);
  const group = device.group === undefined ? undefined : kernel.layout.group(device.group);
  return yield* perform<Errno>({
    name: 'pci_dev_reset_iommu_done',
    key: `reset of ${device.name} done`,
    outcomes: [OK],
    touches: [lock, hw, recovering, ...(group ? [group.domain] : [])],
    run(cells) {
      if (group && cells.get(recovering)) {
        const domain = cells.get(group.domain);
        if (domain !== 'none' && domain !== 'blocking') cells.set(hw, domain);
        cells.set(recovering, false);
      }
      cells.set(lock, false);
      return OK;
    },
  });
}
