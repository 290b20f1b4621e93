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
    env: withoutCertificates,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
  const [cpu, memory] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  return { out: stdout, wall: (performance.now() - start) / 1000, cpu: cpu!, memory: memory! };
}

/** Where this is set, each Node reads a file of certificates as it starts, which takes as long as the rest of its start. */
const { NODE_EXTRA_CA_CERTS: _, ...withoutCertificates } = process.env;

/** What a process and its children took; bash's own `time` tells no memory. */
const measure =
  'import resource,subprocess,sys; code=subprocess.call(sys.argv[1:]); ' +
  'u=resource.getrusage(resource.RUSAGE_CHILDREN); ' +
  'print(u.ru_utime+u.ru_stime, u.ru_maxrss//1024, file=sys.stderr); sys.exit(code)';

export const spinIsThere = ['spin', 'cc', 'python3'].every((tool) => spawnSync(tool, ['-V']).error === undefined);

/** A verifier, and the CPU seconds it took to make it. */
interface Made {
  readonly file: string;
  readonly making: number;
}

/** Of what Spin can leave out or do otherwise, what is quicker for states of these sizes (by 5 % beside -DSAFETY alone). */
const quickest = '-DSAFETY -DSFH -DNOBOUNDCHECK';

/** Spin's verifiers for a Promela file: full search, depth first and breadth first, and with its partial-order reduction. */
export function compileWithSpin(promela: string): { readonly dfs: Made; readonly bfs: Made; readonly reduced: Made } {
  const folder = mkdtempSync(join(tmpdir(), 'bench-spin-'));
  const { cpu } = timedProcess(`spin -a ${promela}`, folder);
  const made = (name: string, flags: string): Made => {
    const compiled = timedProcess(`cc -O3 -w ${quickest} ${flags} -DMEMLIM=16000 -o ${name} pan.c`, folder);
    return { file: join(folder, name), making: cpu + compiled.cpu };
  };
  return { dfs: made('dfs', '-DNOREDUCE'), bfs: made('bfs', '-DNOREDUCE -DBFS'), reduced: made('reduced', '') };
}
