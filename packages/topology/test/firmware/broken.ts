/* Breaks firmware: at random, and where it hurts. The same seed breaks it in the same way. */

import type { Random } from '../random.ts';

/** One to four changes. */
export function broken(bytes: Uint8Array, next: Random): Uint8Array {
  const isTree = bytes[0] === 0xd0;
  const ways = [...anyway, ...(isTree ? ofTrees : ofTables)];
  // A slice of a Buffer is the same memory.
  let result: Uint8Array = new Uint8Array(bytes);
  for (let changes = 1 + Math.floor(next() * 4); changes > 0; changes--) result = pick(ways, next)(result, next);
  // What is broken no more than in its first word is another kind of file.
  if (next() < 0.98) result.set(bytes.subarray(0, 4).subarray(0, result.length));
  return result;
}

type Way = (bytes: Uint8Array, next: Random) => Uint8Array;

/** Counts and sizes that are absurd, or just at a border; tokens of a device tree. */
const numbers = [0, 1, 2, 3, 4, 9, 16, 17, 0x7f, 0xff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

const below = (limit: number, next: Random): number => Math.floor(next() * Math.max(1, limit));
const pick = <T>(all: readonly T[], next: Random): T => all[below(all.length, next)]!;

const put = (bytes: Uint8Array, at: number, value: number, isLittle = false): Uint8Array => {
  for (let i = 0; i < 4; i++) if (at + i < bytes.length) bytes[at + i] = value >>> (8 * (isLittle ? i : 3 - i));
  return bytes;
};

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const anyway: readonly Way[] = [
  function flipBit(bytes, next) {
    bytes[below(bytes.length, next)]! ^= 1 << below(8, next);
    return bytes;
  },
  (bytes, next) => bytes.slice(0, below(bytes.length, next)),
  (bytes, next) => put(bytes, 4 * below(bytes.length / 4, next), pick(numbers, next)),
  function copyAPart(bytes, next) {
    const [from, to, length] = [below(bytes.length, next), below(bytes.length, next), below(200, next)];
    bytes.copyWithin(to & ~3, from & ~3, (from & ~3) + (length & ~3));
    return bytes;
  },
  function cutAPartOut(bytes, next) {
    const [from, length] = [below(bytes.length, next) & ~3, below(64, next) & ~3];
    return joined(bytes.subarray(0, from), bytes.subarray(from + length));
  },
];

const word = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

/** Where the tokens of a sound tree are: of nodes, and of properties with their sizes. */
function tokens(bytes: Uint8Array): { readonly nodes: readonly number[]; readonly properties: readonly number[] } {
  const nodes: number[] = [];
  const properties: number[] = [];
  for (let at = word(bytes, 8); at + 12 < bytes.length && nodes.length + properties.length < 20_000;) {
    const token = word(bytes, at);
    if (token === 1) {
      nodes.push(at);
      at = (bytes.indexOf(0, at + 4) + 4) & ~3;
    } else if (token === 3) {
      properties.push(at);
      at = (at + 12 + Math.min(word(bytes, at + 4), bytes.length) + 3) & ~3;
    } else if (token === 2 || token === 4) at += 4;
    else break;
    if (at <= 0) break;
  }
  return { nodes, properties };
}

const ofTrees: readonly Way[] = [
  // A field of the header: sizes and offsets of the blocks, the version.
  (bytes, next) =>
    put(bytes, 4 + 4 * below(9, next), next() < 0.5 ? pick(numbers, next) : below(bytes.length * 2, next)),
  function changeToken(bytes, next) {
    const { nodes, properties } = tokens(bytes);
    return put(bytes, pick([...nodes, ...properties, 0], next), pick(numbers, next));
  },
  function changeSize(bytes, next) {
    return put(
      bytes,
      pick([...tokens(bytes).properties, 0], next) + 4,
      next() < 0.5 ? pick(numbers, next) : below(4096, next),
    );
  },
  function changeName(bytes, next) {
    return put(bytes, pick([...tokens(bytes).properties, 0], next) + 8, below(word(bytes, 32) + 64, next));
  },
  // A value: phandles that lead to themselves and in circles, counts of cells, addresses, ids.
  function changeValue(bytes, next) {
    const at = pick([...tokens(bytes).properties, 0], next);
    const size = Math.max(4, Math.min(word(bytes, at + 4), 256));
    return put(bytes, at + 12 + 4 * below(size / 4, next), next() < 0.5 ? pick(numbers, next) : below(600, next));
  },
  function nestDeeply(bytes, next) {
    const at = pick([...tokens(bytes).nodes, 40], next);
    const many = Array.from({ length: below(400, next) }, () => [0, 0, 0, 1, 97, 0, 0, 0]).flat();
    return joined(bytes.subarray(0, at), Uint8Array.from(many), bytes.subarray(at));
  },
  function repeatANode(bytes, next) {
    const { nodes } = tokens(bytes);
    const index = below(nodes.length - 1, next);
    const from = Math.min(nodes[index] ?? 40, bytes.length);
    const part = bytes.subarray(from, Math.max(from, nodes[index + 1] ?? from));
    const copies = Array.from({ length: below(50, next) }, () => part);
    return joined(bytes.subarray(0, from), ...copies, bytes.subarray(from));
  },
];

const ofTables: readonly Way[] = [
  (bytes, next) => put(bytes, 4, next() < 0.5 ? pick(numbers, next) : below(bytes.length * 2, next), true),
  (bytes, next) => put(bytes, 36 + below(bytes.length - 36, next), pick(numbers, next), true),
  // A byte: types and lengths of entries.
  function changeByte(bytes, next) {
    bytes[36 + below(bytes.length - 36, next)] = pick(
      [0, 1, 2, 3, 4, 5, 6, 0x10, 0x11, 0x20, 0x40, 66, 240, 255],
      next,
    );
    return bytes;
  },
  // References and counts: to the node itself, to the middle of one, back and forth.
  (bytes, next) => put(bytes, 36 + 4 * below((bytes.length - 36) / 4, next), below(bytes.length, next), true),
  function repeatTheEnd(bytes, next) {
    const part = bytes.slice(-below(200, next));
    return joined(bytes, ...Array.from({ length: below(20, next) }, () => part));
  },
];
