import type { Matrix } from '@busward/explorer';
import type { Found } from '../diff/diff-document.ts';

/** Two sides that were compared, and under which kernel, or on which bus. */
export interface MatrixFound extends Found {
  readonly where: string;
}

/** Every comparison of a matrix: of buses that stand apart with the largest class, and of each kernel with the one before it. */
export const foundIn = ({ rows, changes }: Matrix): readonly MatrixFound[] => [
  ...rows.flatMap(({ kernel, classes: [largest, ...others] }) =>
    others.flatMap(({ buses, apart }) =>
      apart ? [{ where: kernel, sides: [largest!.buses.join(' '), buses.join(' ')] as const, finding: apart }] : [],
    ),
  ),
  ...changes.map(({ from, to, bus, finding }) => ({ where: bus, sides: [from, to] as const, finding })),
];
