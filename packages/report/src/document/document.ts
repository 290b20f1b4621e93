import type { Witness } from '@busward/explorer';
import type { Cell } from '../columns.ts';

/** A report before it is laid out. Every rendering is made of this one value, so that none can say something else. */
export interface Document {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** The first row is the head. */
  | { readonly kind: 'table'; readonly rows: readonly (readonly Cell[])[] }
  /** Traces that are looked at together; two are set side by side where there is room. */
  | { readonly kind: 'traces'; readonly traces: readonly TitledTrace[] };

export interface TitledTrace {
  readonly title: string;
  readonly witness: Witness;
  /** The index of the step where it differs from the other one, in `witness.steps`. */
  readonly marked?: number;
}
