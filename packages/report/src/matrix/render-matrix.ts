import type { Matrix } from '@busward/explorer';
import { match } from 'ts-pattern';
import type { Page } from '../columns.ts';
import { laidOut } from '../document/laid-out.ts';
import { matrixDocument } from './matrix-document.ts';
import { matrixJson } from './matrix-json.ts';
import { matrixJunit } from './matrix-junit.ts';
import { matrixSarif } from './matrix-sarif.ts';

export const matrixRenderings = ['text', 'mail', 'markdown', 'html', 'json', 'junit', 'sarif'] as const;
export type MatrixRendering = (typeof matrixRenderings)[number];

/** A matrix, rendered. `version` is the tool's; `differences` leaves out of the layouts what is the same. */
export function renderMatrix(
  matrix: Matrix,
  as: MatrixRendering,
  page: Page,
  version: string,
  { differences = false } = {},
): string {
  return match(as)
    .with('text', 'mail', 'markdown', 'html', (layout) =>
      laidOut(matrixDocument(matrix, { differences }), layout, page),
    )
    .with('json', () => `${JSON.stringify(matrixJson(matrix), null, 2)}\n`)
    .with('junit', () => matrixJunit(matrix))
    .with('sarif', () => `${JSON.stringify(matrixSarif(matrix, version), null, 2)}\n`)
    .exhaustive();
}
