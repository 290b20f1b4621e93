import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { InputError } from '@busward/core';
import { longestFirmware, looksLikeFirmware, readFirmware, type Firmware } from '../firmware/read-firmware.ts';
import { troubleWith } from './trouble-with.ts';

/**
 * Reads a compiled device tree (`.dtb`, `/sys/firmware/fdt`) or an ACPI table (IORT, DMAR, IVRS), packed with gzip or not.
 * Throws an InputError if the file is none.
 */
export function openFirmware(path: string): Firmware {
  const bytes = bytesOf(path);
  if (looksLikeFirmware(bytes)) return readFirmware(path, bytes);
  throw new InputError(
    `${path}: expected a compiled device tree (.dtb, /sys/firmware/fdt) or an ACPI table that tells of IOMMUs (IORT, DMAR or IVRS of /sys/firmware/acpi/tables)`,
  );
}

function bytesOf(path: string): Uint8Array {
  try {
    const about = statSync(path);
    if (!about.isFile()) throw new InputError(`${path}: expected a file with a device tree or an ACPI table`);
    if (about.size > longestFirmware)
      throw new InputError(`${path}: longer than ${longestFirmware / 2 ** 20} MB; is it firmware?`);
    const bytes = readFileSync(path);
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: longestFirmware }) : bytes;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path}: cannot be read: ${troubleWith(error)}; expected a device tree or an ACPI table`);
  }
}
