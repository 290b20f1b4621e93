import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A whole process: what it said, and what it took. */
export interface Process {
  readonly out: string;
  readonly wall: number;
  /** Seconds, user and system. */
  readonly cpu: number;
  /** MiB at most resident. */
  readonly memory: number;
}

/** Runs a command and takes its time. Throws where it fails. */
export function timedProcess(command: string, cwd: string): Process {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync('/usr/bin/env', ['bash', '-c', `python3 -c '${measure}' ${command}`], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
  const [cpu, memory] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  return { out: stdout, wall: (performance.now() - start) / 1000, cpu: cpu!, memory: memory! };
}

/** What a process and its children took; bash's own `time` tells no memory. */
const measure =
  'import resource,subprocess,sys; code=subprocess.call(sys.argv[1:]); ' +
  'u=resource.getrusage(resource.RUSAGE_CHILDREN); ' +
  'print(u.ru_utime+u.ru_stime, u.ru_maxrss//1024, file=sys.stderr); sys.exit(code)';

export const spinIsThere = ['spin', 'cc', 'python3'].every((tool) => spawnSync(tool, ['-V']).error === undefined);

/** Spin's verifiers for a Promela file: full search, depth first and breadth first, and with its partial-order reduction. */
export function compileWithSpin(promela: string): {
  readonly dfs: string;
  readonly bfs: string;
  readonly reduced: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'bench-spin-'));
  for (const command of [
    `spin -a ${promela}`,
    'cc -O3 -w -DSAFETY -DNOREDUCE -DMEMLIM=16000 -o dfs pan.c',
    'cc -O3 -w -DSAFETY -DNOREDUCE -DBFS -DMEMLIM=16000 -o bfs pan.c',
    'cc -O3 -w -DSAFETY -DMEMLIM=16000 -o reduced pan.c',
  ])
    timedProcess(command, folder);
  return { dfs: join(folder, 'dfs'), bfs: join(folder, 'bfs'), reduced: join(folder, 'reduced') };
}
