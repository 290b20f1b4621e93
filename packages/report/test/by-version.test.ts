import { expect, it } from '@jest/globals';
import { byVersion } from '../src/by-version.ts';

it('variants are ordered as kernels are, and strategies come before them as they were', () => {
  const variants = ['linux@7.3', '6.12', 'v8', 'linux@6.1 but platform=6.15', './mine.js', 'linux@5.10'];
  const ordered = variants.map((variant) => ({ variant })).toSorted(byVersion);
  expect(ordered.map(({ variant }) => variant)).toEqual([
    'v8',
    './mine.js',
    'linux@5.10',
    'linux@6.1 but platform=6.15',
    '6.12',
    'linux@7.3',
  ]);
});
