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
  const clients =
    actors === 'open'
      ? ({ kind: 'open', inFlight: 2, menu: menuOf(on) } as const)
      : ({ kind: 'actors', actors } as const);
  const compiled = { ...compile(assemble(on, under(name), buses, clients)), symmetric: false };
  const judges = judgesOf(compiled.system, principles);
  const ours = exploreCompiled(compiled, judges, { maxStates: 1e6 });
  const promela = promelaOf(compiled, judges);

  it('Spin counts the same states and transitions', () => {
    const spins = runSpin(promela);
    expect(isComplete(ours)).toBe(true);
    // Spin counts the arrival at the initial state as a transition.
    expect([spins.states, spins.transitions - 1]).toEqual([ours.states, ours.transitions]);
  });
  it('Spin breaks the same principles', () => {
    const judged = [...new Set(judges.states.map(({ principle }) => principle.id))];
    const broken = ours.violations.map(({ principle }) => principle.id).filter((id) => judged.includes(id));
    const asked = [...new Set([...broken, 'P1', 'P3'])];
    for (const id of asked) expect([id, runSpin(promela, id).errors > 0]).toEqual([id, broken.includes(id)]);
  });
  it('the transition system has as many', () => {
    const { states, transitions } = finished(ltsOf(compiled, 1e6));
    expect([states, transitions.length]).toEqual([ours.states, ours.transitions]);
  });
});

function runSpin(promela: string, principle?: string) {
  const cwd = mkdtempSync(join(tmpdir(), 'spin-'));
  writeFileSync(join(cwd, 'model.pml'), promela);
  const asking = principle === undefined ? [] : [`-D${principle}`];
  execFileSync('spin', ['-a', ...asking, 'model.pml'], { cwd });
  execFileSync('cc', ['-O1', '-w', '-DNOREDUCE', '-o', 'pan', 'pan.c'], { cwd });
  const said = execFileSync(join(cwd, 'pan'), ['-E', '-m1000000'], { cwd, encoding: 'utf8' });
  const number = (pattern: RegExp): number => Number(pattern.exec(said)![1]);
  return {
    states: number(/(\d+) states, stored/),
    transitions: number(/(\d+) transitions \(= stored\+matched\)/),
    errors: number(/errors: (\d+)/),
  };
}
