import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { amba } from '@busward/amba';
import { busesOf, legacyNotifier, principles, profiles, strategies, type Bus, type Profile } from '@busward/core';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { readScenario } from '@busward/scenario';
import { profileOf, readTraces, replayer, scenarioOfTrace, type Replayer, type Trace } from '@busward/traces';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

/*
 * The referee: what booted kernels did. The recordings are data of this project (packages/traces/recordings), made by
 * kernels and not by the model; their README says 1,671 scenarios.
 */

const recordings = fileURLToPath(new URL('../recordings/', import.meta.url));
const files = readdirSync(recordings, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gz'));
const tracesIn = (file: string): readonly Trace[] =>
  readTraces(file, gunzipSync(readFileSync(join(recordings, file))).toString('utf8'));
const buses: readonly Bus[] = [amba, platform, fslMc, pci, host1x];
const replayers = new Map<Profile, Replayer>(
  profiles.map((profile) => [profile, replayer(profile, busesOf(profile, buses))]),
);
const replay = (trace: Trace) => replayers.get(profileOf(trace))!(trace);
const traces = new Map(files.map((file) => [file, tracesIn(file)]));
const all = [...traces.values()].flat();
// Each is replayed once, and asked more than one thing.
const replays = new Map<Trace, ReturnType<Replayer>>();
const replayed = (trace: Trace): ReturnType<Replayer> => {
  const known = replays.get(trace) ?? replay(trace);
  replays.set(trace, known);
  return known;
};

describe('every recorded scenario goes as its kernel went', () => {
  it('all 1,671 of them', () => expect(all.length).toBe(1671));
  it.each(files)('%s', (file) => {
    const diverging = traces.get(file)!.flatMap((trace) => {
      const { divergence } = replayed(trace);
      return divergence ? [`${trace.scenario}, step ${divergence.step} (${divergence.do}): ${divergence.what}`] : [];
    });
    expect(diverging).toEqual([]);
  });
});

it('every recorded scenario can be made a scenario file, and read', () => {
  const unread = all.flatMap((trace) => {
    const text = scenarioOfTrace(trace, profileOf(trace), busesOf(profileOf(trace), buses));
    try {
      readScenario(trace.scenario, text, { buses, strategies, principles });
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  expect(unread).toEqual([]);
});

describe('a kernel is told from another', () => {
  const under = (profile: Profile, kernel: string): number => {
    const replaying = replayer(profile, busesOf(profile, buses));
    return all.filter((trace) => profileOf(trace).name === kernel && !replaying(trace).divergence).length;
  };
  const of = (kernel: string): number => all.filter((trace) => profileOf(trace).name === kernel).length;
  it('the legacy notifier agrees with 5.10, with any form of the buses, and not with 6.1', () => {
    const legacy: Profile = { name: 'legacy', strategy: legacyNotifier, fromSourceOnly: [] };
    expect(under(legacy, 'linux@5.10')).toBe(of('linux@5.10'));
    expect(under(legacy, 'linux@6.1')).toBeLessThan(of('linux@6.1') / 2);
  });
  it('6.1 does not agree with 6.12, whose groups of two change their type', () =>
    expect(under(profiles[1], 'linux@6.12')).toBeLessThan(of('linux@6.12')));
});

describe('altering a recording', () => {
  const altered = fc.constantFrom(...all).chain((trace) =>
    fc.record({
      trace: fc.constant(trace),
      at: fc.nat({ max: trace.steps.length - 1 }),
      what: fc.constantFrom('result', 'driver', 'viability'),
      pick: fc.nat(),
    }),
  );
  it('one step of it is reported as exactly that step', () => {
    fc.assert(
      fc.property(altered, ({ trace, at, what, pick }) => {
        const copy = copyOf(trace);
        const step = copy.steps[at]!;
        const told = Object.values(step.state.groups).filter(({ u0 }) => u0 !== undefined);
        fc.pre(what !== 'viability' || (told.length > 0 && step.result !== 'killed'));
        if (what === 'result') step.result = step.result === 'ok' ? 'EPERM' : 'ok';
        else if (what === 'driver') {
          const names = Object.keys(step.state.drivers);
          step.state.drivers[names[pick % names.length]!] = 'another';
        } else {
          const group = told[pick % told.length]!;
          group.u0 = group.u0 === 'viable' ? 'not-viable' : 'viable';
        }
        expect(replay(copy).divergence?.step).toBe(at);
      }),
      { numRuns: 300 },
    );
  });
});

it('a driver that a recording leaves out is a difference', () => {
  const trace = copyOf(all[0]!);
  trace.steps[0]!.state.drivers = {};
  expect(replay(trace).divergence).toMatchObject({ step: 0, kernel: 'not recorded' });
});

describe('what the kernels broke themselves', () => {
  it('P14 where a recording says that the kernel crashed, and nowhere else', () => {
    const crashed = all.filter((trace) => trace.crashed).map(({ scenario, kernel }) => `${kernel} ${scenario}`);
    const judged = all.filter((trace) => replayed(trace).broken.some(({ id }) => id === 'P14'));
    expect(crashed.length).toBeGreaterThan(0);
    expect(judged.map(({ scenario, kernel }) => `${kernel} ${scenario}`)).toEqual(crashed);
  });
  it('P1 in 5.10 before its BUG, and later only beside a function that came back in another group', () => {
    const mixed = all.filter((trace) => replayed(trace).broken.some(({ id }) => id === 'P1'));
    const later = mixed.filter(({ kernel }) => !kernel.startsWith('5.10'));
    expect(mixed.length).toBeGreaterThan(later.length);
    for (const { steps } of later) expect(steps.some((step) => step.do === 'rescan')).toBe(true);
  });
});

function copyOf({ wrong, ...data }: Trace): Trace {
  return { ...structuredClone(data), wrong };
}

describe('a recording that is wrong', () => {
  const [good] = all as [Trace];
  const line = (edit: object): string => JSON.stringify({ ...good, ...edit });
  it.each<[string, string, RegExp]>([
    [
      'cut off',
      `${line({})}\n${line({}).slice(0, 100)}`,
      /^t:2:101: is no JSON; expected one recorded scenario a line/,
    ],
    ['empty', '', /^t: the file is empty/],
    ['without steps', line({ steps: [] }), /^t:1:\d{3,}: steps: /],
    ['of another schema', line({ schema: 2 }), /^t:1:11: schema: /],
  ])('%s', (_, text, message) => expect(() => readTraces('t', text)).toThrow(message));
  it.each<[string, object, string, string]>([
    ['of an unknown kernel', { kernel: '4.19.0' }, '"4.19.0"', "no profile of kernel '4.19.0'; there are linux@5.10"],
    ['of an unknown machine', { topology: 'toaster' }, '"toaster"', "no machine 'toaster'; there are x86-vtd"],
    ['with a device the machine has not', { devices: { T: { bus: 'pci', group: 'gT' } } }, '{"bus"', "no device 'T'; "],
    [
      'with an unknown operation',
      { steps: [{ ...good.steps[0], do: 'polish A' }] },
      '"polish A"',
      "step 0 ('polish A'): no operation 'polish'; there are bind",
    ],
  ])('%s: says where and what', (_, edit, wrong, message) => {
    const [trace] = readTraces('t', `\n${line(edit)}`);
    const column = line(edit).indexOf(wrong) + 1;
    const replaying = () => replayer(profileOf(trace!), buses)(trace!);
    expect(replaying).toThrow(message);
    expect(replaying).toThrow(`t:2:${column}: scenario '`);
  });
});
