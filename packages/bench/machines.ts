import { strategies } from '@busward/core';
import { timedProcess } from './spin.ts';

/** Devices, groups, operations in flight, users. */
const sizes = [
  '4 1 2 1',
  '4 1 2 2',
  '4 1 2 4',
  '5 1 2 4',
  '6 1 2 1',
  '6 1 2 4',
  '7 1 2 2',
  '8 1 1 1',
  '8 1 2 1',
  '8 1 2 2',
  '8 1 2 4',
  '8 2 2 2',
  '8 3 2 3',
  '8 4 2 4',
  '8 1 4 1',
  '8 4 4 4',
] as const;
const inFlightOf = (size: string): number => Number(size.split(' ')[2]);

/** How devices differ (one-machine.mjs); drawn ones by chance, four times. */
const sorts = ['like', 'drivers', 'regions', 'iommufd', 'drawn-1', 'drawn-2', 'drawn-3', 'drawn-4'] as const;
/** Devices of which nearly none is like another: twenty machines of those sizes that take longest. */
const anySorts = Array.from({ length: 20 }, (_, at) => `any-${at + 1}`);
const anySizes = ['8 1 2 4', '8 2 2 2'] as const;
/** On five buses nearly no device is like another either: on each its driver is another one, and fsl-mc does something else. */
const fiveSizes = ['8 1 2 4', '8 2 2 4', '8 4 2 4'] as const;

/** Machines of every sort on one bus and on two, under every strategy, each a process: the slowest, and how many took over a second. */
export function overMachines(here: string, say: (line: string) => void): void {
  say('\n## Machines up to 8 devices, 4 groups, 4 in flight, 4 users, under every strategy, whole processes\n');
  const take = (sort: string, buses: number, size: string) =>
    strategies.map(({ name }) => {
      const what = `${sort} ${buses} ${size} ${name}`;
      const { out, cpu } = timedProcess(`node one-machine.mjs ${what}`, here);
      return { inFlight: inFlightOf(size), what, cpu, done: out.startsWith('done') };
    });
  const taken = [1, 2].flatMap((buses) => sorts.flatMap((sort) => sizes.flatMap((size) => take(sort, buses, size))));
  const ofFive = sorts.flatMap((sort) => fiveSizes.flatMap((size) => take(sort, 5, size)));
  const ofAny = anySorts.flatMap((sort) => anySizes.flatMap((size) => take(sort, 2, size)));
  for (const [what, some] of [
    ['up to two operations in flight, as `compare` looks at them', taken.filter(({ inFlight }) => inFlight <= 2)],
    ['four', taken.filter(({ inFlight }) => inFlight > 2)],
    ['two, on five buses', ofFive],
    ['two, and devices of which nearly none is like another', ofAny],
  ] as const) {
    const slow = some.filter(({ cpu }) => cpu > 1).length;
    const stopped = some.filter(({ done }) => !done).length;
    say(`With ${what}: ${slow} of ${some.length} took over a second of CPU, ${stopped} were stopped after two.\n`);
    say('| the slowest: sort, buses, devices, groups, in flight, users, strategy | CPU s |\n| --- | --- |');
    for (const one of some.toSorted((a, b) => b.cpu - a.cpu).slice(0, 30))
      say(`| ${one.what} | ${one.cpu.toFixed(2)}${one.done ? '' : ', stopped'} |`);
    say('');
  }
}
