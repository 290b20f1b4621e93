import { EINVAL, ENXIO, OK, type Errno } from '../errno.ts';
import type { Device, User } from '../machine.ts';
import { perform, type Program } from '../step.ts';
import type { Kernel } from './kernel.ts';
import { groupOwnership } from './ownership.ts';

/*
 * Somebody who calls `iommu_group_claim_dma_owner` without VFIO, for a device on any bus: the module of the recordings
 * does, and opening its file stands for it.
 */

/** Errors: ENXIO (the device is in no group), EINVAL (a kernel without it), and the strategy's. */
export function* claimDirectly(kernel: Kernel, user: User, device: Device): Program<Errno> {
  const { group } = device;
  if (group === undefined || !(yield* isMember(kernel, device))) return ENXIO;
  const { claim } = groupOwnership(kernel);
  // It came with the series (1ea2a07a532b), which took the scan of siblings out of VFIO (31076af0cb00).
  if (!claim || kernel.strategy.surroundings.vfio.scansSiblings) return EINVAL;
  const { direct } = kernel.layout.session(user.name, group);
  return yield* claim(
    { user, group },
    { touches: [direct], keep: (cells, verdict) => verdict === OK && cells.set(direct, true) },
  );
}

/** Errors: ENXIO (the device is in no group). */
export function* releaseDirectly(kernel: Kernel, user: User, device: Device): Program<Errno> {
  const { group } = device;
  if (group === undefined || !(yield* isMember(kernel, device))) return ENXIO;
  return yield* giveBack(kernel, user, group);
}

/** Gives the group back if the user has claimed it so. */
export function* giveBack(kernel: Kernel, user: User, group: string): Program<Errno> {
  const { release } = groupOwnership(kernel);
  const { direct } = kernel.layout.session(user.name, group);
  const claimed = yield* perform({
    name: 'claimed?',
    key: `claimed directly? ${user.name} ${group}`,
    outcomes: [true, false],
    touches: [direct],
    run: (cells) => cells.get(direct),
  });
  if (!claimed || !release) return OK;
  return yield* release({ user, group }, { touches: [direct], keep: (cells) => cells.set(direct, false) });
}

function* isMember(kernel: Kernel, device: Device): Program<boolean> {
  const { member } = kernel.layout.device(device.name);
  return yield* perform({
    name: 'iommu_group_get',
    key: `member? ${device.name}`,
    outcomes: [true, false],
    touches: [member],
    run: (cells) => cells.get(member),
  });
}
