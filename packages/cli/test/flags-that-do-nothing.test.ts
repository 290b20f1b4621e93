/* What would be passed over without a word is an error instead. */

import { expect, it } from '@jest/globals';
import { busward } from './command-line.ts';

const scenarios = 'packages/scenario/scenarios';

it.each<[string, readonly string[], RegExp]>([
  [
    'a folder to run',
    ['run', `${scenarios}/litmus`],
    /litmus: a folder with \d+ scenario files; give one file, as .*L01-device-file\.yaml$/,
  ],
  [
    'a folder to convert',
    ['convert', `${scenarios}/litmus`],
    /litmus: a folder; give one file: a scenario \(\.yaml\), or/,
  ],
  ['a folder to export', ['export', 'aut', 'litmus.yaml'], /litmus\.yaml: no such file; give/],
])('%s', async (_, args, says) => {
  const { code, out, err } = await busward(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err.trim()).toMatch(says);
});
