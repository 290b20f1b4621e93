/**
 * Multi-valued decision diagrams that share their nodes: each set of states is one node, and equal sets are the same node.
 * Node 0 is the empty set, node 1 the end of every path. A node at level n is a list of local values, each with a node at
 * level n - 1 (level 0: with node 1) for what the levels below can be then. No level is skipped. Owns its memory.
 */
export interface Forest {
  /** How many nodes there are. */
  readonly size: number;
  readonly bytes: number;
  /** How many values the node has. */
  width(node: number): number;
  value(node: number, at: number): number;
  child(node: number, at: number): number;
  /** The node that was drafted; the draft is empty afterwards. */
  make(of: Draft): number;
  union(a: number, b: number): number;
  /** What is in `a` and not in `b`. */
  minus(a: number, b: number): number;
}

/** A node in the making: its children by value, and the values that have one, in no order. */
export interface Draft {
  children: Int32Array;
  readonly used: number[];
}

export const draft = (): Draft => ({ children: new Int32Array(16), used: [] });

/** Gives the value a child, other than {@link NOTHING}, in place of the one that it had. */
export function put(to: Draft, value: number, child: number): void {
  if (value >= to.children.length) to.children = longer(to.children, value);
  if (to.children[value] === NOTHING) to.used.push(value);
  to.children[value] = child;
}

/** The same, with room for the value. */
export function longer(from: Int32Array, value: number): Int32Array {
  const to = new Int32Array(value * 2);
  to.set(from);
  return to;
}

export const childOf = ({ children }: Draft, value: number): number => children[value] ?? NOTHING;

export const NOTHING = 0;
export const END = 1;

export function forest(): Forest {
  // Pairs of value and child; those of node n stand from first[n] to first[n + 1].
  let pairs = new Int32Array(1 << 16);
  let first = new Int32Array(1 << 12);
  let size = 2;
  let table = new Int32Array(1 << 13);
  // Nodes in the making, the innermost on top.
  let stack = new Int32Array(1 << 12);
  let top = 0;
  const unions = pairCache();
  const differences = pairCache();

  return {
    get size() {
      return size;
    },
    get bytes() {
      return pairs.byteLength + first.byteLength + table.byteLength + unions.bytes() + differences.bytes();
    },
    width: (node) => (first[node + 1]! - first[node]!) >> 1,
    value: (node, at) => pairs[first[node]! + 2 * at]!,
    child: (node, at) => pairs[first[node]! + 2 * at + 1]!,
    make(of) {
      const begin = top;
      const { used, children } = of;
      for (let at = 1; at < used.length; at++)
        if (used[at]! < used[at - 1]!) {
          used.sort((a, b) => a - b);
          break;
        }
      for (const value of used) {
        push(value, children[value]!);
        children[value] = NOTHING;
      }
      used.length = 0;
      return unique(begin);
    },
    union,
    minus,
  };

  function union(a: number, b: number): number {
    if (a === b || b === NOTHING) return a;
    if (a === NOTHING) return b;
    if (a > b) [a, b] = [b, a];
    const known = unions.get(a, b);
    if (known >= 0) return known;
    const begin = top;
    let [x, y] = [first[a]!, first[b]!];
    while (x < first[a + 1]! || y < first[b + 1]!) {
      const one = x < first[a + 1]! ? pairs[x]! : Infinity;
      const other = y < first[b + 1]! ? pairs[y]! : Infinity;
      const left = one <= other ? pairs[x + 1]! : NOTHING;
      const right = other <= one ? pairs[y + 1]! : NOTHING;
      push(Math.min(one, other), union(left, right));
      if (one <= other) x += 2;
      if (other <= one) y += 2;
    }
    return unions.set(a, b, unique(begin));
  }

  function minus(a: number, b: number): number {
    if (a === b || a === NOTHING) return NOTHING;
    if (b === NOTHING) return a;
    const known = differences.get(a, b);
    if (known >= 0) return known;
    const begin = top;
    let y = first[b]!;
    for (let x = first[a]!; x < first[a + 1]!; x += 2) {
      while (y < first[b + 1]! && pairs[y]! < pairs[x]!) y += 2;
      const other = y < first[b + 1]! && pairs[y] === pairs[x] ? pairs[y + 1]! : NOTHING;
      const left = minus(pairs[x + 1]!, other);
      if (left !== NOTHING) push(pairs[x]!, left);
    }
    return differences.set(a, b, unique(begin));
  }

  function push(value: number, child: number): void {
    if (top + 2 > stack.length) stack = larger(stack);
    stack[top++] = value;
    stack[top++] = child;
  }

  /** The node with the pairs on the stack from `begin` on, which are taken off. */
  function unique(begin: number): number {
    const length = top - begin;
    top = begin;
    if (length === 0) return NOTHING;
    const mask = table.length - 1;
    let slot = hashOf(stack, begin, length) & mask;
    for (let node = table[slot]!; node !== 0; node = table[slot]!) {
      if (isOnStack(node, begin, length)) return node;
      slot = (slot + 1) & mask;
    }
    const from = first[size]!;
    while (from + length > pairs.length) pairs = larger(pairs);
    for (let at = 0; at < length; at++) pairs[from + at] = stack[begin + at]!;
    if (size + 2 > first.length) first = larger(first);
    first[size + 1] = from + length;
    table[slot] = size++;
    if (size * 2 > table.length) rehash();
    return size - 1;
  }

  function isOnStack(node: number, begin: number, length: number): boolean {
    const from = first[node]!;
    if (first[node + 1]! - from !== length) return false;
    for (let at = 0; at < length; at++) if (pairs[from + at] !== stack[begin + at]) return false;
    return true;
  }

  function rehash(): void {
    table = new Int32Array(table.length * 4);
    const mask = table.length - 1;
    for (let node = 2; node < size; node++) {
      let slot = hashOf(pairs, first[node]!, first[node + 1]! - first[node]!) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = node;
    }
  }
}

/** What was computed for pairs of numbers. */
export interface PairCache {
  /** -1: nothing yet. */
  get(a: number, b: number): number;
  /** Returns `result`. */
  set(a: number, b: number, result: number): number;
  clear(): void;
  bytes(): number;
}

export function pairCache(): PairCache {
  // Triples; a is never 0.
  let mask = 127;
  let table = new Int32Array(3 * (mask + 1));
  let size = 0;
  return {
    get(a, b) {
      const at = find(a, b);
      return table[at] === 0 ? -1 : table[at + 2]!;
    },
    set(a, b, result) {
      if (size * 2 > mask) grow();
      const at = find(a, b);
      if (table[at] === 0) size++;
      table[at] = a;
      table[at + 1] = b;
      table[at + 2] = result;
      return result;
    },
    clear() {
      if (size > 0) table.fill(0);
      size = 0;
    },
    bytes: () => table.byteLength,
  };

  function find(a: number, b: number): number {
    let slot = mixed(a, b) & mask;
    for (;;) {
      const at = slot * 3;
      const there = table[at]!;
      if (there === 0 || (there === a && table[at + 1] === b)) return at;
      slot = (slot + 1) & mask;
    }
  }

  function grow(): void {
    const old = table;
    mask = mask * 4 + 3;
    table = new Int32Array(3 * (mask + 1));
    for (let from = 0; from < old.length; from += 3)
      if (old[from] !== 0) {
        const at = find(old[from]!, old[from + 1]!);
        table[at] = old[from]!;
        table[at + 1] = old[from + 1]!;
        table[at + 2] = old[from + 2]!;
      }
  }
}

function mixed(a: number, b: number): number {
  let value = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  value ^= value >>> 15;
  value = Math.imul(value, 0xc2b2ae35);
  return value ^ (value >>> 13);
}

function hashOf(words: Int32Array, from: number, length: number): number {
  let value = length;
  for (let at = from; at < from + length; at++) {
    value = Math.imul(value ^ words[at]!, 0x9e3779b1);
    value ^= value >>> 15;
  }
  return mixed(value, length);
}

function larger(from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2);
  to.set(from);
  return to;
}
