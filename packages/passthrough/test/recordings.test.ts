import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { judgedBy, plan, verdicts, type JudgedBy, type JudgeGroup, type Verdict } from '@busward/passthrough';
import type { FoundMachine } from '@busward/topology';
import { profileOf, readTraces, type Trace, type TraceState } from '@busward/traces';
import { expect, it } from '@jest/globals';
import { memberOf } from '../src/member.ts';
import { resultIn } from '../src/result-in.ts';
import { situations } from '../src/situations.ts';
import { buses } from './machines.ts';

/*
 * What booted kernels told users, against what is said here of the same drivers on the same group. The recordings tell of
 * drivers and results; nothing of the model is asked to read them.
 */

const recordings = fileURLToPath(new URL('../../traces/recordings/', import.meta.url));
const traces = readdirSync(recordings, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.gz'))
  .flatMap((file) => readTraces(file, gunzipSync(readFileSync(join(recordings, file))).toString('utf8')));

const kernels = new Map<string, JudgedBy>();
function kernelOf(trace: Trace): JudgedBy {
  const { version } = profileOf(trace);
  const one = kernels.get(version) ?? judgedBy(version, buses);
  kernels.set(version, one);
  return one;
}

/** A moment of a recording at which a user does something to a group that nobody has. */
interface Asked {
  readonly trace: Trace;
  readonly device: string;
  readonly group: string;
  readonly before: TraceState;
  readonly does: string;
  readonly result: string;
}

/** Steps of that kind, in scenarios in which groups stay as they were and nothing is under way. */
function* asked(verb: 'cset' | 'dopen'): Generator<Asked> {
  for (const trace of traces) {
    if (trace.steps.some(({ do: text }) => /^(remove|rescan|claim|release)/.test(text))) continue;
    for (const [at, step] of trace.steps.entries()) {
      if (step.result === 'blocked' || step.bug) break;
      const [does = '', user = '', device = '', other] = step.do.split(' ');
      const group = trace.devices[device]?.group;
      const before = trace.steps[at - 1]?.state;
      if (does !== verb || step.result === 'skip' || !before || typeof group !== 'string' || other !== undefined)
        continue;
      const status = before.groups[group];
      const had = (who: string | undefined): boolean => who?.endsWith('+container') === true;
      if (!status || (verb === 'cset' ? had(status.u0) || had(status.u1) : !had(user === 'u0' ? status.u0 : status.u1)))
        continue;
      // The file is left over from a group that was there before.
      if ([status.u0, status.u1].includes('ENODEV')) continue;
      yield { trace, device, group, before, does: step.do, result: step.result };
    }
  }
}

/** The group as somebody would have found it then; devices that a scenario does not name have no driver. */
function foundThen({ trace, group, before }: Pick<Asked, 'trace' | 'group' | 'before'>): FoundMachine {
  const from = { file: trace.scenario };
  const names = Object.keys(trace.devices).filter((name) => trace.devices[name]!.group === group);
  return {
    name: trace.scenario,
    sources: [],
    devices: names.map((name) => ({
      name,
      bus: { is: trace.devices[name]!.bus, from },
      group: { is: group, from },
      driver: { is: before.drivers[name] ?? null, from },
      override: { is: null, from },
      // P and R are bridges (packages/traces/src/recorded-machine.ts).
      class: { is: ['P', 'R'].includes(name) ? '060400' : '020000', from },
    })),
    groups: {},
    needsTold: [],
    contradictions: [],
    unread: [],
    says: [],
  };
}

const judges = new Map<JudgedBy, JudgeGroup>();
function verdictOf(one: Asked): Verdict {
  const machine = foundThen(one);
  const judged = kernelOf(one.trace);
  const judge = judges.get(judged) ?? verdicts(judged);
  judges.set(judged, judge);
  const members = machine.devices.map((device) => memberOf(device, judged.buses));
  return judge(machine, one.group, members);
}

it('a group that is said to be ready is given to the user by the kernel, and one that is said to be blocked is not', () => {
  let compared = 0;
  const wrong: string[] = [];
  for (const one of asked('cset')) {
    const verdict = verdictOf(one);
    // 5.10 does not look at this step.
    const told =
      kernelOf(one.trace).version.startsWith('5.10') || verdict.kind !== 'blocked' ? 'ok' : verdict.refused.result;
    compared++;
    if (told !== one.result)
      wrong.push(`${one.trace.kernel} ${one.trace.scenario} ${one.does}: ${one.result}, said ${told}`);
  }
  expect(wrong).toEqual([]);
  expect(compared).toBeGreaterThan(1000);
});

it('5.10 refuses to open a device of a group that is said to be blocked, and of no other', () => {
  let compared = 0;
  const wrong: string[] = [];
  for (const one of asked('dopen')) {
    if (!kernelOf(one.trace).version.startsWith('5.10')) continue;
    const verdict = verdictOf(one);
    // Whether the device itself is VFIO's is another matter.
    if (one.before.drivers[one.device] !== 'vfio-pci') continue;
    compared++;
    const told = verdict.kind === 'blocked' ? verdict.refused.result : 'ok';
    if (told !== one.result) wrong.push(`${one.trace.scenario} ${one.does}: ${one.result}, said ${told}`);
  }
  expect(wrong).toEqual([]);
  expect(compared).toBeGreaterThan(20);
});

it('where the kernels were found as a plan leaves a group, they gave it to the user', () => {
  const key = ({ trace, group, before }: Pick<Asked, 'trace' | 'group' | 'before'>, drivers = before.drivers): string =>
    JSON.stringify([
      trace.kernel,
      trace.topology,
      Object.keys(trace.devices)
        .filter((name) => trace.devices[name]!.group === group && drivers[name])
        .toSorted()
        .map((name) => [name, drivers[name]]),
    ]);
  const given = new Map<string, string[]>();
  for (const one of asked('cset')) given.set(key(one), [...(given.get(key(one)) ?? []), one.result]);
  let met = 0;
  const wrong: string[] = [];
  for (const one of asked('cset')) {
    if (one.result === 'ok' || ['P', 'R'].includes(one.device)) continue;
    const planned = plan(foundThen(one), [one.device], kernelOf(one.trace));
    if (planned.kind === 'refused') {
      wrong.push(`${one.trace.scenario} ${one.does}: refused, ${planned.reasons.map(({ why }) => why).join('; ')}`);
      continue;
    }
    const after = {
      ...one.before.drivers,
      ...Object.fromEntries(planned.check.map(({ device, driver }) => [device, driver])),
    };
    const results = given.get(key(one, after)) ?? [];
    met += results.length;
    if (results.some((result) => result !== 'ok'))
      wrong.push(`${one.trace.scenario} ${one.does}: ${results.join(' ')}`);
  }
  expect(wrong).toEqual([]);
  expect(met).toBeGreaterThan(100);
});

it('errors of the table are those that the kernels told', () => {
  /** Which situation a recorded step is in, by the drivers before it alone. */
  const situationOf = ({ before, trace, group, device }: Asked) => {
    const siblings = Object.keys(trace.devices).filter(
      (name) => name !== device && trace.devices[name]!.group === group,
    );
    const busy = siblings.some((name) => ['uio_pci_generic', 'e1000'].includes(before.drivers[name] ?? ''));
    return busy && before.drivers[device] === 'vfio-pci' ? situations.busyClaim : undefined;
  };
  const seen = new Map<string, Set<string>>();
  for (const one of asked('cset')) {
    const situation = situationOf(one);
    if (!situation) continue;
    const { version } = kernelOf(one.trace);
    seen.set(version, (seen.get(version) ?? new Set()).add(one.result === 'ok' ? 'OK' : one.result));
    expect([version, resultIn(situation, kernelOf(one.trace))]).toEqual([
      version,
      one.result === 'ok' ? 'OK' : one.result,
    ]);
  }
  expect([...seen.keys()].toSorted()).toEqual(['5.10.218', '6.1.176', '6.12.107', '6.18', '7.3.4']);
});
