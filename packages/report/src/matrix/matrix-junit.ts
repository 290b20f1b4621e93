import type { Matrix } from '@busward/explorer';
import { plainPage } from '../columns.ts';
import { casesOf } from '../diff/diff-junit.ts';
import { documentText } from '../document/document-text.ts';
import { junitOf, type TestCase } from '../document/junit.ts';
import { matrixDocument } from './matrix-document.ts';
import { foundIn } from './matrix-found.ts';

/** A suite for each kernel, with a test case for each principle on each bus; and one for each pair that was compared. */
export function matrixJunit(matrix: Matrix): string {
  const judged = matrix.rows.map(({ kernel, breaks, complete }) => ({
    name: kernel,
    cases: [...breaks].flatMap(([bus, broken]) =>
      matrix.principles.map(({ id, sentence }): TestCase => {
        const name = `${bus}: ${id}`;
        if (broken.includes(id)) return { name, tag: 'failure', message: `broken: ${sentence}` };
        return complete ? { name, message: '' } : { name, tag: 'skipped', message: 'not all states were visited' };
      }),
    ),
  }));
  const compared = foundIn(matrix).map((found) => ({
    name: `${found.where}: ${found.sides[0]} and ${found.sides[1]}`,
    cases: casesOf(found),
  }));
  return junitOf('busward matrix', [...judged, ...compared], documentText(matrixDocument(matrix), plainPage));
}
