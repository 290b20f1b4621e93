import type { Device, FirmwareLookup } from '@busward/core';

/** What the PCI core knows of a function. */
export type PciFacts = {
  /** `0000:01:00.0`. */
  readonly address: string;
  /** The topmost bridge above it without ACS {SV, RR, CR, UF}: everything below can reach everything else. */
  readonly withoutAcsBelow?: string;
  /** A multifunction device whose functions are not isolated from each other. */
  readonly sharedFunctions?: boolean;
  /** Requester ids it also uses (bridges, quirks), as addresses. */
  readonly aliases?: readonly string[];
  /** Stream ids that `iommu-map` gives it, as `smmu@0x11`. */
  readonly streams?: readonly string[];
};

/** `pci_dma_configure`: the host bridge's node or companion; the id is the requester id. */
export const firmware = (device: Device<'pci', PciFacts>): FirmwareLookup => ({
  node: hostBridge(device),
  id: requesterId(device),
});

/** Segment and root bus, all that an address tells of the bridge. */
const hostBridge = ({ facts }: Device<'pci', PciFacts>): string => `pci${facts.address.split(':')[0]}`;

/** Bus, device and function: what the device signs its requests with. */
const requesterId = ({ facts }: Device<'pci', PciFacts>): string => facts.address.slice(facts.address.indexOf(':') + 1);
