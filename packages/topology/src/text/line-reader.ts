import type { Evidence } from '../found.ts';
import type { Tell } from '../statement.ts';

/** What the lines before have set: a group's block, a device's block. */
export interface Place {
  /** The block of a group: "IOMMU Group 3:", and how far its devices are indented (absent until the first one). */
  group?: { readonly is: string; readonly indent?: number };
  /** The device whose attributes follow. */
  device?: { readonly name: string; readonly indent: number };
}

/** One kind of content. A text may hold several, and its lines are offered to all kinds in turn. */
export interface LineReader {
  /** What it reads, as a person calls it. */
  readonly kind: string;
  /** Whether the line is of this kind; then it has been read, and nobody else is asked. */
  line(text: string, from: Evidence): boolean;
  /** After the last line. */
  end?(): void;
}

export type MakeLineReader = (tell: Tell, place: Place) => LineReader;

/** Names that a reader remembers: a text with more of them is no machine's. */
export const mostNames = 100_000;

/** The buses that Linux puts behind IOMMUs (iommu_buses, 7.3). */
export const busesOfLinux = ['platform', 'pci', 'amba', 'fsl-mc', 'host1x', 'host1x-context', 'cdx'] as const;

/** In columns, as a terminal shows it. */
export function indentOf(line: string): number {
  let column = 0;
  for (const character of line) {
    if (character.trim() !== '') break;
    column = character === '\t' ? column - (column % 8) + 8 : column + 1;
  }
  return column;
}
