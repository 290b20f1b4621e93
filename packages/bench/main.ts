/*
 * Measures and prints; asserts nothing but that counts agree. `npx pnpm@10 bench` bundles what it measures (a second), runs
 * this and keeps what it printed in results/, one file a day. Behind it, `commands` measures the command line only, and
 * `'4 2 3 6.12'` that machine against Spin only, `workers` one worker and two, `diagrams` (minutes) those, `machines` (half an hour)
 * small machines of every sort; each has a file of its own. Seconds are of one machine on one day: read the ratios.
 */
// oxlint-disable-next-line import/no-unassigned-import -- it is for what it does
import '../cli/src/optimize-later.ts';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble, device, groupDevices, machine, menuOf, principles, strategies } from '@busward/core';
import { compile, exploreCompiled, exploreNaively, judgesOf } from '@busward/explorer';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { againstSpinByDiagram } from './diagrams.ts';
import { overMachines } from './machines.ts';
import { compileWithSpin, spinIsThere, timedProcess, type Process } from './spin.ts';
import { byTwoWorkers } from './workers.ts';

const RUNS = 7;
const SPIN_RUNS = 3;
const root = new URL('../../', import.meta.url).pathname;
const lines: string[] = [];
const say = (line: string): void => {
  console.log(line);
  lines.push(line);
};

say(`# ${new Date().toISOString().slice(0, 10)}\n`);
say(
  `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}; medians of ${RUNS} runs (${SPIN_RUNS} with Spin), with their spread.\n`,
);

const parts = process.argv.slice(2);
const isAll = parts.length === 0;
const sizes = isAll
  ? ['4 2 3 6.12', '5 1 3 6.12', '4 1 4 6.12', '4 2 3 legacy']
  : parts.filter((part) => !['commands', 'machines', 'diagrams', 'workers'].includes(part));
if (isAll || parts.includes('commands')) {
  say('## Whole processes, from a built tree\n');
  say('| command | wall s | CPU s |\n| --- | --- | --- |');
  for (const args of [
    ['compare', 'examples/machines/tegra-tegra186-p2771-c.txt'],
    ['compare', 'examples/machines/iommu-arm64-lx2160a-clearfog-fsl-mc.txt'],
    ['compare'],
    ['matrix'],
    ['diff', 'platform@7.3', 'amba@7.3'],
    ['replay'],
    ['check'],
    ['strategies'],
  ])
    whole(args);

  say('\n## The search against its oracle, the same system, counts equal\n');
  say('| system | states | transitions | search s | oracle s | ratio |\n| --- | --- | --- | --- | --- | --- |');
  for (const name of ['6.1', 'v7', 'domain-compare']) search(name);
}

if (isAll || parts.includes('workers')) byTwoWorkers(`${root}packages/bench`, RUNS, say, spread);
if (parts.includes('machines')) overMachines(`${root}packages/bench`, say);

if (sizes.length > 0 && !spinIsThere) say('\nSpin is not installed: not compared.');
if (sizes.length > 0 && spinIsThere) {
  say('\n## Against Spin, whole processes in turn, the same machine, no reduction on our side, counts equal\n');
  say(
    "Spin's model is ours exported: a process for a slot, a `d_step` for a step, one option for all situations in which a " +
      'step does the same, as few bits as a variable needs. A hand-written model of a similar protocol had 121 bytes a ' +
      'state and 0.33 M states/s in Spin, breadth first. Bytes a state: ours at the worst moment (and packed), ' +
      "Spin's as it says itself. Ours makes its code while it runs; the last column adds what `spin -a` and `cc -O3` took " +
      'to make the verifier, once.\n',
  );
  say(
    '| devices, groups, in flight, strategy | who | CPU s | M states/s | wall s | MiB | bytes a state | CPU, ours = 1 | made and run |',
  );
  say('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const size of sizes) againstSpin(size);
}
if (spinIsThere && (isAll || parts.includes('diagrams')))
  againstSpinByDiagram(`${root}packages/bench`, SPIN_RUNS, say, spread);

mkdirSync(`${root}packages/bench/results`, { recursive: true });
const topics = isAll ? [] : [...parts.filter((part) => !sizes.includes(part)), ...(sizes.length > 0 ? ['spin'] : [])];
const file = [new Date().toISOString().slice(0, 10), ...topics].join('-');
writeFileSync(`${root}packages/bench/results/${file}.md`, `${lines.join('\n')}\n`);

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

/** In turn, so that what else the machine does hits all of them alike. */
function againstSpin(size: string): void {
  const promela = join(mkdtempSync(join(tmpdir(), 'bench-')), 'model.pml');
  const ours = `node ours.mjs ${size}`;
  const here = `${root}packages/bench`;
  timedProcess(`${ours} ${promela}`, here);
  const { dfs, bfs, reduced } = compileWithSpin(promela);
  const rivals = {
    ours: { command: ours, making: 0 },
    'Spin, full, breadth first': { command: `${bfs.file} -E -w26`, making: bfs.making },
    'Spin, full, depth first': { command: `${dfs.file} -E -m20000000 -w26`, making: dfs.making },
    'Spin, its reduction': { command: `${reduced.file} -E -m20000000 -w26`, making: reduced.making },
  };
  const samples = Object.entries(rivals).map(([who, rival]) => ({ who, ...rival, taken: [] as Process[] }));
  for (let run = 0; run < SPIN_RUNS; run++)
    for (const { command, taken } of samples) taken.push(timedProcess(command, here));
  const told = samples.map((one) => ({ ...one, ...countsIn(one.taken.map(({ out }) => out)) }));
  const base = median(told.flatMap(({ who, taken }) => (who === 'ours' ? taken.map(({ cpu }) => cpu) : [])));
  const ofAll = told.slice(0, 3);
  const [mine] = ofAll.map(countsText);
  if (new Set(ofAll.map((one) => countsText(rounded(one)))).size > 1)
    throw new Error(
      `${size}: the counts of ${ofAll.map((one) => `${one.who} (${countsText(one)})`).join(', ')} differ`,
    );
  told.forEach(({ who, making, taken, states, bytes }, at) => {
    const cpu = taken.map((one) => one.cpu);
    say(
      `| ${at === 0 ? `${size}: ${mine}` : ''} | ${who} | ${spread(cpu)} | ${(states / median(cpu) / 1e6).toFixed(2)} ` +
        `| ${spread(taken.map(({ wall }) => wall))} | ${median(taken.map(({ memory }) => memory))} | ${bytes} ` +
        `| ${(median(cpu) / base).toFixed(2)} | ${((median(cpu) + making) / base).toFixed(2)} |`,
    );
  });
}

interface Counts {
  readonly states: number;
  readonly transitions: number;
}

function countsText({ states, transitions }: Counts): string {
  return `${states} states, ${transitions} transitions`;
}

/** Spin prints eight digits of a number, and an exponent where there are more. */
function rounded({ states, transitions }: Counts): Counts {
  return { states: Number(states.toPrecision(8)), transitions: Number(transitions.toPrecision(8)) };
}

/** Ours are JSON; Spin's transitions include its arrival at the first state. */
function countsIn([out = '']: readonly string[]): Counts & { readonly bytes: string } {
  const number = (pattern: RegExp): number => Number(pattern.exec(out)?.[1]);
  if (out.startsWith('{')) {
    const said = JSON.parse(out) as { states: number; transitions: number; packed: number; worst: number };
    return { ...said, bytes: `${said.worst.toFixed(1)} (${said.packed})` };
  }
  const states = number(/([\d.e+]+) states, stored/);
  const mebibytes = number(/([\d.]+)\s+(?:equivalent|actual) memory usage for states/);
  const bytes = ((mebibytes * 2 ** 20) / states).toFixed(1);
  return { states, transitions: number(/([\d.e+]+) transitions \(=/) - 1, bytes };
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
