/* What of a machine may stand in a text that is shown to strangers. */

/** MAC addresses, UUIDs, IP addresses, mail addresses, and long numbers as serial numbers are. */
const identifying =
  /\b(?:[0-9a-f]{2}[:-]){5,}[0-9a-f]{2}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}\b|\S+@\S+\.\S+|\b(?=\w*\d)(?=\w*[A-Za-z])[A-Z0-9]{11,}\b|\b[0-9a-f]{12,}\b|\b\d{9,}\b/gi;

/** A text without what might identify; the rest stays readable. */
export const withoutIdentity = (text: string | undefined): string | undefined =>
  text?.replace(identifying, '-').slice(0, 300);

/** What Linux's names of devices on its buses look like: an address, a unit of firmware, an ACPI id, an object. */
const ofLinux =
  /^(?:[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]|[0-9a-f]{1,16}\.[a-z][\w@:-]{0,60}|[A-Z]{3}[A-Z0-9]?[0-9A-F]{4}:[0-9a-f]{2}|dp[a-z]+\.\d{1,4}|[A-Za-z][\w@:,+-]{0,60}(?:\.\d{1,4})?(?:\.auto)?)$/;

/** Renames devices whose names might identify (a mediated device is called by a UUID): `device-1` and so on, always alike. */
export function nameWithoutIdentity(): (name: string) => string {
  const names = new Map<string, string>();
  return (name) => {
    if (ofLinux.test(name) && (/^[0-9a-f]+[.:]/.test(name) || withoutIdentity(name) === name)) return name;
    if (!names.has(name)) names.set(name, `device-${names.size + 1}`);
    return names.get(name)!;
  };
}

/** Words that distributions put into a kernel's version; what else stands there was chosen by whoever built it. */
const versionWord =
  /^(?:\d+|rc\d+|v\d|lts|generic|lowlatency|aws|azure|gcp|oracle|raspi|tegra|oem|pve|cloud|rt\d*|amd64|arm64|armmp|686|pae|x86_64|aarch64|el\d+(?:_\d+)?|fc\d+|default|arch\d*|zen\d*|hardened|MANJARO|deb\d+|bpo\d*)$/;

/** `6.12.32-amd64` stays, `6.17.0-kenny+` becomes `6.17.0`. */
export function kernelWithoutIdentity(kernel: string | undefined): string | undefined {
  const [, version, rest] = /^(\d+\.\d+(?:\.\d+)?)((?:[-.+]\w+)*)/.exec(kernel ?? '') ?? [];
  if (version === undefined) return undefined;
  const words = rest!.match(/[-.+]\w+/g) ?? [];
  const stop = words.findIndex((word) => !versionWord.test(word.slice(1)));
  return withoutIdentity(version + words.slice(0, stop < 0 ? words.length : stop).join(''));
}

/** Options of the command line that decide who gets which device. */
const option =
  /^(?:(?:intel_iommu|amd_iommu|iommu|iommu\.[a-z_]+|arm-smmu[\w.-]*|pci|pcie_acs_override|vfio[\w-]*\.[a-z_]+|pci-stub\.ids|xen-pciback\.hide|module_blacklist|modprobe\.blacklist|rd\.driver\.(?:pre|blacklist))=[\w,:.()*-]{1,400}|nomodeset)$/;

/** The others are left out: they name disks, hosts and networks. */
export function optionsOfInterest(commandLine: string | undefined): string | undefined {
  if (commandLine === undefined) return undefined;
  return commandLine
    .split(/\s+/)
    .filter((one) => option.test(one) && withoutIdentity(one) === one)
    .join(' ');
}
