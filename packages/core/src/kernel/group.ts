import { EBUSY, EINVAL, OK, type Ok } from '../errno.ts';
import type { Cell, Cells } from '../cell.ts';
import { guarded } from '../contract/guarded.ts';
import { membersOf, type Device, type DomainType, type Driver } from '../machine.ts';
import { notMinding } from '../minded.ts';
import { PluginError } from '../plugin-error.ts';
import type { Kernel } from './kernel.ts';
import { oncePerGroup } from './once-per-group.ts';
import type { Domain, Owner } from './layout.ts';

/** What a strategy sees of a group while it holds `group->mutex`. Void as soon as its section ends. */
export interface GroupView {
  readonly name: string;
  ownerCount: number;
  owner: Owner;
  /** `pasid_array` is not empty: a user is attached through iommufd (from 6.15 on, and late 6.12.y). */
  pasids: boolean;
  readonly domain: Domain;
  /** 'none' until it has been set up. */
  readonly defaultDomain: Domain;
  readonly defaultType: DomainType;
  readonly members: readonly Member[];
  /**
   * Moves every member to `domain`, as `__iommu_group_set_domain` of the strategy's surroundings does. EBUSY: a member is being
   * reset. EINVAL: a member cannot be on that domain, or the group on no domain at all.
   */
  setDomain(domain: Domain): Moved;
  /** The same for who must not fail, `__iommu_group_set_domain_nofail`: what goes wrong is a WARN_ON. */
  setDomainNofail(domain: Domain): Ok;
  /** WARN_ON: the kernel says so in its log and goes on. */
  warn(text: string): void;
}

type Moved = Ok | typeof EBUSY | typeof EINVAL;

/** A member as anybody can see it without its lock. */
export interface Member {
  readonly device: Device;
  /** `dev->driver`, which is not protected by `group->mutex`. */
  readonly driver: Driver | undefined;
}

/** Every cell that {@link openGroup} can reach. */
export const groupFootprint = oncePerGroup((kernel, group): readonly Cell[] => {
  const cells = kernel.layout.group(group);
  return [
    cells.domain,
    cells.defaultReady,
    cells.owner,
    cells.ownerCount,
    cells.pasids,
    cells.type,
    ...membersOf(kernel.machine, group).flatMap(({ name }) => {
      const { member, driver, hw, recovering } = kernel.layout.device(name);
      return [member, driver, hw, recovering];
    }),
  ];
});

/** Those of them that a section, or a join, can write: no driver, and who is a member only by joining. */
export const groupWrites = oncePerGroup((kernel, group): readonly Cell[] => {
  const { domain, defaultReady, owner, ownerCount, pasids, type } = kernel.layout.group(group);
  const hardware = membersOf(kernel.machine, group).map(({ name }) => kernel.layout.device(name).hw);
  return [domain, defaultReady, owner, ownerCount, pasids, type, ...hardware];
});

/**
 * Runs `body` on a view of the group, then makes the view void. Says `strayed` of moves to what was neither the domain
 * before, nor the one after, nor one that a failed move was for (P8).
 */
export function openGroup<T>(kernel: Kernel, cells: Cells, group: string, body: (view: GroupView) => T): T {
  const of = kernel.layout.group(group);
  const moves: { readonly device: string; readonly to: Domain }[] = [];
  const meant = new Set([cells.get(of.domain)]);
  let open = true;
  const check = (): void => {
    if (!open)
      throw new PluginError(
        `strategy '${kernel.strategy.name}': the group view of ${group} was used after its section; use it inside the section only`,
      );
  };
  const read = <U>(cell: Cell<U>): U => (check(), cells.get(cell));
  const what = `strategy '${kernel.strategy.name}': the group view of ${group}`;
  const write = <U>(cell: Cell<U>, value: U): void => {
    check();
    // A count may run out of its range, which breaks P4. Anything else is a slip.
    if (typeof value !== typeof cell.initial || (typeof value !== 'number' && !cell.values.includes(value)))
      throw new PluginError(
        `${what} was given ${JSON.stringify(value)} for ${cell.name}; it can be ${cell.values.map(String).join(', ')}`,
      );
    cells.set(cell, value);
  };
  const set = (domain: Domain, must: boolean): Moved => {
    check();
    if (!of.domain.values.includes(domain))
      throw new PluginError(
        `${what}: ${must ? 'setDomainNofail' : 'setDomain'} was given ${JSON.stringify(domain)}; ` +
          `it can be ${of.domain.values.join(', ')}`,
      );
    const moved = setDomain(kernel, cells, group, domain, must, (device, to) => moves.push({ device, to }));
    if (moved !== OK) meant.add(domain);
    return moved;
  };
  const view: GroupView = {
    name: group,
    get ownerCount() {
      return read(of.ownerCount);
    },
    set ownerCount(count) {
      write(of.ownerCount, count);
    },
    get owner() {
      return read(of.owner);
    },
    set owner(owner) {
      write(of.owner, owner);
    },
    get pasids() {
      return read(of.pasids);
    },
    set pasids(some) {
      write(of.pasids, some);
    },
    get domain() {
      return read(of.domain);
    },
    get defaultDomain() {
      return read(of.defaultReady) ? 'default' : 'none';
    },
    get defaultType() {
      return read(of.type);
    },
    get members() {
      check();
      return currentMembers(kernel, cells, group).map((device) => ({
        device,
        // Read when it is asked for, as in {@link runs}.
        get driver() {
          check();
          return notMinding(() => boundDriver(kernel, cells, device));
        },
      }));
    },
    setDomain: (domain) => set(domain, false),
    setDomainNofail(domain) {
      const moved = set(domain, true);
      if (moved !== OK)
        cells.emit({ kind: 'warned', group, text: `WARN_ON in __iommu_group_set_domain_nofail(): ${moved}` });
      return OK;
    },
    warn(text) {
      check();
      cells.emit({ kind: 'warned', group, text });
    },
  };
  const result = body(guarded(view, what));
  open = false;
  meant.add(cells.get(of.domain));
  for (const { device, to } of moves) if (!meant.has(to)) cells.emit({ kind: 'strayed', device, domain: to });
  return result;
}

export const currentMembers = (kernel: Kernel, cells: Cells, group: string): readonly Device[] =>
  membersOf(kernel.machine, group).filter((device) => cells.get(kernel.layout.device(device.name).member));

export function boundDriver(kernel: Kernel, cells: Cells, device: Device): Driver | undefined {
  const name = cells.get(kernel.layout.device(device.name).driver);
  return device.drivers.find((driver) => driver.name === name);
}

/**
 * Whether such a driver has probed and has not been removed. Nothing is read where the device has none: each cell that is read
 * and cannot matter doubles what there is to tabulate.
 */
export function runs(kernel: Kernel, cells: Cells, device: Device, isSuch: (driver: Driver) => boolean): boolean {
  const { running, driver } = kernel.layout.device(device.name);
  for (const one of device.drivers) if (isSuch(one)) return cells.get(running) && isOneOf(cells.get(driver));
  return false;

  function isOneOf(bound: string | undefined): boolean {
    for (const one of device.drivers) if (one.name === bound && isSuch(one)) return true;
    return false;
  }
}

/** A member with a firmware 1:1 region refuses the blocking domain where the surroundings spare it (a48ce36e2786). */
const refuses = (kernel: Kernel, device: Device, domain: Domain): boolean =>
  device.failsToAttach === domain ||
  (kernel.strategy.surroundings.iommu.sparesDirect && device.direct && domain === 'blocking');

/**
 * `__iommu_group_set_domain`: moves the members one by one. What becomes of those already moved when one refuses, and of
 * the others, is the surroundings' (dcf40ed3a20d); so is who is refused while a member is reset, which is left out.
 */
function setDomain(
  kernel: Kernel,
  cells: Cells,
  group: string,
  domain: Domain,
  must: boolean,
  moved: (device: string, to: Domain) => void,
): Moved {
  const { unwinds, reset } = kernel.strategy.surroundings.iommu;
  const of = kernel.layout.group(group);
  const before = cells.get(of.domain);
  if (before === domain) return OK;
  if (kernel.machine.withoutOps?.[group]) return EINVAL;
  const members = currentMembers(kernel, cells, group);
  const here = members.filter(({ name }) => !cells.get(kernel.layout.device(name).recovering));
  if (here.length < members.length && (!must || reset === 'refuses every move')) return EBUSY;

  const move = (device: Device, to: Domain): void => {
    if (to === 'none') return; // no domain: an IOMMU without detach_dev stays on what it had (0286300e6045, SMMUv3)
    moved(device.name, to);
    cells.set(kernel.layout.device(device.name).hw, to);
  };
  const stop = here.findIndex((device) => refuses(kernel, device, domain));
  if (stop < 0 || (must && unwinds)) {
    for (const device of here) if (!refuses(kernel, device, domain)) move(device, domain);
    cells.set(of.domain, domain);
    return stop < 0 ? OK : EINVAL;
  }
  for (const to of unwinds ? [domain, before] : [domain]) for (const device of here.slice(0, stop)) move(device, to);
  return EINVAL;
}
