/* Writes a compiled device tree, version 17. Shares nothing with the reader. */

export interface MadeNode {
  readonly name?: string;
  readonly props?: Readonly<Record<string, readonly number[] | string | Uint8Array>>;
  readonly nodes?: readonly MadeNode[];
}

export function makeBlob(root: MadeNode): Uint8Array {
  const strings: string[] = [];
  const structure: number[] = [];
  const add = (bytes: readonly number[]): void => {
    for (const byte of bytes) structure.push(byte);
  };
  const word = (value: number): void => add(big(value));
  const padded = (bytes: readonly number[]): void =>
    add([...bytes, ...Array<number>((4 - (bytes.length % 4)) % 4).fill(0)]);
  const write = ({ name = '', props = {}, nodes = [] }: MadeNode): void => {
    word(1);
    padded(text(name));
    for (const [key, value] of Object.entries(props)) {
      if (!strings.includes(key)) strings.push(key);
      const before = strings.slice(0, strings.indexOf(key)).reduce((sum, one) => sum + one.length + 1, 0);
      const bytes =
        typeof value === 'string' ? text(value) : value instanceof Uint8Array ? [...value] : value.flatMap(big);
      word(3);
      word(bytes.length);
      word(before);
      padded(bytes);
    }
    for (const node of nodes) write(node);
    word(2);
  };
  write(root);
  word(9);
  const names = strings.flatMap(text);
  const [reservations, at] = [40, 40 + 16];
  const header = [
    0xd00dfeed,
    at + structure.length + names.length,
    at,
    at + structure.length,
    reservations,
    17,
    16,
    0,
    names.length,
    structure.length,
  ];
  return Uint8Array.from([...header.flatMap(big), ...Array<number>(16).fill(0), ...structure, ...names]);
}

const big = (value: number): number[] => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const text = (value: string): number[] => Array.from(`${value}\0`, (one) => one.charCodeAt(0));
