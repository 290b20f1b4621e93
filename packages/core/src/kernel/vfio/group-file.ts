import type { Cell, Cells } from '../../cell.ts';
import { EBUSY, ENOENT, OK, type Errno } from '../../errno.ts';
import { membersOf, type User } from '../../machine.ts';
import { perform, type Program } from '../../step.ts';
import { currentMembers } from '../group.ts';
import type { Kernel } from '../kernel.ts';
import { oncePerGroup } from '../once-per-group.ts';
import { dissolveContainer } from './container.ts';
import { lockingGroup, unlockAfter } from './group-lock.ts';
import { isViable } from './viability.ts';
import { cdevFiles, hasVfioDevice, vfioFootprint } from './vfio-device.ts';

/* /dev/vfio/N, the file of a group: one user at a time has it open. */

/** Errors: ENOENT (no device of the group has a VFIO driver), EBUSY (somebody has it open, or still uses it). */
export function* openGroupFile(kernel: Kernel, user: User, group: string): Program<Errno> {
  const opened = yield* perform(opening(kernel, group));
  if (opened !== OK) return opened;
  const { file } = kernel.layout.session(user.name, group);
  return yield* unlockAfter(kernel, group, 'group->opened', {
    touches: [file],
    keep: (cells) => cells.set(file, 'open'),
  });
}

/** One step, whoever takes it: it is tabulated once for all users. */
const opening = oncePerGroup((kernel, group) => {
  const { container } = kernel.layout.group(group);
  const files = filesOf(kernel, group);
  const cdevs = cdevFiles(kernel, group);
  return lockingGroup(kernel, group, 'vfio_group_fops_open', {
    key: 'by its file',
    refuses: [ENOENT, EBUSY],
    touches: [container, ...files, ...cdevs, ...vfioFootprint(kernel, group)],
    check(cells) {
      // Who has it open, or a device, keeps it there: then devices need not be looked at, which are the most to tabulate.
      const taken = files.some((file) => ['open', 'pinned'].includes(cells.get(file)));
      if (taken || cells.get(container) !== undefined || cdevs.some((open) => cells.get(open))) return EBUSY;
      return hasVfioDevice(kernel, cells, group) ? OK : ENOENT;
    },
  });
});

/** Open device files keep the group's file as it is, container and owner included, until the last of them is closed. */
export function* closeGroupFile(kernel: Kernel, user: User, group: string): Program<Errno> {
  const { file } = kernel.layout.session(user.name, group);
  const devices = membersOf(kernel.machine, group).map((device) => kernel.layout.file(user.name, device.name).open);
  const kept = yield* perform({
    name: 'close(group file)',
    key: `close group file ${user.name} ${group}`,
    outcomes: [true, false],
    touches: [file, ...devices],
    run(cells) {
      const pinned = cells.get(file) === 'open' && devices.some((open) => cells.get(open));
      cells.set(file, pinned ? 'pinned' : 'none');
      return pinned;
    },
  });
  return kept ? OK : yield* dissolveContainer(kernel, user, group);
}

/** Whether /dev/vfio/N is there. */
export function hasGroupFile(kernel: Kernel, cells: Cells, group: string): boolean {
  if (hasVfioDevice(kernel, cells, group)) return true;
  if (!kernel.strategy.surroundings.vfio.fileKeepsGroup) return false;
  const inUse = filesOf(kernel, group).some((file) => cells.get(file) !== 'none');
  return inUse || cells.get(kernel.layout.group(group).container) !== undefined;
}

/** What VFIO_GROUP_GET_STATUS tells a user who has the file open. */
export function groupStatus(
  kernel: Kernel,
  cells: Cells,
  user: User,
  group: string,
): { readonly viable: boolean; readonly container: boolean } | 'ENODEV' {
  if (cells.get(kernel.layout.session(user.name, group).file) === 'stale') return 'ENODEV';
  const { container: of, ownerCount } = kernel.layout.group(group);
  const container = cells.get(of) !== undefined;
  const viable = kernel.strategy.surroundings.vfio.scansSiblings
    ? currentMembers(kernel, cells, group).every((device) => isViable(kernel, cells, device))
    : container || cells.get(ownerCount) === 0;
  return { viable, container };
}

const filesOf = (kernel: Kernel, group: string): readonly Cell<'none' | 'open' | 'pinned' | 'stale'>[] =>
  kernel.machine.users.map((user) => kernel.layout.session(user.name, group).file);
