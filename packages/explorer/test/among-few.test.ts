import { assemble, device, kernelDriver, machine, menuOf, principles, type System } from '@busward/core';
import {
  compile,
  exploreCompiled,
  exploreNaively,
  finished,
  initialIndices,
  isComplete,
  judgesOf,
  retraces,
  witnessOf,
  type Compiled,
  type Violation,
} from '@busward/explorer';
import { pci } from '@busward/pci';
import { describe, expect, it } from '@jest/globals';
import { deviceExchangeOf } from '../src/devices/exchange.ts';
import { lookingAmongFew, noLikeness, type AmongFew, type Likeness } from '../src/devices/among-few.ts';
import { breachText, type Breach } from '../src/search/breach.ts';
import { generated, openSystem, type Generated } from './generated.ts';
import { under } from './machines.ts';
import { patience, propertyOf, runs } from './property.ts';

const look = (compiled: Compiled, wanted: readonly Breach[], likeness: Likeness = noLikeness): AmongFew =>
  finished(lookingAmongFew(compiled, judgesOf(compiled.system, principles), wanted, { maxStates: 100_000 }, likeness));
const lengths = (violations: readonly Violation[]): ReadonlyMap<string, number> =>
  new Map(violations.map((one) => [breachText(one), one.path.length]));

/** The same machine, at which nobody begins anything but with these devices. */
function only({ machine: of, strategy, buses }: Generated, few: readonly string[]): System {
  const menu = menuOf(of).filter((operation) => !('device' in operation) || few.includes(operation.device));
  return assemble(of, strategy, buses, { kind: 'open', inFlight: 2, menu });
}

describe('where few devices do anything', () => {
  const onPci = (names: string, strategy = 'domain-compare'): Generated => ({
    machine: machine(names, {
      devices: names
        .split('')
        .map((name) => device(pci, name, { group: 'g', ...(name === 'K' && { drivers: [kernelDriver('k')] }) })),
    }),
    strategy: under(strategy),
    buses: [pci],
  });

  it('is found what two of three break, as near as the generators do that with these two', () => {
    const one = onPci('ABK');
    const compiled = compile(openSystem(one));
    const { violations: all } = exploreCompiled(compiled, judgesOf(compiled.system, principles), { maxStates: 1e6 });
    const { violations, most } = look(compiled, all);
    expect(most).toBe(2);
    const found = lengths(violations);
    expect([...found.keys()].toSorted()).toEqual(all.map(breachText).toSorted());
    const naively = new Map<string, number>();
    for (const few of ['AB', 'AK', 'BK'])
      for (const [what, steps] of exploreNaively(only(one, few.split('')), principles).violations)
        naively.set(what, Math.min(steps, naively.get(what) ?? Infinity));
    for (const [what, steps] of found) expect(steps).toBeGreaterThanOrEqual(naively.get(what)!);
    // What is first found is found by the first two, who need not be nearest.
    expect(Math.min(...found.values())).toBe(Math.min(...naively.values()));
  });

  it('is nothing looked for that is not wanted, and no further than is enough', () => {
    const compiled = compile(openSystem(onPci('ABK')));
    expect(look(compiled, [])).toEqual({ states: 0, violations: [], most: 0 });
    const { violations } = exploreCompiled(compiled, judgesOf(compiled.system, principles), { maxStates: 1e6 });
    const [first] = violations;
    const some = look(compiled, [first!]);
    expect(lengths(some.violations).get(breachText(first!))).toBe(first!.path.length);
    expect(some.states).toBeLessThan(look(compiled, violations).states);
  });

  it('is nothing looked at of two devices, which are the whole', () => {
    const compiled = compile(openSystem(onPci('AB')));
    const { violations } = exploreCompiled(compiled, judgesOf(compiled.system, principles), { maxStates: 1e6 });
    expect(violations.length).toBeGreaterThan(0);
    expect(look(compiled, violations).states).toBe(0);
  });

  it(
    'each way is one of the whole, walked by the generators; so is that of a device that is like it',
    () =>
      propertyOf(generated(3), Math.ceil(runs / 2), (one) => {
        const system = openSystem(one);
        const compiled = compile(system);
        const all = exploreCompiled(compiled, judgesOf(system, principles), { maxStates: 20_000 });
        if (!isComplete(all)) return;
        const shortest = lengths(all.violations);
        const exchange = deviceExchangeOf(compiled);
        for (const likeness of [noLikeness, ...(exchange ? [exchange] : [])])
          for (const violation of look(compile(system), all.violations, likeness).violations) {
            expect(violation.path.length).toBeGreaterThanOrEqual(shortest.get(breachText(violation)) ?? Infinity);
            expect(retraces(system, initialIndices(system), witnessOf(compiled, violation.path))).toBe(true);
          }
      }),
    patience,
  );
});
