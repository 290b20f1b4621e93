import {
  blamed,
  EBUSY,
  EPROBE_DEFER,
  kernelDriver,
  OK,
  vfioDriverOf,
  type Bus,
  type Device,
  type Refinement,
  type Facts,
  type Seen,
} from '@busward/core';
import type { Finding } from './clause.ts';
import type { Subject } from './subject.ts';

const allowed: readonly unknown[] = [OK, EBUSY, EPROBE_DEFER];

/** One question that a refinement is asked, and its answer. */
interface Judged {
  readonly device: Device;
  readonly by: 'kernel' | 'user';
  readonly seen: readonly Seen[];
  readonly verdict: unknown;
  readonly threw?: string;
}

/** Asks the refinement about every device of every small machine, beside everything it may see. */
export function refinementFinding({ bus, samples }: Subject): Finding | undefined {
  const refine = bus.refine!;
  for (const one of samples) {
    const looksAt = looksAtOf(bus, one, samples);
    const stranger = looksAt.find((other) => !samples.includes(other));
    if (stranger)
      return {
        found: `of() named '${stranger.name}', which is none of the devices it was given`,
        scenario: () => [`bind ${one.name} to a kernel driver`],
        change: 'return devices out of `all`, as all.filter(...) does',
      };
  }
  const answers = judgements(bus, refine, samples);
  const again = judgements(bus, refine, samples);
  for (const [at, answer] of answers.entries()) {
    if (answer.threw !== undefined)
      return finding(answer, `it threw '${answer.threw}'`, 'judge by what is seen, which can be read only');
    if (!allowed.includes(answer.verdict))
      return finding(answer, `it judged ${String(answer.verdict)}`, 'return OK, EBUSY or EPROBE_DEFER');
    if (again[at]!.verdict !== answer.verdict)
      return finding(
        answer,
        `it judged ${String(answer.verdict)}, and ${String(again[at]!.verdict)} when it was asked again`,
        'decide by what is given: the device, who asks, and what is seen',
      );
  }
  const needless = answers.find(
    ({ verdict, seen }) => verdict !== OK && seen.every(({ driver, ownedByUser }) => !driver && !ownedByUser),
  );
  if (needless)
    return finding(
      needless,
      'it refuses although nothing that it looks at is in use, so that nobody ever gets the device (P19)',
      'refuse only where a device that was seen has a driver or an owner',
    );
  return undefined;
}

/** Whether it refuses anything, on any of these devices. */
export const refusesSomething = (bus: Bus, samples: readonly Device[]): boolean =>
  judgements(bus, bus.refine!, samples).some(({ verdict }) => verdict !== OK);

function judgements(bus: Bus, refine: Refinement<string, Facts>, samples: readonly Device[]): readonly Judged[] {
  return samples.flatMap((device) =>
    everySeen(bus, looksAtOf(bus, device, samples)).flatMap((seen) =>
      (['kernel', 'user'] as const).map((by) => judged(refine, device, by, seen)),
    ),
  );
}

function judged(
  refine: Refinement<string, Facts>,
  device: Device,
  by: 'kernel' | 'user',
  seen: readonly Seen[],
): Judged {
  const asked = { device, by, seen };
  try {
    return { ...asked, verdict: refine.judge(device, by, seen) };
  } catch (error) {
    return { ...asked, verdict: undefined, threw: error instanceof Error ? error.message : String(error) };
  }
}

const looksAtOf = (bus: Bus, device: Device, all: readonly Device[]): readonly Device[] =>
  blamed(`bus '${bus.name}', refine.of`, () => bus.refine!.of(device, all));

/** Every way in which the devices can be found: with which driver, owned or not. */
function everySeen(bus: Bus, devices: readonly Device[]): readonly (readonly Seen[])[] {
  const drivers = [undefined, kernelDriver('a kernel driver'), vfioDriverOf(bus)];
  const [device, ...others] = devices;
  if (!device) return [[]];
  return everySeen(bus, others).flatMap((rest) =>
    drivers.flatMap((driver) =>
      [false, true].map((ownedByUser) => Object.freeze([Object.freeze({ device, driver, ownedByUser }), ...rest])),
    ),
  );
}

const finding = ({ device, by, seen }: Judged, found: string, change: string): Finding => ({
  found,
  scenario: () => [
    ...seen.flatMap(({ device: { name }, driver, ownedByUser }) => [
      ...(driver ? [`bind ${name} to ${driver.name}`] : []),
      ...(ownedByUser ? [`u0: claim the group of ${name}`] : []),
    ]),
    by === 'kernel' ? `bind ${device.name} to a kernel driver` : `u0: claim the group of ${device.name}`,
  ],
  change,
});
