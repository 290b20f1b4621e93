/*
 * Prints the boot log of a machine that nobody has: DEVICES PCI functions, alternately behind GROUPS switches without
 * ACS. `node packages/bench/many-devices.mjs 1000 200 > many.log; busward compare many.log`.
 */
const [devices = 1000, groups = 200] = process.argv.slice(2).map(Number);
console.log('[    0.000000] Linux version 6.1.0');
for (let at = 0; at < devices; at++) {
  const bus = (1 + (at % groups)).toString(16).padStart(2, '0');
  const number = Math.floor(at / groups);
  const address = `0000:${bus}:${(number >> 3).toString(16).padStart(2, '0')}.${number & 7}`;
  console.log(`[    1.${String(at).padStart(6, '0')}] pci ${address}: Adding to iommu group ${at % groups}`);
}
