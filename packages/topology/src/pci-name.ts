/** A PCI address; lspci leaves the domain out while every device is in domain 0. */
export const address = '(?:[0-9a-fA-F]{4,8}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-7]';

const pci = new RegExp(`^${address}$`);

export const isAddress = (name: string): boolean => pci.test(name);

/** A device as Linux names it: a PCI address with its domain, in small letters; other names as they are. */
export function nameInLinux(name: string): string {
  if (!isAddress(name)) return name;
  const lower = name.toLowerCase();
  return lower.split(':').length === 2 ? `0000:${lower}` : lower;
}
