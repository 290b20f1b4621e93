import { wordAt, type DeviceTree, type Node } from './device-tree.ts';
import { cellOf, propertyOf } from './node.ts';

/* How a node says what it is called at which IOMMU: `iommus`, `iommu-map`, `msi-map`. */

/** A device's name at an IOMMU (or an MSI controller): for most a stream id, and for some a mask of bits to ignore. */
export interface Specifier {
  readonly to: Node;
  readonly cells: readonly number[];
}

/** `iommus`, as far as it can be read, `most` entries at most; Linux stops at the first that it cannot read, too. */
export function specifiersOf(
  tree: DeviceTree,
  node: Node,
  most: number,
): { readonly specifiers: readonly Specifier[]; readonly wrong?: string } {
  const bytes = propertyOf(tree, node, 'iommus') ?? nothing;
  const specifiers: Specifier[] = [];
  for (let at = 0; at < bytes.length;) {
    if (specifiers.length >= most) return { specifiers, wrong: tooMany };
    if (at + 4 > bytes.length) return { specifiers, wrong: 'is no whole number of cells' };
    const to = tree.byPhandle.get(wordAt(bytes, at));
    if (to === undefined) return { specifiers, wrong: `names phandle ${wordAt(bytes, at)}, which no node has` };
    const width = cellOf(tree, to, '#iommu-cells');
    if (width === undefined || width > mostCells)
      return { specifiers, wrong: 'names a node that has no #iommu-cells, or too many' };
    if (at + 4 + 4 * width > bytes.length) return { specifiers, wrong: 'ends within an entry' };
    specifiers.push({ to, cells: wordsAt(bytes, at + 4, width) });
    at += 4 + 4 * width;
  }
  return { specifiers };
}

/** An entry of a map: `length` input ids from `input` on become as many from `output` on. */
export interface MapEntry {
  readonly input: number;
  readonly to: Node;
  readonly output: readonly number[];
  readonly length: number;
}

export interface IdMap {
  readonly entries: readonly MapEntry[];
  /** Which bits of an input id are looked at. */
  readonly mask: number;
  readonly wrong?: string;
}

/**
 * `iommu-map` or `msi-map`; absent: the node has none. An entry has one cell for its output, or as many as its target's
 * `#iommu-cells`. Blobs of either kind are in the field: which one it is, Linux tells by {@link hasNarrowEntries} from 7.2
 * on (`of_map_id()`, drivers/of/base.c), and took all to be narrow before. Where the one does not come out even, the
 * other is tried.
 */
export function idMapOf(
  tree: DeviceTree,
  node: Node,
  property: 'iommu-map' | 'msi-map',
  most: number,
): IdMap | undefined {
  const bytes = propertyOf(tree, node, property);
  if (!bytes) return undefined;
  const mask = cellOf(tree, node, `${property}-mask`) ?? 0xffffffff;
  const cells = property === 'iommu-map' ? '#iommu-cells' : '#msi-cells';
  const wide = readMap(tree, bytes, most, (to) => cellOf(tree, to, cells) ?? 1);
  const narrow = readMap(tree, bytes, most, () => 1);
  const chosen = hasNarrowEntries(bytes) || wide.wrong !== undefined ? narrow : wide;
  const read = chosen.wrong !== undefined && wide.entries.length > narrow.entries.length ? wide : chosen;
  const ignored = read.entries.find(({ input }) => (input & ~mask) !== 0);
  if (ignored)
    return { ...read, mask, wrong: `its mask 0x${mask.toString(16)} ignores input 0x${ignored.input.toString(16)}` };
  return { ...read, mask };
}

/** What a map makes of an input id; absent: nothing, the IOMMU is not asked. */
export function mapped({ entries, mask }: IdMap, id: number): Specifier | undefined {
  const masked = (id & mask) >>> 0;
  const entry = entries.find(({ input, length }) => masked >= input && masked - input < length);
  return entry && { to: entry.to, cells: entry.output.map((cell) => (cell + masked - entry.input) >>> 0) };
}

const nothing = new Uint8Array();
const tooMany = 'has more entries than any board';
/** More than Linux reads (MAX_PHANDLE_ARGS). */
const mostCells = 16;

const wordsAt = (bytes: Uint8Array, at: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, cell) => wordAt(bytes, at + 4 * cell));

/** `of_check_bad_map()`: one target, and a length of 1 in each fourth cell. */
function hasNarrowEntries(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.length % 16 !== 0) return false;
  for (let at = 0; at < bytes.length; at += 16)
    if (wordAt(bytes, at + 4) !== wordAt(bytes, 4) || wordAt(bytes, at + 12) !== 1) return false;
  return true;
}

/** Neighbours that go on in both input and output are made one: some maps list a thousand ids, each by itself. */
function readMap(
  tree: DeviceTree,
  bytes: Uint8Array,
  most: number,
  widthOf: (to: Node) => number,
): { readonly entries: readonly MapEntry[]; readonly wrong?: string } {
  const entries: MapEntry[] = [];
  for (let at = 0; at < bytes.length;) {
    if (entries.length >= most) return { entries, wrong: tooMany };
    if (at + 8 > bytes.length) return { entries, wrong: 'ends within an entry' };
    const to = tree.byPhandle.get(wordAt(bytes, at + 4));
    if (to === undefined) return { entries, wrong: `names phandle ${wordAt(bytes, at + 4)}, which no node has` };
    const width = widthOf(to);
    if (width > mostCells || at + 12 + 4 * width > bytes.length) return { entries, wrong: 'ends within an entry' };
    const entry = {
      input: wordAt(bytes, at),
      to,
      output: wordsAt(bytes, at + 8, width),
      length: wordAt(bytes, at + 8 + 4 * width),
    };
    const before = entries.at(-1);
    if (before && goesOn(before, entry))
      entries[entries.length - 1] = { ...before, length: before.length + entry.length };
    else entries.push(entry);
    at += 12 + 4 * width;
  }
  return { entries };
}

const goesOn = (before: MapEntry, { input, to, output, length }: MapEntry): boolean =>
  to === before.to &&
  length > 0 &&
  output.length === 1 &&
  before.output.length === 1 &&
  input === before.input + before.length &&
  output[0] === before.output[0]! + before.length;
