import { expect, it, jest } from '@jest/globals';
import { busward } from './command-line.ts';

jest.setTimeout(30_000);

it('writes a scenario for Spin', async () => {
  const { code, out } = await busward('export', 'promela', 'litmus/L02.yaml', '--profile', 'linux@5.10');
  expect(code).toBe(0);
  expect(out).toMatch(/^active proctype actor0\(\) provided \(!v_B_crashed\)$/m);
  expect(out).toMatch(/^#ifdef P1$/m);
  expect(out).toMatch(/^\/\* litmus\/L02\.yaml under linux@5\.10$/m);
});
it('tells in the Promela how Spin is asked, and of what it says nothing', async () => {
  const { out } = await busward('export', 'promela', 'litmus/L02.yaml', '--profile', 'linux@5.10');
  const head = out.slice(0, out.indexOf('*/')).replaceAll(/\n \*( |$)/g, ' ');
  expect(head).toContain('spin -a -DP1 FILE && cc -O3 -DNOREDUCE -o pan pan.c && ./pan -E');
  expect(head).toContain('Without a -D nothing is asserted');
  expect(head).toContain('-D is for spin -a alone');
  expect(head).toContain('(never, when, sometimes, always) is not exported');
  expect(head).toContain("Busward's verdict, repeated");
});
it('writes a transition system whose header counts what follows', async () => {
  const { out } = await busward('export', 'aut', 'litmus/L02.yaml', '--profile', 'linux@5.10');
  const [, transitions, states] = /^des \(0, (\d+), (\d+)\)$/m.exec(out)!.map(Number);
  const lines = out.trimEnd().split('\n').slice(1);
  expect(lines).toHaveLength(transitions!);
  expect(new Set(lines.flatMap((line) => [/^\((\d+)/.exec(line)![1], /(\d+)\)$/.exec(line)![1]])).size).toBe(states);
  const { out: dot } = await busward('export', 'dot', 'litmus/L02.yaml', '--profile', 'linux@5.10');
  expect(dot.match(/ -> /g)).toHaveLength(transitions!);
});
it('writes the witness of a scenario as ITF, a state more than steps', async () => {
  const { out } = await busward('export', 'itf', 'litmus/L02.yaml', '--profile', 'linux@5.10');
  const { vars, states } = JSON.parse(out) as { vars: string[]; states: Record<string, unknown>[] };
  expect(states).toHaveLength(6);
  expect(Object.keys(states[0]!).toSorted()).toEqual(['#meta', ...vars].toSorted());
  expect([states[0]!['B.running'], states[5]!['B.running'], states[5]!['B.driver']]).toEqual([false, true, 'nvme']);
  // Where none is named, by the first that has one.
  expect((await busward('export', 'itf', 'litmus/L02.yaml')).out).toBe(out);
});
it.each([
  [['promelo', 'litmus/L02.yaml'], 'expected promela, aut, dot, itf'],
  [['itf'], 'itf is one execution; give a scenario file'],
  [['aut', '--max-states', '100'], 'more than 100 states; export something smaller, or give --max-states'],
  [['promela', '--max-states', '100'], 'the search was stopped after 100 states; only a whole system can be exported'],
  [
    ['promela', '--timeout', '1', '--max-states', '1000000000', '--in-flight', '4', '--profile', 'legacy'],
    'the search was stopped after 1 s; only a whole system can be exported',
  ],
])('export %j says what is wrong', async (args, says) => {
  const { code, err } = await busward('export', ...args);
  expect(code).toBe(2);
  expect(err).toContain(says);
});
