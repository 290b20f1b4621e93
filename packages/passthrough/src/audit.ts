import type { Bus } from '@busward/core';
import type { FoundMachine } from '@busward/topology';
import { inspect } from './inspect.ts';
import { judgedBy, versionIn, versionOf, type JudgedBy } from './judged-by.ts';
import { verdicts, type JudgeGroup, type Verdict } from './verdict.ts';

/** One machine of many, in numbers; or why it could not be read. */
export type AuditRow = AuditedMachine | { readonly file: string; readonly error: string };

export interface AuditedMachine {
  readonly file: string;
  readonly model?: string;
  /** What it was judged by. */
  readonly kernel: string;
  readonly devices: number;
  readonly groups: number;
  readonly withoutGroup: number;
  readonly unread: number;
  /** Groups of each verdict. */
  readonly verdicts: Readonly<Record<Verdict['kind'], number>>;
  /** Groups that span buses, with their buses. */
  readonly spanning: readonly { readonly group: string; readonly buses: readonly string[] }[];
  /** Drivers that stand in the way, and of how many groups. */
  readonly blockers: Readonly<Record<string, number>>;
  /** Groups that a user could own under one of two kernels and not under the other, or for another reason. */
  readonly changes: readonly { readonly group: string; readonly before: string; readonly after: string }[];
}

/** Audits one machine after the other; what one of them has asked the model is not asked again. */
export interface Auditor {
  (file: string, machine: FoundMachine): AuditedMachine;
}

/** @param kernel judge all machines by that; else each by what its evidence tells, or the newest */
export function auditor(
  buses: readonly Bus[],
  between: readonly [string, string],
  kernel: string | undefined,
): Auditor {
  const known = new Map<string, { readonly judged: JudgedBy; readonly judge: JudgeGroup }>();
  const judging = (version: string) => {
    const judged = judgedBy(version, buses);
    const one = known.get(version) ?? { judged, judge: verdicts(judged) };
    known.set(version, one);
    return one;
  };
  return (file, machine) => {
    const version = (kernel === undefined ? undefined : versionIn(kernel)) ?? versionOf(machine).version;
    const { groups, alone, unread } = inspect(machine, judging(version).judged, judging(version).judge);
    const [before, after] = between.map((one) => inspect(machine, judging(one).judged, judging(one).judge).groups);
    return {
      file,
      ...(machine.model && { model: machine.model.is }),
      kernel: version,
      devices: machine.devices.length,
      groups: groups.length,
      withoutGroup: alone.length,
      unread: unread.length,
      verdicts: count(groups.map(({ verdict }) => verdict.kind)),
      spanning: groups.flatMap(({ group, buses: on }) => (on.length > 1 ? [{ group, buses: on }] : [])),
      blockers: tally(
        groups.flatMap(({ verdict }) =>
          verdict.kind === 'blocked' ? [...new Set(verdict.by.map(({ driver }) => driver))] : [],
        ),
      ),
      changes: before!.flatMap(({ group, verdict }, at) => {
        const then = after![at]!.verdict.kind;
        return verdict.kind === then ? [] : [{ group, before: verdict.kind, after: then }];
      }),
    };
  };
}

const none: Readonly<Record<Verdict['kind'], number>> = {
  ready: 0,
  free: 0,
  bridges: 0,
  blocked: 0,
  impossible: 0,
  unknown: 0,
};

const count = (kinds: readonly Verdict['kind'][]): AuditedMachine['verdicts'] => ({ ...none, ...tally(kinds) });

/** How often each name is there; the names as they come, whatever they are. */
function tally(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}
