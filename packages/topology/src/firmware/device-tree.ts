import { count, InputError } from '@busward/core';
import type { Evidence } from '../found.ts';

/** A node: its place in {@link DeviceTree.starts}. The root is 0. */
export type Node = number;

/** The properties that are looked at; all others are passed over. */
const known = [
  '#address-cells',
  '#iommu-cells',
  '#msi-cells',
  '#size-cells',
  'compatible',
  'device_type',
  'dma-ranges',
  'iommu-addresses',
  'iommu-map',
  'iommu-map-mask',
  'iommus',
  'linux,pci-domain',
  'mask',
  'memory-region',
  'model',
  'msi-map',
  'msi-map-mask',
  'ranges',
  'reg',
  'status',
  'stream-match-mask',
  // See byPhandle for the last two.
  'phandle',
  'linux,phandle',
] as const;

export type PropertyName = (typeof known)[number];

/**
 * A compiled device tree (Devicetree Specification 0.4, chapter 5, "Flattened Devicetree"). Names and values stay where
 * they are in the blob, so that a tree needs little more memory than its file.
 */
export interface DeviceTree {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Offset of each node's name, parents before children. */
  readonly starts: Uint32Array;
  /** Of each node; -1: the root has none. */
  readonly parents: Int32Array;
  readonly byPhandle: ReadonlyMap<number, Node>;
  /** Offset of each known property, by {@link propertyKey}: of its size, the offset of its name, its value. */
  readonly properties: ReadonlyMap<number, number>;
  /** How many ranges of memory the kernel must not touch (`/memreserve/`). */
  readonly reservations: number;
  /** What is wrong with it, each with its offset. Not empty: this is a partial reading. */
  readonly damage: readonly Evidence[];
}

/** Where a property of a node is found in {@link DeviceTree.properties}. */
export const propertyKey = (node: Node, name: PropertyName): number => node * known.length + places.get(name)!;

const places: ReadonlyMap<PropertyName, number> = new Map(known.map((name, at) => [name, at]));

const magic = 0xd00dfeed;
const headerSize = 40;
/** Linux unflattens no deeper (drivers/of/fdt.c, FDT_MAX_DEPTH). */
const deepest = 64;
const token = { beginNode: 1, endNode: 2, property: 3, nop: 4, end: 9 } as const;

export const looksLikeDeviceTree = (bytes: Uint8Array): boolean => bytes.length >= 4 && wordAt(bytes, 0) === magic;

/**
 * Reads a blob of version 16 or 17: a `.dtb`, a `.dtbo`, `/sys/firmware/fdt`.
 * Throws an InputError if there is no telling what it is: no header, blocks outside of the file, no root node. What is
 * wrong further on is {@link DeviceTree.damage}, and the tree is what could be read up to there.
 */
export function readDeviceTree(file: string, bytes: Uint8Array): DeviceTree {
  const { structure, strings, reservations, damage } = readHeader(file, bytes);
  const damaged = (at: number, says: string): void => void damage.push({ file, at: `offset ${hex(at)}: ${says}` });
  // A node takes twelve bytes at least.
  const most = Math.floor((structure[1] - structure[0]) / 12) + 1;
  const starts = new Uint32Array(most);
  const parents = new Int32Array(most);
  let nodes = 0;
  const byPhandle = new Map<number, Node>();
  const properties = new Map<number, number>();
  const nameAt = names(bytes);
  let [at, last] = structure;
  let inside: Node = -1;
  let depth = 0;

  /** Reads what stands at `at`, and moves on; false: nothing readable follows. */
  const step = (): boolean => {
    if (at + 4 > last) return stop('the structure block ends without FDT_END');
    const found = wordAt(bytes, at);
    if (found === token.nop) at += 4;
    else if (found === token.property) return property();
    else if (found === token.beginNode) return beginNode();
    else if (found === token.endNode) {
      if (depth === 0) return stop('a node ends here and none is open');
      inside = parents[inside]!;
      depth--;
      at += 4;
    } else if (found === token.end)
      return depth === 0 ? false : stop(`FDT_END with ${count(depth, 'node')} still open`);
    else return stop(`expected a token of the structure block (1, 2, 3, 4 or 9), found ${hex(found)}`);
    return true;
  };
  const stop = (says: string): false => {
    damaged(at, says);
    return false;
  };
  const beginNode = (): boolean => {
    if (depth === deepest) return stop(`nodes are nested deeper than ${deepest}, where Linux stops, too`);
    if (depth === 0 && nodes > 0) return stop('a second root node');
    const ends = bytes.indexOf(0, at + 4);
    if (ends < 0 || ends >= last) return stop("a node's name does not end");
    starts[nodes] = at + 4;
    parents[nodes] = inside;
    inside = nodes++;
    depth++;
    at = aligned(ends + 1);
    return true;
  };
  const property = (): boolean => {
    if (depth === 0) return stop('a property outside of any node');
    if (at + 12 > last) return stop('the structure block ends within a property');
    const size = wordAt(bytes, at + 4);
    const name = strings[0] + wordAt(bytes, at + 8);
    if (at + 12 + size > last)
      return stop(`a property says it is ${size} bytes long; ${last - at - 12} are left of the structure block`);
    if (name >= strings[1]) return stop(`a property's name is at ${hex(name)}, outside of the strings block`);
    const which = nameAt(name);
    if (which !== undefined) remember(which, size);
    at = aligned(at + 12 + size);
    return true;
  };
  /** The first of a name counts, as in Linux. */
  const remember = (name: PropertyName, size: number): void => {
    if (name !== 'phandle' && name !== 'linux,phandle') {
      const key = propertyKey(inside, name);
      if (!properties.has(key)) properties.set(key, at + 4);
      return;
    }
    if (size !== 4) return;
    const phandle = wordAt(bytes, at + 12);
    const first = byPhandle.get(phandle);
    if (first === undefined) byPhandle.set(phandle, inside);
    else if (first !== inside) damaged(at, `phandle ${hex(phandle)} is taken; its first node keeps it`);
  };

  while (step() && damage.length < mostDamage);
  if (damage.length >= mostDamage) stop('too much is wrong here; nothing further is read');
  if (nodes === 0)
    throw new InputError(
      `${file}: no root node at ${hex(structure[0])}, where the structure block starts${damage.length > 0 ? ` (${damage.at(-1)!.at})` : ''}; expected a compiled device tree`,
    );
  return {
    file,
    bytes,
    starts: starts.slice(0, nodes),
    parents: parents.slice(0, nodes),
    byPhandle,
    properties,
    reservations,
    damage,
  };
}

/** A tree is read on past so many faults at most. */
const mostDamage = 20;

interface Header {
  readonly structure: readonly [number, number];
  readonly strings: readonly [number, number];
  readonly reservations: number;
  readonly damage: Evidence[];
}

function readHeader(file: string, bytes: Uint8Array): Header {
  const refuse = (at: number, expected: string): never => {
    throw new InputError(`${file}: at offset ${hex(at)}: ${expected}; is it a compiled device tree, and all of it?`);
  };
  if (bytes.length < headerSize) refuse(0, `expected a header of ${headerSize} bytes, the file has ${bytes.length}`);
  const field = (at: number): number => wordAt(bytes, at);
  if (field(0) !== magic) refuse(0, `expected ${hex(magic)}, found ${hex(field(0))}`);
  const [version, compatible] = [field(20), field(24)];
  if (version < 16 || compatible > 17)
    refuse(20, `expected version 16 or 17, found ${version} (compatible to ${compatible})`);

  const damage: Evidence[] = [];
  const whole = field(4);
  if (whole > bytes.length)
    damage.push({ file, at: `offset 0x4: says it is ${whole} bytes long; the file has ${bytes.length}` });
  const end = Math.min(whole, bytes.length);
  const block = (offsetAt: number, size: number, name: string): readonly [number, number] => {
    const start = field(offsetAt);
    if (start < headerSize || start >= end)
      refuse(offsetAt, `expected the ${name} block within the ${end} bytes there are, found it at ${hex(start)}`);
    if (start + size > end)
      damage.push({
        file,
        at: `offset ${hex(offsetAt)}: the ${name} block reaches beyond the end, to ${hex(start + size)}`,
      });
    return [start, Math.min(start + size, end)];
  };
  // Version 16 does not say how long the structure block is: it goes on to FDT_END.
  const structure = block(8, version >= 17 ? field(36) : end - field(8), 'structure');
  if (structure[0] % 4 !== 0)
    refuse(8, `expected the structure block at a multiple of 4, found it at ${hex(structure[0])}`);
  // A tree without properties has no names.
  const strings: readonly [number, number] = field(32) === 0 ? [end, end] : block(12, field(32), 'strings');
  if (version >= 17 && structure[0] < strings[1] && strings[0] < structure[1])
    damage.push({ file, at: 'offset 0x8: the structure block and the strings block overlap' });
  return { structure, strings, reservations: countReservations(bytes, field(16), end), damage };
}

/** The list of address and size, eight bytes each, ends with a pair of zeros. */
function countReservations(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from, many = 0; at + 16 <= end; at += 16, many++)
    if ([0, 4, 8, 12].every((part) => wordAt(bytes, at + part) === 0)) return many;
  return 0;
}

/** Which known property a name is: most are asked for again and again. */
function names(bytes: Uint8Array): (at: number) => PropertyName | undefined {
  const seen = new Map<number, PropertyName | undefined>();
  return (at) => {
    if (!seen.has(at))
      seen.set(
        at,
        known.find((name) => isString(bytes, at, name)),
      );
    return seen.get(at);
  };
}

/** Whether the zero-terminated string at `at` is `text`. */
export function isString(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return bytes[at + text.length] === 0;
}

/** The big-endian 32-bit word at `at`. */
export const wordAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

const aligned = (at: number): number => (at + 3) & ~3;

export const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
