import { isVfioDriver, OK } from '@busward/core';
import { sameDriver, type Evidence, type Found, type FoundMachine } from '@busward/topology';
import { claims, type Claimed, type Refused } from './claim.ts';
import type { JudgedBy } from './judged-by.ts';
import { driverNamed, isKnown, type KnownMember, type Member } from './member.ts';

/** Whether a user could own a group now. */
export type Verdict =
  /** A VFIO driver has a member, and nobody is in the way. */
  | { readonly kind: 'ready' }
  /** Nobody is in the way; no member has a VFIO driver yet. */
  | { readonly kind: 'free' }
  /** Nothing but bridges, which no VFIO driver takes. */
  | { readonly kind: 'bridges' }
  | {
      readonly kind: 'blocked';
      readonly by: readonly Blocker[];
      readonly refused: Refused;
      readonly unknown: readonly Unknown[];
    }
  /** Whatever drivers are unbound: firmware asks for a 1:1 region. */
  | { readonly kind: 'impossible'; readonly refused: Refused; readonly from: readonly Evidence[] }
  | { readonly kind: 'unknown'; readonly unknown: readonly Unknown[] };

/** A driver on a device, and what the user is told because of it alone. */
export interface Blocker {
  readonly device: string;
  readonly driver: string;
  readonly refused: Refused;
  readonly from: Evidence;
}

export interface Unknown {
  readonly device: string;
  readonly why: string;
}

/** Judges groups by one kernel. Answers are remembered: thousands of groups are a few dozen questions. */
export type JudgeGroup = (machine: FoundMachine, group: string, members: readonly Member[]) => Verdict;

export function verdicts(judged: JudgedBy): JudgeGroup {
  const claim = claims(judged);
  return (machine, group, members) => {
    const known = members.filter(isKnown).map((member) => withDirect(member, machine, group, members));
    const unknown = members.flatMap(unknownOf);
    const bare = known.map((member) => ({ ...member, driver: null }));
    const atBest = claim(bare);
    if (isRefused(atBest)) return { kind: 'impossible', refused: atBest, from: directFrom(machine, group, members) };

    const bound = known.filter((member) => typeof member.driver === 'string' && unknownOf(member).length === 0);
    const now = claim(bound);
    const by = bound.flatMap((member): Blocker[] => {
      const alone = claim([member]);
      if (!isRefused(alone)) return [];
      return [{ device: member.name, driver: member.driver!, refused: alone, from: member.found.driver!.from }];
    });
    if (isRefused(now)) return { kind: 'blocked', by, refused: now, unknown };
    if (members.every(({ bridge }) => bridge)) return { kind: 'bridges' };
    if (unknown.length > 0) return { kind: 'unknown', unknown };
    return bound.some(({ driver, bus }) => isVfioDriver(driverNamed(driver!, bus, judged)))
      ? { kind: 'ready' }
      : { kind: 'free' };
  };
}

const isRefused = (claimed: Claimed): claimed is Refused => claimed.result !== OK;

function unknownOf({ name, busName, bus, driver, found }: Member): readonly Unknown[] {
  if (!bus)
    return [{ device: name, why: busName === undefined ? 'its bus is not told' : `no plugin for bus ${busName}` }];
  if (driver === undefined) return [{ device: name, why: 'no driver in the evidence' }];
  const vfio =
    driver !== null &&
    /vfio/i.test(driver) &&
    !bus.managedDrivers.some((one) => isVfioDriver(one) && sameDriver(one.name, driver));
  return vfio
    ? [{ device: found.name, why: `${driver} is called a VFIO driver, and bus ${bus.name} knows no such one` }]
    : [];
}

/** sysfs tells of a 1:1 region for the group as a whole; then it is put on one member. */
function withDirect(
  member: KnownMember,
  { groups }: FoundMachine,
  group: string,
  members: readonly Member[],
): KnownMember {
  const ofGroup = groups[group]?.direct;
  const told = members.some(({ found }) => found.direct?.is === true);
  if (!ofGroup?.is || told || member !== members.find(isKnown)) return member;
  return { ...member, found: { ...member.found, direct: ofGroup } };
}

function directFrom({ groups }: FoundMachine, group: string, members: readonly Member[]): readonly Evidence[] {
  const told: readonly (Found<boolean> | undefined)[] = [
    ...members.map(({ found }) => found.direct),
    groups[group]?.direct,
  ];
  return told.flatMap((one) => (one?.is ? [one.from] : []));
}
