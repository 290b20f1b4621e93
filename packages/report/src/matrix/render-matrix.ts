import type { Matrix } from '@busward/explorer';
import type { Page } from '../columns.ts';
import { laidOut, type Layout } from '../document/laid-out.ts';
import { matrixDocument } from './matrix-document.ts';
import { matrixJson } from './matrix-json.ts';

export const matrixRenderings = ['text', 'mail', 'markdown', 'html', 'json'] as const satisfies readonly (
  Layout | 'json'
)[];
export type MatrixRendering = (typeof matrixRenderings)[number];

/** A matrix, rendered. */
export const renderMatrix = (matrix: Matrix, as: MatrixRendering, page: Page, { differences = false } = {}): string =>
  as === 'json'
    ? `${JSON.stringify(matrixJson(matrix), null, 2)}\n`
    : laidOut(matrixDocument(matrix, { differences }), as, page);
