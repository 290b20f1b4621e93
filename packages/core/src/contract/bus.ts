import type { EBUSY, EPROBE_DEFER, Ok, Refusal } from '../errno.ts';
import type { Device, Driver, Facts, ManagedDriver } from '../machine.ts';
import type { Program } from '../step.ts';
import type { RuleNumber } from './rules.ts';

declare const admitted: unique symbol;

/** Success of `dma_configure`. Only the ownership facade hands it out, so that a bus cannot forget the check. */
export type Admitted = Ok & { readonly [admitted]: true };

/** Which firmware node describes the device, and which input id the IOMMU knows it by. */
export interface FirmwareLookup {
  readonly node: string;
  /** Absent: the node's own `iommus`. */
  readonly id?: string | number;
}

/** What a bus may ask of the kernel. A bus cannot touch ownership, and has to say so if it succeeds without the check (`bypass`). */
export interface BusKernel {
  readonly firmware: {
    /** `of_dma_configure` / `acpi_dma_configure`: a device that was not in its group joins it here (device trees, to 6.14). */
    configure(device: Device, lookup: FirmwareLookup | undefined): Program<Ok | Refusal>;
  };
  readonly driver: {
    /** One atomic read of `dev->driver`. A second read is another moment, and a race (M20). */
    read(device: Device): Program<Driver | undefined>;
  };
  readonly dma: {
    /** `arch_teardown_dma_ops`. */
    teardown(device: Device): Program<void>;
  };
  readonly ownership: {
    /** The shared check, `iommu_device_use_default_domain`: what it does and where is the strategy's. */
    use(device: Device): Program<Admitted | Refusal>;
    /** Gives back exactly one granted `use`. */
    unuse(device: Device): Program<void>;
    /** There is no driver, or it manages DMA itself. */
    notNeeded(driver: ManagedDriver | undefined): Admitted;
    /** Succeeds without the check, and says why: upstream has done it, and exploration shows what it costs. */
    bypass(reason: string): Admitted;
  };
  /** A NULL dereference or BUG: the machine stops here. For the history of a bus, not for new ones. */
  oops(device: Device, reason: string): Program<never>;
}

/**
 * A bus's own knowledge, which may only restrict: a pure judgement inside the critical section of `use` and of `claim`,
 * over devices named in advance. Where a strategy has no critical section there is no place for it.
 */
export interface Refinement<B extends string, F extends Facts> {
  /** What it restricts, in one sentence. */
  readonly says: string;
  /** The devices, out of `all`, whose drivers it looks at when `device` or its group changes hands. */
  of(device: Device<B, F>, all: readonly Device[]): readonly Device[];
  judge(device: Device<B, F>, by: 'kernel' | 'user', seen: readonly Seen[]): Ok | typeof EBUSY | typeof EPROBE_DEFER;
}

/** What a refinement sees of a device it has named. A kernel would have to hold the other group's mutex, too. */
export interface Seen {
  readonly device: Device;
  readonly driver: Driver | undefined;
  /** Whether a user is marked as the owner of its group. */
  readonly ownedByUser: boolean;
}

/** The two hooks: `dma_configure`, as in the kernel, and `dma_unconfigure`, which is upstream's `dma_cleanup`. */
export interface Hooks<B extends string, F extends Facts> {
  /** `bus_type.dma_configure` was NULL: a wrapper around it has nothing to wrap. */
  readonly hookless?: true;
  dma_configure(device: Device<B, F>, kernel: BusKernel): Program<Admitted | Refusal>;
  dma_unconfigure(device: Device<B, F>, kernel: BusKernel): Program<void>;
}

/** What upstream had from one commit on. */
export interface Revision<B extends string, F extends Facts> extends Hooks<B, F> {
  readonly commit: string;
  readonly title: string;
  /** The mainline version that first contains it, then stable versions that took it over. */
  readonly since: readonly [string, ...string[]];
  /** What the revision does, or gets wrong, in one sentence. */
  readonly says: string;
  /** The rules that it breaks, by number, and the bug that this is, as `M22`; or why it is none. */
  readonly knownBugs?: { readonly [N in RuleNumber]?: string };
}

/** How a kernel log's device name and its prefix (the driver, or the bus) show that the device is on this bus. */
export interface Recognition<F extends Facts> {
  readonly facts: F;
  /** Nobody else can be meant. The platform bus takes what no other bus is sure of. */
  readonly sure: boolean;
  /** It is a bridge, see {@link Device.bridge}. */
  readonly bridge?: boolean;
}

export interface BusDefinition<B extends string, F extends Facts> extends Hooks<B, F> {
  readonly name: B;
  /** The contract it was written for ({@link contractVersion}); left out: that of the core it is used with. */
  readonly contract?: number;
  /** File and function in Linux. */
  readonly source: string;
  readonly says: string;
  /** Facts of a plain device called `name`: to probe the hooks at definition, and to move a device to this bus. */
  example(name: string): F;
  /**
   * Facts of devices called `names`, together, where the bus's own rules matter: devices that get no group, devices that
   * its refinement relates. For machines that are generated; without it `example` says it all.
   */
  special?(names: readonly string[]): readonly (readonly F[])[];
  /** Which firmware node describes the device and which input ids it uses; none: firmware knows nothing of it. */
  firmware(device: Device<B, F>): FirmwareLookup | undefined;
  recognise(name: string, prefix: string): Recognition<F> | undefined;
  /** Devices with a key in common cannot be told apart by the IOMMU, and share a group; no keys: no group. */
  isolation(device: Device<B, F>): readonly string[];
  /** No IOMMU is above this bus: none of its devices ever has a group, and there is nothing to check. Why, in a sentence. */
  readonly ungrouped?: string;
  /** What, beside names, makes two devices of this bus differ for ownership (a container and its children). */
  role?(device: Device<B, F>): string;
  /** Drivers that set `driver_managed_dma` on this bus; `forUser` for VFIO's. */
  readonly managedDrivers: readonly ManagedDriver[];
  readonly refine?: Refinement<B, F>;
  /** Oldest first. */
  readonly history: readonly Revision<B, F>[];
}

/** A bus package's export: the contract's form, and `at` for what upstream had. */
export interface Bus<B extends string = string, F extends Facts = Facts> extends BusDefinition<B, F> {
  /** The bus as Linux `version`, or a tree at one of its commits, had it. Throws when its history does not reach so far, back or forth. */
  at(version: string): Bus<B, F>;
  /** Set on what `at` returns: its version, and what that had. */
  readonly asIn?: string;
  readonly revision?: Revision<B, F>;
  /** Whether `dma_configure` can reach `ownership.use`; found by running it. */
  readonly callsUse: boolean;
}
