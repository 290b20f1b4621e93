/**
 * What upstream relies on, bus by bus, and what every bus is therefore held to. The first seven are about hooks, the
 * last is about what a bus adds of its own; a {@link Revision} is held to those that were in force in its time.
 */
export const rules = [
  {
    number: 1,
    name: 'success means checked',
    says: 'dma_configure succeeds if and only if the device may be probed; a refusal is returned as it is',
    source: 'drivers/base/dd.c, really_probe(); 512881eacfa7; broken by drivers/cdx/cdx.c, cdx_dma_configure() (M22)',
    since: '5.19',
  },
  {
    number: 2,
    name: 'the check comes last',
    says: 'the shared check is asked after firmware is configured, since up to 6.14 the device may join its group only there',
    source: '512881eacfa7, on why the draft before it checked too early (M05)',
    since: '5.19',
  },
  {
    number: 3,
    name: 'a refusal is undone',
    says: 'when the check refuses, the hook takes its own DMA setup back (arch_teardown_dma_ops)',
    source: 'drivers/base/platform.c, platform_dma_configure(); 512881eacfa7',
    since: '5.19',
  },
  {
    number: 4,
    name: 'given back as taken',
    says: 'dma_unconfigure gives back exactly what dma_configure was granted, and decides by the same flag',
    source: '512881eacfa7, *_dma_cleanup(); broken by drivers/cdx/cdx.c (M22)',
    since: '5.19',
  },
  {
    number: 5,
    name: 'callable without a driver',
    says: 'when an IOMMU registers, dma_configure is called for devices without a driver: it asks for nothing then',
    source: 'bcb81ac6ae3c',
    since: '6.15',
  },
  {
    number: 6,
    name: 'one read of the driver',
    says: 'dev->driver is read once in a hook, since it may change between two reads: nobody holds device_lock while an IOMMU registers',
    source: '95deee37a123, 152f33ee30ee, 78447d4545b2 (M20)',
    since: '6.15',
  },
  {
    number: 7,
    name: 'grouping first',
    says: 'what decides the group of a device is decided before it is grouped, and no hook changes it',
    source: 'c41e2fb67e26, pci_enable_acs() in pci_dma_configure() (M23)',
    since: '5.19',
  },
  {
    number: 8,
    name: 'a refinement only refuses',
    says: 'what a bus knows of its own may turn admission into refusal or deferral, and never the other way',
    source: '"further refine the outcome": the thread of November 2021 (P16)',
    since: '5.19',
  },
] as const satisfies readonly Rule[];

/** One rule of the contract. */
export interface Rule {
  readonly number: number;
  readonly name: string;
  /** The rule, in a sentence. */
  readonly says: string;
  /** Where upstream relies on it: commits, files and functions. */
  readonly source: string;
  /** The Linux version from which on upstream relies on it. */
  readonly since: string;
}

export type RuleNumber = (typeof rules)[number]['number'];
