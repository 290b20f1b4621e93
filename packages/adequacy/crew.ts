import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Job } from './worker.ts';

/** Processes that do jobs, one each at a time. */
export interface Crew {
  /** Rejects when the process ends before it has answered. */
  ask<J extends Job>(job: J): Promise<Answer<J>>;
  dismiss(): void;
}

/** So many processes, with the trials whose names match. */
export function crewOf(size: number, trials: string): Crew {
  const program = fileURLToPath(new URL('./worker.ts', import.meta.url));
  const hooks = new URL('./mutants/register.ts', import.meta.url).href;
  // The kernel is instrumented where it runs: in the workers.
  const execArgv = ['--conditions=busward-source', '--import', import.meta.resolve('tsx'), '--import', hooks];
  const all = Array.from({ length: size }, () => fork(program, [trials], { execArgv }));
  const idle = [...all];
  const waiting: ((worker: ChildProcess) => void)[] = [];
  return {
    async ask(job) {
      const worker = idle.pop() ?? (await new Promise<ChildProcess>((resolve) => waiting.push(resolve)));
      try {
        return await answerOf(worker, job);
      } finally {
        const next = waiting.shift();
        if (next) next(worker);
        else idle.push(worker);
      }
    },
    dismiss: () => all.forEach((one) => one.disconnect()),
  };
}

function answerOf<J extends Job>(worker: ChildProcess, job: J): Promise<Answer<J>> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void =>
      reject(new Error(`a worker ended (${code}) at ${JSON.stringify(job)}`));
    worker.once('exit', ended);
    worker.once('message', (answer) => {
      worker.off('exit', ended);
      resolve(answer as Answer<J>);
    });
    worker.send(job);
  });
}
