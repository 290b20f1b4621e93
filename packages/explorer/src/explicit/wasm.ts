/*
 * As much of a WebAssembly assembler as the search needs: instructions are bytes, an expression is the bytes that leave
 * its value on the stack. No dependency, and nothing of Node: it has to run in a browser.
 */

/** Bytes, and names of functions that are called; nested, so that putting code together copies none. */
export type Code = readonly (number | string | Code)[];
type Bytes = readonly (number | Bytes)[];
type Type = 'i32' | 'i64' | 'v128';

export interface Signature {
  readonly params: readonly Type[];
  readonly result?: Type;
}

export interface Func extends Signature {
  /** Further locals, numbered after the parameters. */
  readonly locals?: readonly Type[];
  readonly body: Code;
  readonly exported?: true;
}

/**
 * A module that imports its memory (`env.memory`), which may be `shared` with another worker. Its functions call each other
 * by name.
 */
export function moduleOf(named: Readonly<Record<string, Func>>, shared: boolean): Uint8Array<ArrayBuffer> {
  const names = Object.keys(named);
  const functions = Object.values(named);
  const types = functions.map(({ params, result }) => [
    0x60,
    ...vector(params.map((type) => [typeCode[type]])),
    ...vector(result ? [[typeCode[result]]] : []),
  ]);
  const exported = functions.flatMap((one, at) => (one.exported ? [[text(names[at]!), 0, unsigned(at)]] : []));
  return bytesOf([
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, vector(types)),
    section(2, vector([[text('env'), text('memory'), 2, shared ? [3, 1, unsigned(MOST_PAGES)] : [0, 1]]])),
    section(3, vector(functions.map((_, at) => unsigned(at)))),
    section(7, vector(exported)),
    section(10, vector(functions.map((one) => bodyOf(one, names)))),
  ]);
}

/** What a 32-bit address reaches: 4 GiB in pages of 64 KiB. */
export const MOST_PAGES = 65_536;
export const PAGE = 65_536;

export const i32 = (value: number): Code => [0x41, signed32(value | 0)];
export const i64 = (value: bigint): Code => [0x42, signed64(BigInt.asIntN(64, value))];
/** That many locals, from number `from` on. */
export const numbered = <N extends number>(count: N, from = 0): Numbers<N> =>
  Array.from({ length: count }, (_, at) => from + at) as Numbers<N>;
type Numbers<N extends number, All extends number[] = []> = All['length'] extends N
  ? All
  : Numbers<N, [...All, number]>;
export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [value, 0x21, unsigned(local)];

const unary =
  (opcode: number) =>
  (a: Code): Code => [a, opcode];
const binary =
  (opcode: number) =>
  (a: Code, b: Code): Code => [a, b, opcode];
export const isZero = unary(0x45);
export const equal = binary(0x46);
export const unequal = binary(0x47);
export const below = binary(0x49);
export const above = binary(0x4b);
export const atLeast = binary(0x4f);
export const plus = binary(0x6a);
export const minus = binary(0x6b);
export const times = binary(0x6c);
export const and = binary(0x71);
export const or = binary(0x72);
export const xor = binary(0x73);
export const shiftLeft = binary(0x74);
export const shiftRight = binary(0x76);
export const times64 = binary(0x7e);
export const lowestBit = unary(0x68);
export const isZero64 = unary(0x50);
export const above64 = binary(0x56);
export const minus64 = binary(0x7d);
export const and64 = binary(0x83);
export const or64 = binary(0x84);
export const xor64 = binary(0x85);
export const shiftLeft64 = binary(0x86);
export const shiftRight64 = binary(0x88);
export const low = unary(0xa7);
export const extended = unary(0xad);

/** Four numbers of 32 bits at once. */
export const four = {
  /** The same number four times. */
  of: unary4(0x11),
  equal: binary4(0x37),
  and: binary4(0x4e),
  /** The first where the second is not. */
  without: binary4(0x4f),
  /** A bit for each that is not 0; they are 0 or -1. */
  bits: unary4(0xa4),
  load: (address: Code, offset = 0): Code => [address, 0xfd, 0, 0, unsigned(offset)],
  store: (address: Code, offset: number, value: Code): Code => [address, value, 0xfd, 0x0b, 0, unsigned(offset)],
  zero: [0xfd, 0x0c, Array.from({ length: 16 }, () => 0)] as Code,
};

/** What another worker sees in order; all that was written before it is seen, too. */
export const atomic = {
  load: (address: Code): Code => [address, 0xfe, 0x10, 2, 0],
  store: (address: Code, value: Code): Code => [address, value, 0xfe, 0x17, 2, 0],
  /** Sleeps while `value` is there, until it is notified. */
  wait: (address: Code, value: Code): Code => [address, value, i64(-1n), 0xfe, 0x01, 2, 0, DROP],
  notify: (address: Code): Code => [address, i32(1), 0xfe, 0x00, 2, 0, DROP],
};
const DROP = 0x1a;

const access =
  (opcode: number) =>
  (address: Code, offset = 0): Code => [address, opcode, 0, unsigned(offset)];
const storing =
  (opcode: number) =>
  (address: Code, offset: number, value: Code): Code => [address, value, opcode, 0, unsigned(offset)];
export const load = access(0x28);
export const load64 = access(0x29);
export const loadByte = access(0x2d);
export const store = storing(0x36);
export const store64 = storing(0x37);

export const block = (body: Code): Code => [0x02, 0x40, body, 0x0b];
export const loop = (body: Code): Code => [0x03, 0x40, body, 0x0b];
export const when = (condition: Code, body: Code, otherwise: Code = []): Code => [
  condition,
  0x04,
  0x40,
  body,
  ...(otherwise.length > 0 ? [0x05, otherwise] : []),
  0x0b,
];
export const branch = (depth: number): Code => [0x0c, ...unsigned(depth)];
export const branchIf = (condition: Code, depth: number): Code => [condition, 0x0d, unsigned(depth)];
export const give = (value: Code): Code => [value, 0x0f];
export const call = (callee: string, ...values: readonly Code[]): Code => [values, 0x10, callee];
function unary4(opcode: number) {
  return (a: Code): Code => [a, 0xfd, unsigned(opcode)];
}

function binary4(opcode: number) {
  return (a: Code, b: Code): Code => [a, b, 0xfd, unsigned(opcode)];
}

const typeCode = { i32: 0x7f, i64: 0x7e, v128: 0x7b };
const vector = (items: readonly Bytes[]): Bytes => [unsigned(items.length), items];
const text = (name: string): Bytes => vector(Array.from(name, (letter) => [letter.charCodeAt(0)]));

function section(id: number, content: Bytes): Bytes {
  return [id, unsigned(lengthOf(content)), content];
}

function bodyOf({ locals = [], body }: Func, names: readonly string[]): Bytes {
  const code = [vector(locals.map((type) => [1, typeCode[type]])), placed(body, names), 0x0b];
  return [unsigned(lengthOf(code)), code];
}

/** With the places of functions for their names. */
function placed(code: Code, names: readonly string[]): Bytes {
  return code.map((one) => {
    if (typeof one === 'number') return one;
    if (typeof one !== 'string') return placed(one, names);
    const place = names.indexOf(one);
    if (place < 0) throw new Error(`no function is named ${one}: this is a bug in the explorer`);
    return unsigned(place);
  });
}

const lengthOf = (code: Bytes): number =>
  code.reduce<number>((sum, one) => sum + (typeof one === 'number' ? 1 : lengthOf(one)), 0);

function bytesOf(code: Bytes): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthOf(code));
  let at = 0;
  const write = (part: Bytes): void => {
    for (const one of part)
      if (typeof one === 'number') bytes[at++] = one;
      else write(one);
  };
  write(code);
  return bytes;
}

function unsigned(value: number): readonly number[] {
  const bytes: number[] = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return [...bytes, value];
}

function signed32(value: number): readonly number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left < -64 || left > 63; left >>= 7) bytes.push((left & 0x7f) | 0x80);
  bytes.push(left & 0x7f);
  return bytes;
}

function signed64(value: bigint): readonly number[] {
  const bytes: number[] = [];
  for (; value < -64n || value > 63n; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  return [...bytes, Number(value & 0x7fn)];
}
