import type { Evidence } from '../found.ts';
import { isString, propertyKey, wordAt, type DeviceTree, type Node, type PropertyName } from './device-tree.ts';

/* What a node of a device tree says. */

export const nodesOf = (tree: DeviceTree): Iterable<Node> => tree.starts.keys();

/** With its unit address: `pcie@10003000`; the root's is empty. What is no character of a node name becomes `?`. */
export function nameOf(tree: DeviceTree, node: Node): string {
  return textAt(tree.bytes, tree.starts[node]!, longestName);
}

/** Without its unit address, as `%pOFn` prints it. */
export const plainName = (tree: DeviceTree, node: Node): string => nameOf(tree, node).split('@')[0]!;

export function pathOf(tree: DeviceTree, node: Node): string {
  const parts: string[] = [];
  for (let one = node; one > 0; one = tree.parents[one]!) parts.unshift(nameOf(tree, one));
  return `/${parts.join('/')}`;
}

/** Where a property stands, as evidence. */
export const evidence = (tree: DeviceTree, node: Node, property: PropertyName): Evidence => ({
  file: tree.file,
  at: `${pathOf(tree, node)}, ${property}`,
});

/** The bytes of a property; absent: the node does not have it. */
export function propertyOf({ bytes, properties }: DeviceTree, node: Node, name: PropertyName): Uint8Array | undefined {
  const at = properties.get(propertyKey(node, name));
  return at === undefined ? undefined : bytes.subarray(at + 8, at + 8 + wordAt(bytes, at));
}

/** A property as 32-bit cells; a rest of less than four bytes is dropped. */
export function cellsOf(tree: DeviceTree, node: Node, name: PropertyName): readonly number[] | undefined {
  const bytes = propertyOf(tree, node, name);
  return bytes && Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => wordAt(bytes, at * 4));
}

/** The first cell of a property. */
export function cellOf(tree: DeviceTree, node: Node, name: PropertyName): number | undefined {
  const bytes = propertyOf(tree, node, name);
  return bytes && bytes.length >= 4 ? wordAt(bytes, 0) : undefined;
}

/** A property as a list of strings. */
export function stringsOf(tree: DeviceTree, node: Node, name: PropertyName): readonly string[] {
  const bytes = propertyOf(tree, node, name) ?? nothing;
  const texts: string[] = [];
  for (let at = 0; at < bytes.length && texts.length < mostStrings;) {
    texts.push(textAt(bytes, at, longestText));
    const ends = bytes.indexOf(0, at);
    at = ends < 0 ? bytes.length : ends + 1;
  }
  return texts;
}

export const isCompatible = (tree: DeviceTree, node: Node, with_: string | RegExp): boolean =>
  stringsOf(tree, node, 'compatible').some((one) => (typeof with_ === 'string' ? one === with_ : with_.test(one)));

/** `of_device_is_available`, for it and all nodes above: Linux makes no devices below a node that is not. */
export function isEnabled(tree: DeviceTree, node: Node): boolean {
  for (let one = node; one >= 0; one = tree.parents[one]!) {
    const [status] = stringsOf(tree, one, 'status');
    if (status !== undefined && status !== 'okay' && status !== 'ok') return false;
  }
  return true;
}

/** An overlay patches another tree: its nodes are below `__overlay__`, and its phandles are still to be filled in. */
export const isOverlay = (tree: DeviceTree): boolean =>
  tree.starts.some((at, node) => isString(tree.bytes, at, '__overlay__') && tree.parents[tree.parents[node]!] === 0);

/** What the board calls itself. */
export const modelOf = (tree: DeviceTree): string | undefined => stringsOf(tree, 0, 'model')[0];

/** Real names have 31 characters at most, by the specification. */
const longestName = 64;
const longestText = 256;
const nothing = new Uint8Array();
const mostStrings = 64;

function textAt(bytes: Uint8Array, at: number, most: number): string {
  let text = '';
  for (let i = at; i < bytes.length && bytes[i] !== 0 && text.length < most; i++)
    text += bytes[i]! >= 0x20 && bytes[i]! < 0x7f ? String.fromCharCode(bytes[i]!) : '?';
  return text;
}
