import type { Matrix } from '@busward/explorer';
import { resultsOf } from '../diff/diff-sarif.ts';
import { placeOf, sarifOf, type SarifResult } from '../document/sarif.ts';
import { foundIn } from './matrix-found.ts';

/** A result for each principle that is broken on a bus, and for each difference between those that were compared. */
export function matrixSarif(matrix: Matrix, version: string): object {
  const { rows, principles } = matrix;
  const broken = rows.flatMap(({ kernel, breaks }) =>
    [...breaks].flatMap(([bus, ids]) =>
      ids.map((id): SarifResult => ({
        ruleId: id,
        level: 'error',
        message: { text: `Under ${kernel} a device on ${bus} takes part in breaking ${id}.` },
        locations: [placeOf(`${kernel}/${bus}`)],
      })),
    ),
  );
  const differences = foundIn(matrix).flatMap((found) =>
    resultsOf(found).map((result) => ({ ...result, message: { text: `${found.where}: ${result.message.text}` } })),
  );
  const isDecided =
    rows.every(({ complete }) => complete) && foundIn(matrix).every(({ finding }) => finding.kind !== 'undecided');
  return sarifOf([...broken, ...differences], principles, isDecided, version);
}
