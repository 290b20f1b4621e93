import { cellMaker, type Cell } from '../cell.ts';
import { membersOf, type Device, type DomainType, type Machine, type OwnDomain } from '../machine.ts';
import { notMinding } from '../minded.ts';

/**
 * 'none', 'default', 'blocking', 'user NAME' (a user's paging domain), 'driver DEVICE' or 'identity DEVICE' (a kernel
 * driver's own).
 */
export type Domain = string;
export const userDomain = (user: string): Domain => `user ${user}`;
/** Whoever has one is told from others by it. */
export const driverDomain = (device: Pick<Device, 'name'>, own: OwnDomain): Domain =>
  notMinding(() => (own === 'identity' ? `identity ${device.name}` : `driver ${device.name}`));
/** `domain->type == IOMMU_DOMAIN_IDENTITY`, for one that is not the default domain. */
export const isIdentity = (domain: Domain): boolean => domain.startsWith('identity ');

/** 'none', 'kernel' (only in strategies that mark it) or 'user NAME'. */
export type Owner = string;
export const ownedBy = (user: string): Owner => `user ${user}`;

interface DeviceCells {
  /** `device_lock`. */
  readonly lock: Cell<boolean>;
  /** Name of `dev->driver`. */
  readonly driver: Cell<string | undefined>;
  /** The probe of the bound driver, which is not VFIO's, has begun and its remove has not returned. */
  readonly running: Cell<boolean>;
  /** Its VFIO driver has registered it (`group->device_list`), and has not been removed. */
  readonly registered: Cell<boolean>;
  /** Its VFIO driver is being unbound (`group->unbound_list`, until 93219ea94388). */
  readonly unbinding: Cell<boolean>;
  /** Whether it is a member of its group now. */
  readonly member: Cell<boolean>;
  /** `dev->iommu` is allocated: a registering IOMMU has begun with the device. */
  readonly iommu: Cell<boolean>;
  /** The domain that the hardware uses for it: a ghost, kept by whatever moves domains. */
  readonly hw: Cell<Domain>;
  /** `group_device.blocked`: it is being reset, and blocked, whatever its group is on. */
  readonly recovering: Cell<boolean>;
  /** Ghost: `use` was granted and not given back. */
  readonly using: Cell<boolean>;
  /** Ghost: its driver started while its group had no default domain. */
  readonly early: Cell<boolean>;
  /** Ghost: the kernel crashed while working on this device. */
  readonly crashed: Cell<boolean>;
  /** Hot-plug: `kill_device` makes it 'going', the end of `device_del` 'gone'. */
  readonly presence: Cell<'there' | 'going' | 'gone'>;
  /** `driver_override`, where the machine has it as state. */
  readonly override?: Cell<string | undefined>;
}

interface GroupCells {
  readonly domain: Cell<Domain>;
  readonly defaultReady: Cell<boolean>;
  /** The IOMMU of the group has begun to register. */
  readonly registered: Cell<boolean>;
  readonly owner: Cell<Owner>;
  readonly ownerCount: Cell<number>;
  /** `pasid_array` is not empty; set by an iommufd attach (fb21b1568ada, 6.15; late 6.12.y). */
  readonly pasids: Cell<boolean>;
  /** VFIO's `group_lock`. */
  readonly vfioLock: Cell<boolean>;
  /** VFIO: the user whose container the group is in. */
  readonly container: Cell<string | undefined>;
  /** Type of its default domain. */
  readonly type: Cell<DomainType>;
}

/** One user's dealings with one group. */
interface SessionCells {
  /** VFIO's group file: closed but kept by a device file ('pinned'), or left over from a group that is gone ('stale'). */
  readonly file: Cell<'none' | 'open' | 'pinned' | 'stale'>;
  /** Claimed by calling `iommu_group_claim_dma_owner` itself. */
  readonly direct: Cell<boolean>;
  /** The user's domain is attached; VFIO frees it as soon as it is detached. */
  readonly attached: Cell<boolean>;
  /** Ghost: how many claims on the group the user was granted and has not given back. */
  readonly held: Cell<number>;
}

/** What a user has of one device. */
interface FileCells {
  /** VFIO: its file. iommufd: it is bound to the user's context. */
  readonly open: Cell<boolean>;
  /** iommufd: it is attached; the group is while one of its devices is. */
  readonly attached: Cell<boolean>;
}

/** Every cell of a machine. `cells` in order of `id` is the state. */
export interface Layout {
  readonly cells: readonly Cell[];
  device(name: string): DeviceCells;
  group(name: string): GroupCells;
  session(user: string, group: string): SessionCells;
  file(user: string, device: string): FileCells;
}

/** Gives every variable of the machine a cell. Ranges are as small as the machine allows: counts end at members + 1. */
export function layOut(machine: Machine): Layout {
  const { cells, make } = cellMaker();
  const yes = (name: string, initial: boolean): Cell<boolean> => make(name, [false, true], initial);
  const devices = new Map(machine.devices.map((device) => [device.name, deviceCells(machine, device, make)]));
  const groups = new Map(
    machine.groups.map((group) => {
      const members = membersOf(machine, group);
      const domain = domains(machine, group);
      const here = machine.iommu === 'present';
      const translated = here && machine.withoutOps?.[group] === undefined;
      const cellsOfGroup: GroupCells = {
        domain: make(`${group}.domain`, domain, translated ? 'default' : 'none'),
        defaultReady: yes(`${group}.default_domain`, translated),
        registered: yes(`${group}.registered`, here),
        owner: make(`${group}.owner`, ['none', 'kernel', ...machine.users.map((user) => ownedBy(user.name))], 'none'),
        ownerCount: make(`${group}.owner_cnt`, upTo(members.length + 1), 0),
        pasids: yes(`${group}.pasids`, false),
        vfioLock: yes(`${group}.group_lock`, false),
        container: make(`${group}.container`, [undefined, ...machine.users.map((user) => user.name)], undefined),
        type: make(
          `${group}.type`,
          machine.types ? ['DMA', 'DMA-FQ', 'identity'] : ['DMA'],
          machine.types?.now[group] ?? 'DMA',
        ),
      };
      return [group, cellsOfGroup];
    }),
  );
  const sessions = new Map<string, SessionCells>();
  const files = new Map<string, FileCells>();
  for (const user of machine.users) {
    for (const group of machine.groups) {
      sessions.set(`${user.name} ${group}`, {
        file: make(`${group}.file(${user.name})`, ['none', 'open', 'pinned', 'stale'], 'none'),
        direct: yes(`${group}.direct(${user.name})`, false),
        attached: yes(`${group}.attached(${user.name})`, false),
        held: make(`${group}.held(${user.name})`, upTo(membersOf(machine, group).length + 1), 0),
      });
    }
    for (const device of machine.devices)
      files.set(`${user.name} ${device.name}`, {
        open: yes(`${device.name}.open(${user.name})`, false),
        attached: yes(`${device.name}.attached(${user.name})`, false),
      });
  }
  return {
    cells,
    device: (name) => found(devices, name),
    group: (name) => found(groups, name),
    session: (user, group) => found(sessions, `${user} ${group}`),
    file: (user, device) => found(files, `${user} ${device}`),
  };
}

function deviceCells(machine: Machine, device: Device, make: ReturnType<typeof cellMaker>['make']): DeviceCells {
  const { name } = device;
  const without = machine.withoutOps?.[device.group ?? ''];
  const joined =
    device.group !== undefined &&
    without !== 'fake' &&
    machine.iommu === 'present' &&
    !device.absent &&
    (device.joins === 'when added' || device.joined === true);
  const yes = (what: string, initial: boolean): Cell<boolean> => make(`${name}.${what}`, [false, true], initial);
  return {
    lock: yes('device_lock', false),
    driver: make(`${name}.driver`, [undefined, ...device.drivers.map((driver) => driver.name)], undefined),
    running: yes('running', false),
    registered: yes('registered', false),
    unbinding: yes('unbinding', false),
    member: yes('iommu_group', joined),
    iommu: yes('dev_iommu', joined),
    hw: make(
      `${name}.hw`,
      device.group === undefined ? ['none'] : domains(machine, device.group),
      joined && !without ? 'default' : 'none',
    ),
    recovering: yes('recovering', false),
    using: yes('using', false),
    early: yes('early', false),
    crashed: yes('crashed', false),
    presence: make(`${name}.presence`, ['there', 'going', 'gone'], device.absent ? 'gone' : 'there'),
    ...(machine.overrides && {
      override: make(`${name}.driver_override`, [undefined, ...device.drivers.map((driver) => driver.name)], undefined),
    }),
  };
}

/** Every domain the group's hardware can be on. */
function domains(machine: Machine, group: string): readonly Domain[] {
  const owned = ({ name, drivers }: Device): readonly Domain[] =>
    drivers.flatMap((driver) =>
      !driver.managesDma && driver.ownDomain ? [driverDomain({ name }, driver.ownDomain)] : [],
    );
  return [
    'none',
    'default',
    'blocking',
    ...machine.users.map((user) => userDomain(user.name)),
    ...new Set(membersOf(machine, group).flatMap(owned)),
  ];
}

const upTo = (most: number): readonly number[] => Array.from({ length: most + 1 }, (_, at) => at);

function found<T>(all: ReadonlyMap<string, T>, name: string): T {
  const one = all.get(name);
  if (one === undefined) throw new Error(`no cells for '${name}' in this machine`);
  return one;
}
