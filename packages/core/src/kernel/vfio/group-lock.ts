import type { Cell, Cells } from '../../cell.ts';
import { OK, type Errno, type Refusal } from '../../errno.ts';
import { perform, WAIT, type Atom, type Program } from '../../step.ts';
import type { Along } from '../along.ts';
import type { Kernel } from '../kernel.ts';

interface When {
  readonly key: string;
  readonly refuses: readonly Refusal[];
  readonly touches: readonly Cell[];
  check(cells: Cells): Errno;
}

/** Waits for VFIO's group_lock and keeps it if `check` says OK. `key` tells what is looked at from what others look at there. */
export function* lockGroup(kernel: Kernel, group: string, name: string, when: When): Program<Errno> {
  return yield* perform(lockingGroup(kernel, group, name, when));
}

/** The step of {@link lockGroup}. */
export function lockingGroup(kernel: Kernel, group: string, name: string, when: When): Atom<Errno> {
  const { vfioLock } = kernel.layout.group(group);
  return {
    name,
    key: `${name} ${group} ${when.key}`,
    outcomes: [OK, ...when.refuses],
    touches: [...new Set([vfioLock, ...when.touches])],
    writes: [vfioLock],
    run(cells) {
      if (cells.get(vfioLock)) return WAIT;
      const verdict = when.check(cells);
      if (verdict === OK) cells.set(vfioLock, true);
      return verdict;
    },
  };
}

/**
 * The ioctl's last section: the verb, then `book` if it was granted, then group_lock is free. Where there is no verb to
 * run, `last` is the name of a step that does just that.
 */
export function* unlockAfter(
  kernel: Kernel,
  group: string,
  last: string | ((also: Along) => Program<Errno>),
  book: Along = { touches: [], keep: () => {} },
): Program<Errno> {
  const { vfioLock } = kernel.layout.group(group);
  const also: Along = {
    touches: [vfioLock, ...book.touches],
    keep(cells, verdict) {
      if (verdict === OK) book.keep(cells, verdict);
      cells.set(vfioLock, false);
    },
  };
  if (typeof last !== 'string') return yield* last(also);
  return yield* perform<Errno>({
    name: last,
    key: `${last} ${group}`,
    outcomes: [OK],
    touches: also.touches,
    run: (cells) => (also.keep(cells, OK), OK),
  });
}
