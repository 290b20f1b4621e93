/* What was read of a real machine: every fact with where it stands. What no source tells is absent, never guessed. */

/** Where a fact stands: a line of a file, or a path of a tree, of an archive, of a blob. */
export interface Evidence {
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** Within the file: a path in a tree or an archive, a node, an offset. */
  readonly at?: string;
}

export interface Found<T> {
  readonly is: T;
  readonly from: Evidence;
}

export interface FoundDevice {
  /** As Linux names it: `0000:01:00.0`, `10003000.pcie`, `dpni.3`. */
  readonly name: string;
  /** Linux's name of its bus. */
  readonly bus?: Found<string>;
  /** The number of its IOMMU group; null: it is said to have none. */
  readonly group?: Found<string | null>;
  /** The driver it is bound to; null: it is said to have none. */
  readonly driver?: Found<string | null>;
  /** Whether it joined its group while a driver was being bound; the prefix of a boot log tells. */
  readonly joins?: Found<'when added' | 'at first bind'>;
  /** PCI class code, six hexadecimal digits as sysfs has them without `0x` ("060400"), or four. */
  readonly class?: Found<string>;
  /** Vendor and device, `8086:15b8`. */
  readonly ids?: Found<string>;
  /** What it is, as a person would call it. */
  readonly says?: Found<string>;
  /** Firmware asks for a 1:1 region (sysfs `reserved_regions` of kind direct, RMRR, `iommu-addresses`). */
  readonly direct?: Found<boolean>;
  /** The running system needs it: its root disk, the network card that is up, its console. */
  readonly needed?: readonly Found<'root disk' | 'active network' | 'console'>[];
  /** The device above it in the topology (a bridge, a DPRC, a controller), by name. */
  readonly parent?: Found<string>;
}

/** Two sources, or two lines of one, that cannot both be true. The later one is not believed more than the earlier. */
export interface Contradiction {
  readonly device: string;
  readonly fact: string;
  readonly first: Found<unknown>;
  readonly second: Found<unknown>;
}

/** A machine as it was found: what several sources say of one machine, put together. */
export interface FoundMachine {
  readonly name: string;
  readonly kernel?: Found<string>;
  readonly model?: Found<string>;
  /** The kernel command line, where a source has it. */
  readonly commandLine?: Found<string>;
  readonly devices: readonly FoundDevice[];
  /** Type of each group's default domain, by group number (sysfs `type`). */
  readonly types?: Readonly<Record<string, Found<string>>>;
  readonly contradictions: readonly Contradiction[];
  /** Lines, or paths, that speak of devices and could not be read. Nothing is dropped silently. */
  readonly unread: readonly Evidence[];
}
