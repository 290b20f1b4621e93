/** A PCI address; lspci leaves the domain out while every device is in domain 0. */
export const address = '(?:[0-9a-fA-F]{4,8}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-7]';

const pci = new RegExp(`^${address}$`);

export const isAddress = (name: string): boolean => pci.test(name);

/** Names of ACPI (`80860F14:00`) have seven or eight characters before the colon. A bare number names nothing in Linux. */
const part = /^(?:(?:[0-9a-f]{4,6}:)?[0-9a-f]{0,2}:[0-9a-f]{0,2}(?:\.\w*)?|[0-9a-f]{4,6}:[0-9a-f]{0,2}|\d+)$/;

/** What begins like an address and is none: one that is cut off, mostly. No device of another bus is called so. */
export const isPartOfAddress = (name: string): boolean => part.test(name) && !isAddress(name);

/** A device as Linux names it: a PCI address with its domain, in small letters; other names as they are. */
export function nameInLinux(name: string): string {
  if (!isAddress(name)) return name;
  const lower = name.toLowerCase();
  return lower.split(':').length === 2 ? `0000:${lower}` : lower;
}
