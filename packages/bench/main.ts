/*
 * Measures and prints; asserts nothing but that counts agree. `npx pnpm@10 bench` builds, runs this and keeps what it
 * printed in results/, one file a day. Seconds are of one machine on one day: read the ratios.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { assemble, device, groupDevices, machine, menuOf, principles, strategies } from '@busward/core';
import { compile, exploreCompiled, exploreNaively, judgesOf } from '@busward/explorer';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';

const RUNS = 7;
const root = new URL('../../', import.meta.url).pathname;
const lines: string[] = [];
const say = (line: string): void => {
  console.log(line);
  lines.push(line);
};

say(`# ${new Date().toISOString().slice(0, 10)}\n`);
say(
  `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}; medians of ${RUNS} runs, with their spread.\n`,
);

say('## Whole processes, from a built tree\n');
say('| command | wall s | CPU s |\n| --- | --- | --- |');
for (const args of [
  ['compare', 'examples/machines/tegra-tegra186-p2771-c.txt'],
  ['compare', 'examples/machines/iommu-arm64-lx2160a-clearfog-fsl-mc.txt'],
  ['compare'],
  ['replay'],
  ['strategies'],
])
  whole(args);

say('\n## The search against its oracle, the same system, counts equal\n');
say('| system | states | transitions | search s | oracle s | ratio |\n| --- | --- | --- | --- | --- | --- |');
for (const name of ['6.1', 'v7', 'domain-compare']) search(name);

mkdirSync(`${root}packages/bench/results`, { recursive: true });
writeFileSync(`${root}packages/bench/results/${new Date().toISOString().slice(0, 10)}.md`, `${lines.join('\n')}\n`);

function whole(args: readonly string[]): void {
  const samples = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    const { status, stderr } = spawnSync(
      '/usr/bin/env',
      ['bash', '-c', `TIMEFORMAT='%U %S'; time node packages/cli/dist/index.js ${args.join(' ')} > /dev/null`],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    if (status !== 0) throw new Error(`busward ${args.join(' ')} failed: ${stderr}`);
    const [user, system] = stderr.trim().split(' ').map(Number);
    return { wall: (performance.now() - start) / 1000, cpu: user! + system! };
  });
  say(
    `| busward ${args.join(' ')} | ${spread(samples.map(({ wall }) => wall))} | ${spread(samples.map(({ cpu }) => cpu))} |`,
  );
}

function search(name: string): void {
  const facts = { streams: ['smmu@0x11'] };
  const joins = { facts, joins: 'at first bind' } as const;
  const devices = groupDevices([device(platform, 'A', joins), device(pci, 'B', joins)], [platform, pci]);
  const of = machine('two', { devices });
  const strategy = strategies.find((one) => one.name === name)!;
  const system = assemble(of, strategy, [platform, pci], { kind: 'open', inFlight: 2, menu: menuOf(of) });
  const searched = timed(RUNS, () =>
    exploreCompiled(compile(system, { merge: false }), judgesOf(system, principles), { maxStates: 1e6 }),
  );
  const oracle = timed(1, () => exploreNaively(system, principles));
  if (searched.result.states !== oracle.result.states || searched.result.transitions !== oracle.result.transitions)
    throw new Error(`${name}: the search and the oracle disagree`);
  const ratio = median(oracle.seconds) / median(searched.seconds);
  say(
    `| two devices, late, ${name} | ${searched.result.states} | ${searched.result.transitions} ` +
      `| ${spread(searched.seconds)} | ${spread(oracle.seconds)} | ${ratio.toFixed(0)} |`,
  );
}

function timed<T>(runs: number, measured: () => T): { readonly result: T; readonly seconds: readonly number[] } {
  let result = measured();
  const seconds = Array.from({ length: runs }, () => {
    const start = performance.now();
    result = measured();
    return (performance.now() - start) / 1000;
  });
  return { result, seconds };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b).map((value) => value.toFixed(2));
  return sorted.length === 1 ? sorted[0]! : `${median(values).toFixed(2)} (${sorted[0]}-${sorted.at(-1)})`;
}
