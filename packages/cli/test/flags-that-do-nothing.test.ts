/* What would be passed over without a word is an error instead. */

import { expect, it } from '@jest/globals';
import { busward } from './command-line.ts';

const machine = 'examples/machines/tegra-tegra186-p2771-c.txt';
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
  [
    'a folder to export',
    ['export', 'aut', 'litmus.yaml'],
    /litmus\.yaml: cannot be read: there is no such file or folder; give/,
  ],
  [
    '--in-flight of a scenario file',
    ['export', 'itf', 'litmus/L02.yaml', '--in-flight', '3'],
    /--in-flight 3: is of machines, and a scenario says who acts; leave it out$/,
  ],
  [
    '--name of a scenario file',
    ['convert', 'litmus/L02.yaml', '--name', 'foo'],
    /litmus\/L02\.yaml: --name foo: is of recordings, and this is a scenario file; leave it out$/,
  ],
  [
    '--kernel of two kernels',
    ['diff', 'v8', '6.1', '--kernel', '6.1'],
    /^busward: --kernel 6\.1: two buses are compared under it, and 'v8' and '6\.1' are kernels themselves; leave it out$/,
  ],
  [
    '--bus of two buses',
    ['diff', 'pci', 'amba', '--bus', 'pci'],
    /^busward: --bus pci: two kernels are compared on it, and 'pci' and 'amba' are buses themselves; leave it out$/,
  ],
  [
    'a size of a machine that is given',
    ['diff', 'v8', '6.1', '--machine', machine, '--max-devices', '1'],
    /^busward: --max-devices 1: is about machines that are generated, and --machine .* gives one; leave it out$/,
  ],
  [
    'a bus that no device is on',
    ['what-if', machine, '--bus', 'fsl-mc=pci'],
    /^busward: --bus fsl-mc=pci: .* has no device on fsl-mc, so that nothing would change; its devices are on/,
  ],
])('%s', async (_, args, says) => {
  const { code, out, err } = await busward(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err.trim()).toMatch(says);
});
