import type { Facts } from '@busward/core';
import type { Evidence } from '../found.ts';
import type { Node } from './device-tree.ts';
import type { Specifier } from './specifiers.ts';

/** A device that firmware puts behind an IOMMU, before its IOMMU has been asked. */
export interface Candidate {
  readonly name: string;
  /** Linux's name of its bus. */
  readonly bus: string;
  /** What its bus is told of it, without its streams. */
  readonly facts: Facts;
  readonly specifiers: readonly Specifier[];
  /** Its IOMMU, where it has no specifier of its own. */
  readonly iommu?: Node;
  /** What cannot be read of its specifiers. */
  readonly wrong?: string;
  readonly from: Evidence;
}
