import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { InputError } from '@busward/core';
import { longestFirmware, looksLikeFirmware, readFirmware, type Firmware } from '../firmware/read-firmware.ts';
import { toldAs } from './told-as.ts';
import { troubleWith } from './trouble-with.ts';

/**
 * Reads a compiled device tree (`.dtb`, `/sys/firmware/fdt`) or an ACPI table (IORT, DMAR, IVRS), packed with gzip or not,
 * from standard input if the path is `-`. Throws an InputError if the file is none.
 */
export function openFirmware(path: string): Firmware {
  const file = toldAs(path);
  const bytes = bytesOf(path, file);
  if (looksLikeFirmware(bytes)) return readFirmware(file, bytes);
  throw new InputError(
    `${file}: expected a compiled device tree (.dtb, /sys/firmware/fdt) or an ACPI table that tells of IOMMUs (IORT, DMAR or IVRS of /sys/firmware/acpi/tables)`,
  );
}

function bytesOf(path: string, file: string): Uint8Array {
  try {
    const about = path === '-' ? undefined : statSync(path);
    if (about && !about.isFile()) throw new InputError(`${file}: expected a file with a device tree or an ACPI table`);
    if (about) keepToSize(file, about.size);
    const bytes = readFileSync(about ? path : 0);
    keepToSize(file, bytes.length);
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: longestFirmware }) : bytes;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${file}: cannot be read: ${troubleWith(error)}; expected a device tree or an ACPI table`);
  }
}

function keepToSize(file: string, size: number): void {
  if (size > longestFirmware)
    throw new InputError(`${file}: longer than ${longestFirmware / 2 ** 20} MB; is it firmware?`);
}
