/* Writes ACPI tables, from the specifications (Arm DEN 0049, Intel VT-d 8, AMD 48882 5.2). Shares nothing with the readers. */

function makeTable(signature: string, body: readonly number[]): Uint8Array {
  const bytes = Uint8Array.from([
    ...text(signature),
    ...little(36 + body.length, 4),
    1,
    0,
    ...text('TEST  TESTTEST'),
    ...little(1, 4),
    ...text('TEST'),
    ...little(1, 4),
    ...body,
  ]);
  bytes[9] = -bytes.reduce((sum, byte) => sum + byte, 0) & 255;
  return bytes;
}

export interface MadeMapping {
  readonly input?: number;
  readonly count?: number;
  readonly output: number;
  /** Which node it leads to, from 0. */
  readonly to: number;
  readonly single?: boolean;
}

export interface MadeNode {
  readonly type: number;
  readonly data: readonly number[];
  readonly mappings?: readonly MadeMapping[];
}

/** Nodes one after the other, from offset 48; mappings are at the end of their node. */
export function makeIort(nodes: readonly MadeNode[]): Uint8Array {
  const size = ({ data, mappings = [] }: MadeNode): number => 16 + data.length + 20 * mappings.length;
  const offset = (index: number): number => 48 + nodes.slice(0, index).reduce((sum, one) => sum + size(one), 0);
  const body = nodes.flatMap((node) => [
    node.type,
    ...little(size(node), 2),
    0,
    ...little(0, 4),
    ...little(node.mappings?.length ?? 0, 4),
    ...little(node.mappings ? 16 + node.data.length : 0, 4),
    ...node.data,
    ...(node.mappings ?? []).flatMap(({ input = 0, count = 0, output, to, single }) => [
      ...little(input, 4),
      ...little(count, 4),
      ...little(output, 4),
      ...little(offset(to), 4),
      ...little(single ? 1 : 0, 4),
    ]),
  ]);
  return makeTable('IORT', [...little(nodes.length, 4), ...little(48, 4), ...little(0, 4), ...body]);
}

/** Bodies of nodes. */
export const smmuV2 = (base: number): MadeNode => ({
  type: 3,
  data: [...little(base, 8), ...Array<number>(52).fill(0)],
});
export const smmuV3 = (base: number): MadeNode => ({
  type: 4,
  data: [...little(base, 8), ...Array<number>(44).fill(0)],
});
export const component = (path: string, mappings: readonly MadeMapping[]): MadeNode => ({
  type: 1,
  data: [...Array<number>(13).fill(0), ...padded([...text(path), 0])],
  mappings,
});
export const rootComplex = (segment: number, mappings: readonly MadeMapping[]): MadeNode => ({
  type: 2,
  data: [...little(0, 8), ...little(0, 4), ...little(segment, 4), 64, 0, 0, 0],
  mappings,
});
/** Its region stands right before the mappings. */
export const reserved = (start: number, length: number, mappings: readonly MadeMapping[]): MadeNode => ({
  type: 6,
  data: [
    ...little(0, 4),
    ...little(1, 4),
    ...little(28, 4),
    ...little(start, 8),
    ...little(length, 8),
    ...little(0, 4),
  ],
  mappings,
});

export const makeDmar = (structures: readonly (readonly number[])[]): Uint8Array =>
  makeTable('DMAR', [38, 1, ...Array<number>(10).fill(0), ...structures.flat()]);

export const drhd = (base: number, flags: number, scopes: readonly (readonly number[])[]): readonly number[] =>
  sized(0, [flags, 0, ...little(0, 2), ...little(base, 8), ...scopes.flat()]);
export const rmrr = (start: number, end: number, scopes: readonly (readonly number[])[]): readonly number[] =>
  sized(1, [...little(0, 2), ...little(0, 2), ...little(start, 8), ...little(end, 8), ...scopes.flat()]);
export const andd = (number: number, path: string): readonly number[] => sized(4, [0, 0, 0, number, ...text(path), 0]);
/** Type, enumeration id, start bus, and a path of device and function. */
export const scope = (type: number, id: number, bus: number, ...path: readonly number[]): readonly number[] => [
  type,
  6 + path.length,
  0,
  0,
  id,
  bus,
  ...path,
];

const sized = (type: number, rest: readonly number[]): readonly number[] => [
  ...little(type, 2),
  ...little(4 + rest.length, 2),
  ...rest,
];

export const makeIvrs = (blocks: readonly (readonly number[])[]): Uint8Array =>
  makeTable('IVRS', [...little(0, 12), ...blocks.flat()]);

export const ivhd = (
  type: 0x10 | 0x11 | 0x40,
  base: number,
  entries: readonly (readonly number[])[],
): readonly number[] => {
  const rest = [
    ...little(0, 2),
    ...little(0x40, 2),
    ...little(base, 8),
    ...little(0, 2),
    ...little(0, 2),
    ...little(0, 4),
  ];
  const image = type === 0x10 ? [] : Array<number>(16).fill(0);
  const body = [...rest, ...image, ...entries.flat()];
  return [type, 0, ...little(4 + body.length, 2), ...body];
};
export const select = (id: number): readonly number[] => [2, ...little(id, 2), 0];
export const range = (first: number, last: number): readonly number[] => [
  3,
  ...little(first, 2),
  0,
  4,
  ...little(last, 2),
  0,
];
export const alias = (id: number, as: number): readonly number[] => [66, ...little(id, 2), 0, 0, ...little(as, 2), 0];
export const hid = (id: number, name: string, uid: number): readonly number[] => [
  240,
  ...little(id, 2),
  0,
  ...text(name.padEnd(8, '\0')),
  ...little(0, 8),
  1,
  8,
  ...little(uid, 8),
];
export const ivmd = (
  type: 0x20 | 0x21 | 0x22,
  flags: number,
  first: number,
  last: number,
  start: number,
  length: number,
): readonly number[] => [
  type,
  flags,
  ...little(32, 2),
  ...little(first, 2),
  ...little(last, 2),
  ...little(0, 8),
  ...little(start, 8),
  ...little(length, 8),
];

const little = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, at) => Math.floor(value / 256 ** at) % 256);
const text = (value: string): number[] => Array.from(value, (one) => one.charCodeAt(0));
const padded = (bytes: readonly number[]): number[] => [
  ...bytes,
  ...Array<number>((4 - ((bytes.length + 13) % 4)) % 4).fill(0),
];
