import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble, menuOf, principles, type Machine, type Operation } from '@busward/core';
import { compile, exploreCompiled, finished, judgesOf, ltsOf, promelaOf } from '@busward/explorer';
import { describe, expect, it, jest } from '@jest/globals';
import { bind, buses, claim, crossBus, K, open, pair, unbind, V, under } from './machines.ts';
import { isComplete } from '../src/search/ended.ts';

/*
 * A second opinion: Spin (Holzmann; Debian's package), which knows nothing of our search, on the exported Promela. Runs
 * where spin and a C compiler are installed; CI installs them.
 */

jest.setTimeout(120_000);
const installed = ['spin', 'cc'].every((tool) => spawnSync(tool, ['-V']).error === undefined);

const register: Operation = { do: 'register', group: 'group 0' };
type Case = readonly [string, string, Machine, 'open' | readonly (readonly Operation[])[]];
const cases: readonly Case[] = [
  ['a pair, anybody anything', 'legacy', pair(), 'open'],
  ['a pair, anybody anything', 'v8', pair(), 'open'],
  ['a pair, anybody anything', '7.3', pair(), 'open'],
  ['across buses', 'domain-compare', crossBus(), 'open'],
  [
    'a late IOMMU',
    '7.3',
    pair({ iommu: 'later' }),
    [[bind('B', K), unbind('B')], [register], [bind('A', V), claim, open('A')]],
  ],
  ['actors that crash', 'legacy', pair(), [[bind('A', V), claim, open('A')], [bind('B', K)]]],
];

(installed ? describe : describe.skip).each(cases)('%s under %s', (_, name, on, actors) => {
  const { compiled, judges, ours, promela } = exported(name, on, actors);

  it('Spin counts the same states and transitions', () => {
    const spins = runSpin(promela);
    expect(isComplete(ours)).toBe(true);
    // Spin counts the arrival at the initial state as a transition.
    expect([spins.states, spins.transitions - 1]).toEqual([ours.states, ours.transitions]);
  });
  it('Spin meets what is broken, and a crash', () => {
    const judged = [...judges.states.map(({ principle }) => principle.id), 'P14'];
    const broken = ours.violations.map(({ principle }) => principle.id).filter((id) => judged.includes(id));
    const asked = [...new Set([...broken, 'P1', 'P3', 'P14'])];
    for (const id of asked) expect([id, runSpin(promela, id).errors > 0]).toEqual([id, broken.includes(id)]);
    // More than one at once.
    expect(runSpin(promela, 'P1', 'P3', 'P14').errors > 0).toBe(['P1', 'P3', 'P14'].some((id) => broken.includes(id)));
  });
  it('to ask Spin for what has no monitor fails', () => {
    expect(() => runSpin(promela, 'P2')).toThrow('P2 has no monitor');
  });
  it('the transition system has as many', () => {
    const { states, transitions } = finished(ltsOf(compiled, 1e6));
    expect([states, transitions.length]).toEqual([ours.states, ours.transitions]);
  });
});

it.each(cases)(
  '%s under %s: each principle has a monitor, or stops Spin, and the head says which',
  (_, name, on, actors) => {
    const { promela } = exported(name, on, actors);
    const parts = [...promela.matchAll(/^#ifdef (P\d+)\n(#error|active proctype monitor_)/gm)];
    const stopping = parts.filter(([, , begins]) => begins === '#error').map(([, id]) => id!);
    const all = [...principles.map(({ id }) => id), 'P15', 'P16', 'P18'];
    expect(parts.map(([, id]) => id!).toSorted()).toEqual(all.toSorted());
    const head = promela.slice(0, promela.indexOf('*/'));
    const [, monitored] = /Monitors: (.*)/.exec(head)!;
    expect(monitored).toBe(
      all
        .filter((id) => !stopping.includes(id))
        .map((id) => `-D${id}`)
        .join(' '),
    );
    for (const id of stopping) expect(head).toMatch(new RegExp(`^ \\*   (P\\d+ )*${id}\\b.*: `, 'm'));
  },
);

function exported(name: string, on: Machine, actors: Case[3]) {
  const clients =
    actors === 'open'
      ? ({ kind: 'open', inFlight: 2, menu: menuOf(on) } as const)
      : ({ kind: 'actors', actors } as const);
  const compiled = { ...compile(assemble(on, under(name), buses, clients)), symmetric: false };
  const judges = judgesOf(compiled.system, principles);
  const ours = exploreCompiled(compiled, judges, { maxStates: 1e6 });
  return { compiled, judges, ours, promela: promelaOf(compiled, judges) };
}

function runSpin(promela: string, ...asked: readonly string[]) {
  const cwd = mkdtempSync(join(tmpdir(), 'spin-'));
  writeFileSync(join(cwd, 'model.pml'), promela);
  const asking = asked.map((id) => `-D${id}`);
  execFileSync('spin', ['-a', ...asking, 'model.pml'], { cwd, stdio: 'pipe' });
  execFileSync('cc', ['-O1', '-w', '-DNOREDUCE', '-o', 'pan', 'pan.c'], { cwd });
  const said = execFileSync(join(cwd, 'pan'), ['-E', '-m1000000'], { cwd, encoding: 'utf8' });
  const number = (pattern: RegExp): number => Number(pattern.exec(said)![1]);
  return {
    states: number(/(\d+) states, stored/),
    transitions: number(/(\d+) transitions \(= stored\+matched\)/),
    errors: number(/errors: (\d+)/),
  };
}
