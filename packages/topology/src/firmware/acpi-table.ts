import { InputError } from '@busward/core';
import type { Evidence } from '../found.ts';
import { hex } from './device-tree.ts';

/** The ACPI tables that tell of IOMMUs: Arm's, Intel's, AMD's. */
export type Signature = 'IORT' | 'DMAR' | 'IVRS';

/** An ACPI table with a sound header: `/sys/firmware/acpi/tables/DMAR`, or a file made of it. Numbers are little-endian. */
export interface AcpiTable {
  readonly file: string;
  readonly signature: Signature;
  /** No more than the table says it is long. */
  readonly bytes: Uint8Array;
  readonly damage: Evidence[];
  /** How many more parts are read: many more than any table has. */
  readonly budget: { left: number };
}

/** A part of a table: a node, a structure, an entry. */
export interface Part {
  /** Its first byte in the file, and the byte after its last. */
  readonly at: number;
  readonly end: number;
  readonly type: number;
}

const headerSize = 36;

export const looksLikeAcpiTable = (bytes: Uint8Array): boolean => signatureOf(bytes) !== undefined;

/**
 * Reads the header. Throws an InputError if it is none of the three tables, or has no whole header; a length or a checksum
 * that is wrong is damage.
 */
export function readAcpiTable(file: string, bytes: Uint8Array): AcpiTable {
  const signature = signatureOf(bytes);
  if (!signature)
    throw new InputError(`${file}: at offset 0x0: expected 'IORT', 'DMAR' or 'IVRS'; is it an ACPI table of IOMMUs?`);
  if (bytes.length < headerSize)
    throw new InputError(
      `${file}: ends after ${bytes.length} bytes; an ACPI table has a header of ${headerSize}; give the whole file`,
    );
  const says = u32(bytes, 4);
  if (says < headerSize)
    throw new InputError(`${file}: at offset 0x4: expected a length of ${headerSize} or more, found ${says}`);
  const damage: Evidence[] = [];
  if (says > bytes.length)
    damage.push({ file, at: `offset 0x4: says it is ${says} bytes long; the file has ${bytes.length}` });
  const whole = bytes.subarray(0, Math.min(says, bytes.length));
  if (says <= bytes.length && whole.reduce((sum, byte) => (sum + byte) & 0xff, 0) !== 0)
    damage.push({ file, at: 'offset 0x9: the checksum is wrong' });
  return { file, signature, bytes: whole, damage, budget: { left: mostParts } };
}

/**
 * The parts of `[from, to)`, one after the other, each with a length of its own; stops, and says so, at one that is shorter
 * than `least` or reaches beyond the end.
 */
export function* partsOf(
  table: AcpiTable,
  from: number,
  to: number,
  shape: {
    readonly what: string;
    readonly least: number;
    readonly typeAt: (at: number) => number;
    readonly lengthAt: (at: number) => number;
  },
): Generator<Part> {
  for (let at = from; at < to;) {
    if (table.budget.left-- <= 0)
      return damaged(table, at, `more than ${mostParts} parts; from here on they are not read`);
    if (at + shape.least > to) return damaged(table, at, `the table ends within a ${shape.what}`);
    const length = shape.lengthAt(at);
    if (length < shape.least || at + length > to)
      return damaged(
        table,
        at,
        `a ${shape.what} says it is ${length} bytes long; expected ${shape.least} to ${to - at}`,
      );
    yield { at, end: at + length, type: shape.typeAt(at) };
    at += length;
  }
}

/** Notes what is wrong; the answer is what can be read of it: nothing. */
export function damaged({ file, damage }: AcpiTable, at: number, says: string): readonly never[] {
  if (damage.length < mostDamage) damage.push({ file, at: `offset ${hex(at)}: ${says}` });
  return [];
}

export const evidenceAt = ({ file }: AcpiTable, at: number, what: string): Evidence => ({
  file,
  at: `offset ${hex(at)}, ${what}`,
});

export const u16 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
export const u32 = (bytes: Uint8Array, at: number): number => (u16(bytes, at) | (u16(bytes, at + 2) << 16)) >>> 0;
export const u64 = (bytes: Uint8Array, at: number): bigint =>
  BigInt(u32(bytes, at)) | (BigInt(u32(bytes, at + 4)) << 32n);

/** Text up to a zero byte or `end`; what does not print becomes `?`. */
export function textAt(bytes: Uint8Array, at: number, end: number): string {
  let text = '';
  for (let i = at; i < end && bytes[i] !== 0 && text.length < longestText; i++)
    text += bytes[i]! >= 0x20 && bytes[i]! < 0x7f ? String.fromCharCode(bytes[i]!) : '?';
  return text;
}

/** `0000:00:02.0` of a segment and a requester id. */
export const pciName = (segment: number, id: number): string =>
  `${segment.toString(16).padStart(4, '0')}:${((id >> 8) & 0xff).toString(16).padStart(2, '0')}:${((id >> 3) & 0x1f).toString(16).padStart(2, '0')}.${id & 7}`;

const mostDamage = 20;
const mostParts = 4096;
const longestText = 256;

function signatureOf(bytes: Uint8Array): Signature | undefined {
  if (bytes.length < 4) return undefined;
  const text = String.fromCharCode(...bytes.subarray(0, 4));
  return text === 'IORT' || text === 'DMAR' || text === 'IVRS' ? text : undefined;
}
