/* Breaks inputs by the hundred thousand: `pnpm --filter @busward/topology fuzz [count [seed]]`. */
import { readMachine, writeSnapshot } from '@busward/topology';
import { machineOnDisk } from '../machine-on-disk.ts';
import { archiveOf, breakInputs, listings } from './broken-input.ts';

const [count = 100_000, seed = 1] = process.argv.slice(2).map(Number);
const disk = machineOnDisk();
const { folder, done } = disk;
try {
  const texts = [...listings(), writeSnapshot(await readMachine([folder]))];
  const archive = archiveOf(disk);
  const step = 5000;
  let machines = 0;
  let refused = 0;
  let partial = 0;
  for (let at = 0; at < count; at += step) {
    const one = await breakInputs(Math.min(step, count - at), seed + at, texts, archive, folder);
    machines += one.machines;
    refused += one.refused;
    partial += one.partial;
    const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
    process.stdout.write(
      `${Math.min(at + step, count)} broken inputs: ${machines} read (${partial} of them said to be partial), ` +
        `${refused} refused with a clear message; slowest ${Math.round(one.slowest)} ms (seed ${one.slowestSeed}), ${memory} MB\n`,
    );
  }
} finally {
  done();
}
