import type { Cell, Cells } from '../cell.ts';
import { guarded } from '../contract/guarded.ts';
import { currentMembers, groupFootprint, runs } from '../kernel/group.ts';
import { isVfioDevice } from '../kernel/vfio/vfio-device.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { ownedBy, userDomain, type Domain, type Owner } from '../kernel/layout.ts';
import { isVfioDriver, membersOf, type Device } from '../machine.ts';

/** What the judge sees of a group in one state: the ghosts, and the kernel's own variables where a principle names them. */
export interface GroupGhosts {
  /** Members now. */
  readonly members: readonly Device[];
  /** What the hardware cannot tell apart, members or not: a device that could not join is still behind the same IOMMU. */
  readonly all: readonly Device[];
  /** Users that hold a claim, and those that do not. */
  readonly holders: readonly string[];
  readonly strangers: readonly string[];
  /** A driver that does not manage DMA itself, from the start of its probe to the return of its remove. */
  active(device: Device): boolean;
  /** From a granted `use` to its `unuse`. */
  using(device: Device): boolean;
  /** Its running driver started when it was in its group, and the group had no default domain. */
  startedEarly(device: Device): boolean;
  /** The domain that the hardware uses. */
  hw(device: Device): Domain;
  /** It is being reset, and blocked, whatever its group is on. */
  recovering(device: Device): boolean;
  /** Its running driver has a domain of its own. */
  movesDomain(device: Device): boolean;
  /** Its VFIO driver serves the user: he has it open, or its hardware is on his domain. */
  serves(device: Device, user: string): boolean;
  /** Claims of the owner; `undefined` if no user owns. */
  claims(owner: Owner): number | undefined;
  /** A user's domain is on it, because he attached; of that user, `attachedBy`. */
  readonly attached: boolean;
  attachedBy(domain: Domain): boolean;
  readonly domain: Domain;
  readonly defaultReady: boolean;
  readonly owner: Owner;
  readonly ownerCount: number;
  /** Nothing stands between its members and memory: no domain can be had for it. */
  readonly withoutOps: boolean;
  /** It has a driver. */
  bound(device: Device): boolean;
}

/** Members that have a driver, or all of them if none has: who takes part in what is wrong with a whole group. */
export function takePart(group: Pick<GroupGhosts, 'members' | 'bound'>): readonly Device[] {
  const bound = group.members.filter(group.bound);
  return bound.length > 0 ? bound : group.members;
}

/** A view of the group; each property is read when it is asked for. */
export function ghostsOf(kernel: Kernel, cells: Cells, group: string): GroupGhosts {
  return guarded(viewOf(kernel, cells, group), `the judge's view of ${group}`);
}

function viewOf(kernel: Kernel, cells: Cells, group: string): GroupGhosts {
  const { layout, machine } = kernel;
  const of = layout.group(group);
  const device = ({ name }: Device) => layout.device(name);
  const session = (user: string) => layout.session(user, group);
  const users = machine.users.map((user) => user.name);
  const holds = (user: string): boolean => cells.get(session(user).held) > 0;
  return {
    get members() {
      return currentMembers(kernel, cells, group);
    },
    all: membersOf(machine, group),
    get holders() {
      return users.filter((user) => holds(user));
    },
    get strangers() {
      return users.filter((user) => !holds(user));
    },
    active: (one) => isActive(kernel, cells, one),
    using: (one) => cells.get(device(one).using),
    startedEarly: (one) => cells.get(device(one).early),
    hw: (one) => cells.get(device(one).hw),
    recovering: (one) => cells.get(device(one).recovering),
    movesDomain: (one) => runs(kernel, cells, one, (driver) => !driver.managesDma && driver.ownDomain !== undefined),
    serves: (one, user) =>
      (cells.get(layout.file(user, one.name).open) || cells.get(device(one).hw) === userDomain(user)) &&
      isVfioDevice(kernel, cells, one),
    claims(owner) {
      const user = users.find((one) => ownedBy(one) === owner);
      return user === undefined ? undefined : cells.get(session(user).held);
    },
    get attached() {
      return users.some((user) => cells.get(session(user).attached));
    },
    attachedBy: (domain) => users.some((user) => userDomain(user) === domain && cells.get(session(user).attached)),
    get domain() {
      return cells.get(of.domain);
    },
    get defaultReady() {
      return cells.get(of.defaultReady);
    },
    get owner() {
      return cells.get(of.owner);
    },
    get ownerCount() {
      return cells.get(of.ownerCount);
    },
    withoutOps: machine.withoutOps?.[group] !== undefined,
    bound: (one) => cells.get(device(one).driver) !== undefined,
  };
}

/** A driver that does DMA and does not manage it itself, from the start of its probe to the return of its remove. */
export const isActive = (kernel: Kernel, cells: Cells, device: Device): boolean =>
  runs(kernel, cells, device, (driver) => !driver.managesDma && !isVfioDriver(driver) && !driver.idle);

/** Every cell that {@link ghostsOf} can read. */
export function ghostFootprint(kernel: Kernel, group: string): readonly Cell[] {
  const { layout, machine } = kernel;
  return [
    ...groupFootprint(kernel, group),
    ...machine.users.flatMap(({ name }) => [layout.session(name, group).held, layout.session(name, group).attached]),
    ...membersOf(machine, group).flatMap(({ name }) => [
      layout.device(name).running,
      layout.device(name).registered,
      layout.device(name).using,
      layout.device(name).early,
      ...machine.users.map((user) => layout.file(user.name, name).open),
    ]),
  ];
}
