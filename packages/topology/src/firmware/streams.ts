import { match } from 'ts-pattern';
import type { DeviceTree, Node } from './device-tree.ts';
import { kindOf, type IommuKind } from './iommu-kind.ts';
import { linuxNameOf } from './linux-name.ts';
import { isEnabled } from './node.ts';
import type { MapEntry, Specifier } from './specifiers.ts';
import { covers, matchesSome, mostRegisters, overlap, textOf, type StreamMatch } from './stream-match.ts';

/** What an IOMMU makes of one specifier. */
export type Seen =
  /** Devices with the same key cannot be told apart. */
  | { readonly is: 'key'; readonly key: string }
  /** The device is told apart from all others. */
  | { readonly is: 'alone' }
  | { readonly is: 'off'; readonly says: string }
  | { readonly is: 'unknown'; readonly says: string };

/** The IOMMUs of a tree: what they are, and which stream ids they have been asked for. */
export interface Iommus {
  readonly tree: DeviceTree;
  readonly kinds: Map<Node, IommuKind>;
  readonly names: Map<Node, string>;
  readonly asked: Map<Node, Asked>;
}

interface Asked {
  readonly all: Map<string, StreamMatch>;
  /** Those with a mask; no more than an SMMU has registers for. */
  readonly masked: StreamMatch[];
}

export const iommusOf = (tree: DeviceTree): Iommus => ({ tree, kinds: new Map(), names: new Map(), asked: new Map() });

/** All specifiers have to be asked for before any is {@link seen}: a wide mask covers what came before it, too. */
export function ask(iommus: Iommus, { to, cells }: Specifier): void {
  const kind = iommuKind(iommus, to);
  if (kind.by !== 'stream') return;
  const one = matchOf(kind, cells);
  const { all, masked } = askedOf(iommus, to);
  if (all.has(textOf(one))) return;
  all.set(textOf(one), one);
  if (one.mask !== 0 && masked.length < mostRegisters) masked.push(one);
}

/** What its IOMMU makes of one of a device's specifiers. */
export function seen(iommus: Iommus, { to, cells }: Specifier): Seen {
  const name = iommuName(iommus, to);
  if (!isEnabled(iommus.tree, to)) return { is: 'off', says: `its IOMMU, ${name}, is disabled` };
  return match(iommuKind(iommus, to))
    .returnType<Seen>()
    .with({ by: 'stream' }, (kind) => ({ is: 'key', key: streamKey(iommus, to, matchOf(kind, cells)) }))
    .with({ by: 'device' }, () => ({ is: 'alone' }))
    .with({ by: 'instance' }, (kind) => ({ is: 'key', key: `iommu ${kind.name ?? name}` }))
    .with({ by: 'swgroup' }, ({ together, called }) => ({
      is: 'key',
      key: together.includes(cells[0]!) ? `${name} swgroups ${called}` : `${name} swgroup ${cells[0]}`,
    }))
    .with({ by: 'unknown' }, ({ says }) => ({ is: 'unknown', says: `${name}: ${says}` }))
    .exhaustive();
}

/** How a device is known there: `12000000.iommu@0x11`, with a mask `15000000.iommu@0x704/0x3`. */
export function specifierText(iommus: Iommus, { to, cells }: Specifier): string {
  const kind = iommuKind(iommus, to);
  if (kind.by === 'stream') return keyText(iommus, to, matchOf(kind, cells));
  const ids = cells.map((cell) => `0x${cell.toString(16)}`).join(' ');
  return `${iommuName(iommus, to)}${ids === '' ? '' : `@${ids}`}`;
}

export const iommuKind = ({ tree, kinds }: Iommus, iommu: Node): IommuKind =>
  remembered(kinds, iommu, () => kindOf(tree, iommu));

export const iommuName = ({ tree, names }: Iommus, iommu: Node): string =>
  remembered(names, iommu, () => linuxNameOf(tree, iommu));

/** Whether an IOMMU cannot tell a device with `own` from one with some id of a map's entry. */
export function meets(iommus: Iommus, own: Specifier, { to, output, length }: MapEntry): boolean {
  const kind = iommuKind(iommus, to);
  if (own.to !== to || length === 0) return false;
  if (kind.by === 'instance') return true;
  return kind.by === 'stream' && matchesSome(matchOf(kind, own.cells), output[0] ?? 0, length);
}

/**
 * Pairs of stream ids of one SMMU where the order in which devices join decides. `wide` covers `other`: if it is there
 * first both share its register, and if not its device is refused. Else they overlap, and the later one is refused.
 */
export function* contested(
  iommus: Iommus,
): Generator<{ readonly wide: string; readonly other: string; readonly covers: boolean }> {
  for (const [iommu, { all, masked }] of iommus.asked)
    for (const wide of masked)
      for (const other of all.values()) {
        if (other === wide || !overlap(wide, other)) continue;
        const names = { wide: keyText(iommus, iommu, wide), other: keyText(iommus, iommu, other) };
        if (covers(wide, other)) yield { ...names, covers: true };
        else if (!covers(other, wide) && textOf(wide) < textOf(other)) yield { ...names, covers: false };
      }
}

const keyText = (iommus: Iommus, iommu: Node, one: StreamMatch): string => `${iommuName(iommus, iommu)}@${textOf(one)}`;

/** The register that serves a stream id, if the widest that covers it is there first. */
function streamKey(iommus: Iommus, iommu: Node, one: StreamMatch): string {
  const { masked } = askedOf(iommus, iommu);
  return keyText(
    iommus,
    iommu,
    masked.reduce((best, next) => (covers(next, best) ? next : best), one),
  );
}

const askedOf = ({ asked }: Iommus, iommu: Node): Asked =>
  remembered(asked, iommu, () => ({ all: new Map<string, StreamMatch>(), masked: [] }));

/** `arm_smmu_of_xlate()`: the second cell is the mask, else the one of the node. */
const matchOf = (kind: IommuKind & { by: 'stream' }, cells: readonly number[]): StreamMatch => ({
  id: (cells[0] ?? 0) & 0xffff,
  mask: (kind.driver === 'arm-smmu' ? (cells[1] ?? kind.mask) : 0) & 0xffff,
});

function remembered<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  if (!map.has(key)) map.set(key, make());
  return map.get(key)!;
}
