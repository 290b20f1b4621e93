import { EBUSY, EINVAL, EPERM, EACCES, OK, type Errno } from '../errno.ts';
import { membersOf, type DomainType } from '../machine.ts';
import { perform, WAIT, type Program } from '../step.ts';
import { currentMembers, groupFootprint } from './group.ts';
import type { Kernel } from './kernel.ts';

/**
 * `echo TYPE > /sys/kernel/iommu_groups/N/type` (iommu_group_store_type()): the group gets another default domain.
 * DMA to DMA-FQ is always allowed. Errors: EACCES (read-only), EINVAL (more than one device), EBUSY (a driver is bound, or
 * the group is not on its default domain), EPERM (counted). Throws where a machine has no types.
 */
export function* changeType(kernel: Kernel, group: string, to: DomainType | 'auto'): Program<Errno> {
  const { typeChange } = kernel.strategy.surroundings.iommu;
  const { types } = kernel.machine;
  if (!types)
    throw new Error(
      `machine '${kernel.machine.name}' has no types of default domains; make it with types: { now, auto }`,
    );
  if (typeChange === 'never') return EACCES;
  const { type, domain, ownerCount } = kernel.layout.group(group);
  const members = membersOf(kernel.machine, group).map(({ name }) => kernel.layout.device(name));
  const wanted = to === 'auto' ? types.auto : to;
  return yield* perform<Errno>({
    name: 'iommu_group_store_type',
    key: `type of ${group} ${to}`,
    outcomes: [OK, EINVAL, EBUSY, EPERM],
    touches: [type, ...members.map(({ lock }) => lock), ...groupFootprint(kernel, group)],
    run(cells) {
      const toFlushQueue = cells.get(type) === 'DMA' && to === 'DMA-FQ';
      if (typeChange === 'of one unbound device') {
        const [device, ...others] = currentMembers(kernel, cells, group);
        if (!device || others.length > 0) return EINVAL;
        const { lock, driver } = kernel.layout.device(device.name);
        if (cells.get(lock)) return WAIT;
        if (cells.get(driver) !== undefined && !toFlushQueue) return EBUSY;
        if (cells.get(domain) !== 'default') return EBUSY;
      } else if (cells.get(ownerCount) > 0 && !toFlushQueue) return EPERM;
      cells.set(type, wanted);
      return OK;
    },
  });
}
