import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileWithSpin, timedProcess } from './spin.ts';

/** Devices, groups, operations in flight; where the explicit search and Spin's full search are asked for their counts, too. */
const sizes = [
  { size: '4 2 2', counted: true },
  { size: '6 3 2', counted: true },
  { size: '7 4 2', counted: false },
] as const;

/**
 * The diagram's whole process (verdicts, exact count, shortest witnesses or the proof that there are none) against Spin that
 * visits what its own partial-order reduction leaves of the same machine, and judges nothing. Counts have to agree where they
 * can be had. Spin runs once: it takes minutes.
 */
export function againstSpinByDiagram(
  here: string,
  runs: number,
  say: (line: string) => void,
  spread: (values: readonly number[]) => string,
): void {
  say('\n## Diagrams against Spin with its reduction, whole processes, the same machine, counts equal\n');
  say('| machine (devices, groups, in flight) | states | who | visited | CPU s | MiB | CPU, diagram = 1 |');
  say('| --- | --- | --- | --- | --- | --- | --- |');
  for (const { size, counted } of sizes) {
    const promela = join(mkdtempSync(join(tmpdir(), 'bench-')), 'model.pml');
    const ours = `node by-diagram.mjs ${size} 6.12`;
    timedProcess(`${ours} ${promela}`, here);
    const taken = Array.from({ length: runs }, () => timedProcess(ours, here));
    const states = /"states":"(\d+)"/.exec(taken[0]?.out ?? '')?.[1];
    const cpu = taken.map((one) => one.cpu);
    const base = cpu.toSorted((a, b) => a - b)[runs >> 1]!;
    const { dfs, reduced } = compileWithSpin(promela);
    const row = (who: string, visited: string | undefined, seconds: readonly number[], memory: number): void =>
      say(
        `| ${size} | ${states} | ${who} | ${visited} | ${spread(seconds)} | ${memory} ` +
          `| ${((seconds.toSorted((a, b) => a - b)[seconds.length >> 1] ?? 0) / base).toFixed(1)} |`,
      );
    row('diagram', 'none one by one', cpu, Math.max(...taken.map(({ memory }) => memory)));
    const rivals: Record<string, string> = {
      'Spin, its reduction': `${reduced.file} -E -m30000000 -w26`,
      ...(counted && {
        'Spin, full search': `${dfs.file} -E -m30000000 -w26`,
        'explicit search': `node ours.mjs ${size} 6.12`,
      }),
    };
    for (const [who, command] of Object.entries(rivals)) {
      const { out, cpu: seconds, memory } = timedProcess(command, here);
      const visited = (/"states":(\d+)/.exec(out) ?? /(\d+) states, stored/.exec(out))?.[1];
      if (who !== 'Spin, its reduction' && visited !== states)
        throw new Error(`${size}: the ${who} counts ${visited} states, the diagram ${states}`);
      row(who, visited, [seconds], memory);
    }
  }
}
