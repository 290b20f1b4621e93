import { fstatSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { InputError } from '@busward/core';
import { compareVersions } from '@busward/core';
import { versionIn, type AuditRow } from '@busward/passthrough';
import { auditCsv, auditText } from '@busward/report';
import { buildCommand } from '@stricli/core';
import { Tinypool } from 'tinypool';
import { kernelFlag } from '../flags/kernel.ts';
import type { AuditJob } from '../audit-worker.ts';
import { isTable, keptRows, machinesBelow } from '../files/audit-rows.ts';
import { endWith } from '../terminal/exit-code.ts';
import { atLeastOne } from '../flags/number.ts';
import { pageOf } from '../terminal/page.ts';
import { fileFlag, keepApart, placeOf } from '../flags/paths.ts';
import { writeWhole } from '../files/write-whole.ts';

interface Flags {
  readonly kernel?: string;
  readonly between: readonly string[];
  readonly output?: string;
  readonly csv?: string;
  readonly workers?: number;
}

/** Machines a worker is given at a time. */
const BATCH = 8;
const SAY_MS = 250;

export const auditCommand = buildCommand<Flags, string[]>({
  docs: {
    brief: 'inspect thousands of machines: a row for each, and what they come to',
    fullDescription:
      'Reads every file below the folders, a machine each. Without --output the rows go to standard output, a JSON object a ' +
      'line, and the summary to standard error. With --output an audit that was interrupted goes on where it was. A file ' +
      'that cannot be read is a row with an error; the exit code is 2 only if none could be.',
  },
  parameters: {
    positional: {
      kind: 'array',
      parameter: { brief: 'folders with a file, or a sysfs tree, a machine', parse: String, placeholder: 'folder' },
    },
    flags: {
      kernel: kernelFlag,
      between: {
        kind: 'parsed',
        parse: kernelFlag.parse,
        variadic: ',',
        default: ['5.10', '7.3'],
        brief: 'two kernels: count whose verdict changes from the one to the other',
        placeholder: 'version',
      },
      output: fileFlag('keep the rows in this file, and go on from what is in it'),
      csv: fileFlag('also write a table of them'),
      workers: {
        kind: 'parsed',
        parse: atLeastOne,
        optional: true,
        brief: 'how many read at once; all cores, if nothing is said',
        placeholder: 'n',
      },
    },
    aliases: { o: 'output' },
  },
  async func({ kernel, between: asked, output, csv, workers = availableParallelism() }, ...folders) {
    const [before, after] = asked;
    if (before === undefined || after === undefined || asked.length > 2)
      throw new InputError(`--between ${asked.join(',')}: expected two kernels, as 5.10,7.3`);
    const between = [versionIn(before)!, versionIn(after)!].toSorted(compareVersions) as [string, string];
    if (folders.length === 0) throw new InputError('no folder: give folders with a file a machine');
    keepApart({ '--output': output, '--csv': csv });
    // What an audit has written may stand among what it reads.
    const own = [output, csv].flatMap((file) => (file === undefined ? [] : placeOf(file)));
    const all = machinesBelow(folders);
    const table = csv === undefined ? undefined : all.find((file) => placeOf(file) === placeOf(csv));
    if (table !== undefined && !isTable(table))
      throw new InputError(`--csv ${csv}: is a file that is read; give another file`);
    const files = all.filter((file) => !own.includes(placeOf(file)) && !isPrintedInto(file));
    if (files.length === 0)
      throw new InputError(`${folders.join(', ')}: no files there; give folders with a file a machine`);
    const kept = keptRows(output, [kernel, ...between].join(' '));
    const left = files.filter((file) => !kept.has(file));
    const take = (rows: readonly AuditRow[]): void => {
      kept.add(rows);
      if (output === undefined) for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
    };
    await inWorkers(
      left,
      { between, ...(kernel !== undefined && { kernel }) },
      workers,
      files.length - left.length,
      take,
    );
    kept.finish(files);
    const rows = kept.of(files);
    if (csv !== undefined) writeWhole(csv, auditCsv(rows), '--csv');
    const summary = output === undefined ? process.stderr : process.stdout;
    summary.write(auditText(rows, between, pageOf(summary), { printed: output === undefined }));
    if (rows.every((row) => 'error' in row)) endWith(2);
  },
});

/** A shell has sent the rows, or the summary, into that file. */
function isPrintedInto(file: string): boolean {
  const { dev, ino } = statSync(file);
  return [1, 2].map((stream) => fstatSync(stream)).some((one) => one.isFile() && one.dev === dev && one.ino === ino);
}

/** Reads the files in so many workers at once, and says on a terminal how far it is. */
async function inWorkers(
  files: readonly string[],
  question: Omit<AuditJob, 'files'>,
  workers: number,
  done: number,
  take: (rows: readonly AuditRow[]) => void,
): Promise<void> {
  if (files.length === 0) return;
  // In the bundle the worker is beside the command, in the sources above it.
  const source = import.meta.url.endsWith('.ts');
  const filename = fileURLToPath(new URL(source ? '../audit-worker.ts' : './audit-worker.js', import.meta.url));
  const batches = Array.from({ length: Math.ceil(files.length / BATCH) }, (_, at) =>
    files.slice(at * BATCH, (at + 1) * BATCH),
  );
  const threads = Math.min(workers, batches.length);
  const pool = new Tinypool({
    filename,
    minThreads: threads,
    maxThreads: threads,
    // tsx takes types out in processes, and in no threads.
    runtime: source ? 'child_process' : 'worker_threads',
    execArgv: process.execArgv,
  });
  const began = performance.now();
  const total = files.length + done;
  let read = 0;
  let said = 0;
  try {
    await Promise.all(
      batches.map(async (batch) => {
        take((await pool.run({ ...question, files: batch } satisfies AuditJob)) as readonly AuditRow[]);
        read += batch.length;
        const now = performance.now();
        if (!process.stderr.isTTY || now - said < SAY_MS) return;
        said = now;
        const rate = Math.round((read * 1000) / (now - began));
        process.stderr.write(`\r\u001b[K${done + read} of ${total} machines, ${rate}/s`);
      }),
    );
  } finally {
    if (said > 0) process.stderr.write('\r\u001b[K');
    await pool.destroy();
  }
}
