/* What was read of a real machine: every fact with where it stands. What no source tells is absent, never guessed. */

/** Where a fact stands: a line of a file, or a path of a tree, of an archive, of a blob. */
export interface Evidence {
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** Within the file: a path in a tree or an archive, a node, an offset. */
  readonly at?: string;
}

/** Something that speaks of devices and could not be read, and what it says (cut, if it is long). */
export interface Unread extends Evidence {
  readonly text: string;
  /** Numbers of the groups that it speaks of; absent: it names none. */
  readonly groups?: readonly string[];
}

export interface Found<T> {
  readonly is: T;
  readonly from: Evidence;
}

/** What the running system uses a device for, so that it must not be taken away. */
export type Need = 'root disk' | 'active network' | 'console';

export interface FoundDevice {
  /** As Linux names it: `0000:01:00.0`, `10003000.pcie`, `dpni.3`. */
  readonly name: string;
  /** Linux's name of its bus. */
  readonly bus?: Found<string>;
  /** The number of its IOMMU group; null: it is said to have none. */
  readonly group?: Found<string | null>;
  /** The driver it is bound to; null: it is said to have none. Of a boot log: the last that it shows. */
  readonly driver?: Found<string | null>;
  /** `driver_override`; null: it is said to have none. */
  readonly override?: Found<string | null>;
  /** Modules that know the device, loaded or not (lspci's "Kernel modules", dpdk-devbind's "unused"). */
  readonly modules?: Found<readonly string[]>;
  /** Whether it joined its group while a driver was being bound; the prefix of a boot log tells. */
  readonly joins?: Found<'when added' | 'at first bind'>;
  /** PCI class code, six hexadecimal digits as sysfs has them without `0x` ("060400"), or four. */
  readonly class?: Found<string>;
  /** It is a bridge, by what else is told of it: a bus is below it, or a device on its bus is. */
  readonly bridge?: Found<true>;
  /** Vendor and device, `8086:15b8`. */
  readonly ids?: Found<string>;
  /** What it is, as a person would call it. */
  readonly says?: Found<string>;
  /** Firmware asks for a 1:1 region that must not be given up (RMRR, `iommu-addresses`); false: it is said not to. */
  readonly direct?: Found<boolean>;
  /** Firmware asks for a 1:1 region, and nothing tells the device's class, by which it can be given up or not. */
  readonly asks?: Found<true>;
  /** The running system needs it. */
  readonly needed?: readonly Found<Need>[];
  /** The device above it in the topology (a bridge, a DPRC, a controller), by name. */
  readonly parent?: Found<string>;
  /** The physical function that it is a virtual function of (SR-IOV), by name. */
  readonly physfn?: Found<string>;
}

/** What is told of a group as a whole; sysfs does not tell which member asks for a 1:1 region. */
export interface FoundGroup {
  /** Type of its default domain (sysfs `type`): DMA, DMA-FQ, identity, ... */
  readonly type?: Found<string>;
  /** Its `reserved_regions` have one of kind `direct`; `direct-relaxable` does not count. */
  readonly direct?: Found<boolean>;
}

/** Two sources, or two lines of one, that cannot both be true. The device has the first, but within a text the later. */
export interface Contradiction {
  /** Absent: it is about the machine (its kernel, its model). */
  readonly device?: string;
  readonly fact: string;
  readonly first: Found<unknown>;
  readonly second: Found<unknown>;
}

/** What was read, and as what. */
export interface Source {
  readonly file: string;
  /** The kinds of content that were found in it: 'boot log', 'lspci', ... */
  readonly as: readonly string[];
  /** How many lines a text has. */
  readonly lines?: number;
}

/** A machine as it was found: what several sources say of one machine, put together. */
export interface FoundMachine {
  readonly name: string;
  readonly sources: readonly Source[];
  readonly kernel?: Found<string>;
  readonly model?: Found<string>;
  /** The kernel command line, where a source has it. */
  readonly commandLine?: Found<string>;
  /** In order of first mention. */
  readonly devices: readonly FoundDevice[];
  /** By group number. */
  readonly groups: Readonly<Record<string, FoundGroup>>;
  /** Needs that a source told of: one that is not here is unknown, even if no device has it. */
  readonly needsTold: readonly Found<Need>[];
  readonly contradictions: readonly Contradiction[];
  /** Lines, or paths, that speak of devices and could not be read. Nothing is dropped silently. */
  readonly unread: readonly Unread[];
  /** What a person has to know of how it was read (two boots, devices that were removed), in sentences. */
  readonly says: readonly string[];
}
