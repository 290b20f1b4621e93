import { isVfioDriver, type Bus } from '@busward/core';
import { few, isAddress, type FoundMachine } from '@busward/topology';
import type { JudgedBy } from './judged-by.ts';
import { driverNamed, memberOf, type Member } from './member.ts';
import type { Reason } from './reasons.ts';
import { virtualFunctions } from './virtual-functions.ts';

/**
 * Unbinding the driver of a container or of a host controller takes the devices below it away, and that of a physical function
 * its virtual ones, which no write brings back as they were (dprc_remove(), pci_stop_root_bus(), pci_disable_sriov()). The
 * model does not know that. A VFIO driver stays.
 */
export function takesOthersAway(
  member: Member,
  machine: FoundMachine,
  members: readonly Member[],
  asked: readonly string[],
  judged: JudgedBy,
): readonly Reason[] {
  const { name, bus, busName, driver, facts, found } = member;
  if (typeof driver !== 'string' || !bus || isVfioDriver(driverNamed(driver, bus, judged))) return [];
  const virtual = virtualFunctions(name, driver, machine);
  if (virtual)
    return [
      {
        device: name,
        why: `${virtual.why}. Ask for one of those; or, where nobody uses them, write 0 to its sriov_numvfs first`,
        from: virtual.from,
      },
    ];
  const others = members.filter((one) => one !== member);
  const container =
    bus.role?.({ name, bus: bus.name, facts } as Parameters<NonNullable<Bus['role']>>[0]) === 'container' &&
    others.some((one) => one.busName === busName);
  if (container)
    return [
      {
        device: name,
        why: `it is the container of the group's other devices, and its driver ${driver} takes them away when it is unbound (dprc_remove()): make a container of its own for the user, and give that`,
      },
    ];
  // What was not asked for is missed if it is on PCI. A platform child is a part: xhci_create_intel_xhci_sw_pdev() makes one.
  const counts = (one: string): boolean => asked.includes(one) || isAddress(one);
  const gone = member.bridge ? [] : below(name, machine).filter(counts);
  if (gone.length > 0)
    return [
      {
        device: name,
        why: `${few(gone)} ${gone.length === 1 ? 'is' : 'are'} below it, and ${gone.length === 1 ? 'goes' : 'go'} when its driver ${driver} is unbound`,
      },
    ];
  // What is on PCI, and no bridge to another bus, is the controller of nothing there.
  if (busName === 'pci' && found.class?.is.startsWith('06') !== true) return [];
  const untold = others
    .filter((one) => one.busName !== busName && counts(one.name) && !hasController(one, machine, judged))
    .map((one) => one.name);
  return untold.length === 0
    ? []
    : [
        {
          device: name,
          isOpen: true,
          why: `it is on ${busName}, shares the group, and nothing tells whether it is the controller that ${few(untold)} ${untold.length === 1 ? 'is' : 'are'} behind: then unbinding ${driver} takes ${untold.length === 1 ? 'that' : 'them'} away (sysfs tells)`,
        },
      ];
}

/** All that is below a device, through whatever is between. */
function below(name: string, { devices }: FoundMachine): readonly string[] {
  const known = new Set([name]);
  for (let before = 0; before < known.size;) {
    before = known.size;
    for (const { name: one, parent } of devices) if (parent && known.has(parent.is)) known.add(one);
  }
  return [...known].slice(1);
}

/** Whether something on another bus is told to be above a device, through bridges. */
function hasController({ busName, found }: Member, { devices }: FoundMachine, { buses }: JudgedBy): boolean {
  const seen = new Set<string>();
  for (let at = found.parent?.is; at !== undefined && !seen.has(at);) {
    seen.add(at);
    const above = memberOf(devices.find(({ name }) => name === at) ?? { name: at }, buses);
    if (above.busName !== busName) return true;
    at = above.found.parent?.is;
  }
  return false;
}
