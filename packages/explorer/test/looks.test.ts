import { assemble, menuOf, type Machine, type Strategy } from '@busward/core';
import { compile, type Compiled } from '@busward/explorer';
import { describe, expect, it } from '@jest/globals';
import { lateLooks } from '../src/leaving-out/late-looks.ts';
import { pastLooks } from '../src/leaving-out/past-looks.ts';
import { buses, pair, single, under } from './machines.ts';
import { reached } from './reached.ts';

const iommufd = [{ name: 'u0', through: 'iommufd' } as const];
const compiledFor = (of: Machine, strategy: Strategy): Compiled =>
  compile(assemble(of, strategy, buses, { kind: 'open', inFlight: 2, menu: menuOf(of) }));

describe('what an operation looks at first', () => {
  it.each(['6.6', '7.3'])(
    '%s: is seen late where nothing comes of that: cells come to say the same, in fewer states',
    (name) => {
      const compiled = compiledFor({ ...single(), users: iommufd }, under(name));
      const [all, late] = [reached(compiled), reached(lateLooks(compiled))];
      expect(late.said).toEqual(all.said);
      expect(late.states).toBeLessThan(all.states * 0.8);
    },
  );

  it('is not where something does: a device file that is opened after its siblings were looked at', () => {
    const compiled = compiledFor(pair(), under('legacy'));
    expect(lateLooks(compiled)).toBe(compiled);
  });

  it('may be anything where there is much of it: all that cells say they say then, too', () => {
    const compiled = compiledFor(pair(), under('legacy'));
    const [all, past] = [reached(compiled), reached(pastLooks(compiled))];
    expect(all.said.filter((one) => !past.said.includes(one))).toEqual([]);
    expect(past.states).toBeLessThan(all.states);
  });

  it('is as it is where there is little of it', () => {
    const compiled = compiledFor({ ...pair(), users: iommufd }, under('7.3'));
    expect(pastLooks(compiled)).toBe(compiled);
  });
});
