import type { Errno } from '../errno.ts';
import type { GroupView } from '../kernel/group.ts';
import type { Device, Driver, OwnDomain, User } from '../machine.ts';
import type { Program } from '../step.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * One critical section under `group->mutex`: one step. At a device it is the group the device is in *now*, or none.
 * `outcomes` are all it can decide; the body is a pure function of the view.
 */
export interface Section {
  <const T extends Errno>(
    at: Device,
    name: string,
    outcomes: readonly T[],
    body: (group: GroupView | undefined) => NoInfer<T>,
  ): Program<T>;
  <const T extends Errno>(
    at: string,
    name: string,
    outcomes: readonly T[],
    body: (group: GroupView) => NoInfer<T>,
  ): Program<T>;
}

/** Who takes what: a user takes a group, as a whole (VFIO container) or through one of its devices (iommufd). */
export interface Claim {
  readonly user: User;
  readonly group: string;
  readonly device?: Device;
}

/**
 * What the check says. Every verb has at most one section, and returns that section's outcome. Without a section no verb may
 * refuse, and only `use` and `unuse` may succeed.
 */
export interface Ownership {
  /** A kernel driver of `device` is going to use the default domain. */
  use(device: Device): Program<Errno>;
  unuse(device: Device): Program<Errno>;
  /** A user becomes the owner (SET_CONTAINER, BIND_IOMMUFD). Absent: nothing is claimed, and attaching is owning. */
  claim?(claim: Claim): Program<Errno>;
  release?(claim: Claim): Program<Errno>;
  /** The user's domain goes onto the group, and off it. */
  attach(claim: Claim): Program<Errno>;
  detach(claim: Claim): Program<Errno>;
  /** A kernel driver attaches a domain of its own to the group of its device (`iommu_attach_group`), and detaches it. */
  attachOwn(device: Device, own?: OwnDomain): Program<Errno>;
  detachOwn(device: Device): Program<Errno>;
}

/** `dma_configure` or `dma_unconfigure` of a bus, as the strategy may run it. */
export interface Hook<T> {
  /** The bus's hook contains a call of `use`. */
  readonly callsUse: boolean;
  /** The bus has no hook at all. */
  readonly missing: boolean;
  run(): Program<T>;
}

/**
 * Where the check stands: middleware at the named points of `really_probe` and `__device_release_driver`. It starts what it calls, and
 * refuses only as the bus or the check had, whose section shows whether there was a cause.
 */
export interface Placement {
  /** What the bus's own call of `use` does. Default: the check. */
  readonly busUse?: 'nothing';
  readonly busUnuse?: 'nothing';
  beforeDriverSet?(device: Device, driver: Driver, own: Ownership): Program<Errno>;
  configure?(device: Device, driver: Driver, hook: Hook<Errno>, own: Ownership): Program<Errno>;
  /** A failed `configure` leaves by the failure exit and is reported as success (M04). */
  readonly losesConfigureError?: true;
  unconfigure?(device: Device, driver: Driver, hook: Hook<void>, own: Ownership): Program<void>;
  /** Who listens to BUS_NOTIFY_BOUND_DRIVER. */
  readonly bound?: 'vfio notifier';
  /** After `device_unbind_cleanup`; `configured` says whether `dma_configure` had succeeded. */
  afterUnbind?(device: Device, driver: Driver, configured: boolean, own: Ownership): Program<void>;
}

export interface Strategy {
  readonly name: string;
  readonly says: string;
  /** Commit, file and function, or Message-Id. */
  readonly source: string;
  /** It keeps a count of its own, so that P4 and P5 apply. */
  readonly counts: boolean;
  readonly surroundings: Surroundings;
  ownership(section: Section, bus: string): Ownership;
  readonly at: Placement;
}
