import { isVfioDriver, OK } from '@busward/core';
import { sameDriver, type Evidence, type FoundMachine } from '@busward/topology';
import { claims, type Claimed, type Refused } from './claim.ts';
import type { JudgedBy } from './judged-by.ts';
import { driverNamed, isKnown, type KnownMember, type Member } from './member.ts';
import { placeText } from './place-text.ts';
import { ofVtd, refusedByVtd, regionsTold } from './region.ts';
import { resultIn } from './result-in.ts';
import { situations } from './situations.ts';

/** Whether a user could own a group now. */
export type Verdict =
  /** A VFIO driver has a member, and nobody is in the way; `beside`: though they should be, and P1 is broken. */
  | { readonly kind: 'ready'; readonly beside?: readonly BoundTo[] }
  /** Nobody is in the way; no member has a VFIO driver yet. */
  | { readonly kind: 'free'; readonly beside?: readonly BoundTo[] }
  /** Nothing but bridges, which no VFIO driver takes. */
  | { readonly kind: 'bridges' }
  | {
      readonly kind: 'blocked';
      readonly by: readonly Blocker[];
      /** What a user is told first. */
      readonly refused: Refused;
      /** What he is told once another member has a VFIO driver, and nothing else is done; absent: he is told it first. */
      readonly later?: Refused;
      readonly unknown: readonly Unknown[];
    }
  /** Whatever drivers are unbound: firmware asks for a 1:1 region. */
  | { readonly kind: 'impossible'; readonly refused: Refused; readonly from: readonly Evidence[] }
  | { readonly kind: 'unknown'; readonly unknown: readonly Unknown[] };

/** Devices whose drivers stand in the way of a user. */
export const blockersOf = (verdict: Verdict): readonly string[] =>
  verdict.kind === 'blocked' ? verdict.by.map(({ device }) => device) : [];

/** A driver on a device. */
interface BoundTo {
  readonly device: string;
  readonly driver: string;
  readonly from: Evidence;
}

/** What the user is told because of it alone, of a device beside it that has a VFIO driver. */
export interface Blocker extends BoundTo {
  readonly refused: Refused;
}

export interface Unknown {
  readonly device: string;
  /** Its driver, its bus, what only a plugin knows of either, what its 1:1 region comes to, or who else is in its group. */
  readonly of: 'driver' | 'bus' | 'plugin' | 'region' | 'group';
  readonly why: string;
}

/** Judges groups by one kernel. Answers are remembered: thousands of groups are a few dozen questions. */
export type JudgeGroup = (machine: FoundMachine, group: string, members: readonly Member[]) => Verdict;

export function verdicts(judged: JudgedBy): JudgeGroup {
  const claim = claims(judged);
  return (machine, group, members) => {
    const known = members.filter(isKnown).map((member) => withDirect(member, machine, group, members));
    const regions = regionsTold(machine, group, members) ?? [];
    const bare = known.map((member) => ({ ...member, driver: null }));
    const atBest = claim(bare);
    if (isRefused(atBest)) return { kind: 'impossible', refused: atBest, from: regions };
    const byVtd = regions.length > 0 ? refusedByVtd(judged) : undefined;
    const isVtd = ofVtd(regions);
    if (byVtd && isVtd) return { kind: 'impossible', refused: byVtd, from: regions };

    const untold = members.flatMap(unknownOf);
    const unread = [...unreadOf(machine, group, members), ...toldTwice(machine, group)];
    const unknown = [
      ...untold,
      ...(byVtd && isVtd === undefined ? [unknownRegion(members)] : []),
      ...(machine.groups[group]?.direct?.is === false ? [] : members.flatMap(askedRegion)),
      ...unread,
    ];
    const bound = known.filter((member) => typeof member.driver === 'string' && unknownOf(member).length === 0);
    const now = claim(bound);
    const by = bound.flatMap((member): Blocker[] => {
      const alone = claim([member]);
      return isRefused(alone) ? [{ ...boundTo(member), refused: alone }] : [];
    });
    const hasFile = bound.some(({ driver, bus }) => isVfioDriver(driverNamed(driver!, bus, judged)));
    if (isRefused(now)) {
      if (hasFile || untold.length > 0) return { kind: 'blocked', by, refused: now, unknown };
      const first: Refused = { step: 'open group', result: resultIn(situations.noVfio, judged) };
      return { kind: 'blocked', by, refused: first, ...(haveOthers(by, members) && { later: now }), unknown };
    }
    if (unread.length === 0 && members.every(({ bridge }) => bridge)) return { kind: 'bridges' };
    if (unknown.length > 0) return { kind: 'unknown', unknown };
    const beside = now.mixed ? bound.filter((member) => isActive(member, judged)).map(boundTo) : [];
    const mixed = beside.length > 0 && (hasFile || haveOthers(beside, members)) ? { beside } : {};
    return { kind: hasFile ? 'ready' : 'free', ...mixed };
  };
}

const isRefused = (claimed: Claimed): claimed is Refused => claimed.result !== OK;

const boundTo = ({ name, driver, found }: KnownMember): BoundTo => ({
  device: name,
  driver: driver!,
  from: found.driver!.from,
});

/** Does DMA, as far as its name tells. What the driver of a bridge does no name tells: 5.10 tolerates any. */
function isActive({ driver, bus, bridge }: KnownMember, judged: JudgedBy): boolean {
  const known = driverNamed(driver!, bus, judged);
  return !bridge && !known.managesDma && known.idle !== true;
}

/** Whether one of these remains when some member that can be given is. */
const haveOthers = (these: readonly BoundTo[], members: readonly Member[]): boolean =>
  members.some(({ name, bridge }) => !bridge && (these.length === 0 || these.some(({ device }) => device !== name)));

function unknownOf({ name, busName, bus, driver }: Member): readonly Unknown[] {
  if (!bus)
    return busName === undefined
      ? [{ device: name, of: 'bus', why: 'its bus is not told' }]
      : [{ device: name, of: 'plugin', why: `no plugin for bus ${busName}` }];
  if (driver === undefined) return [{ device: name, of: 'driver', why: 'no driver in the evidence' }];
  const vfio =
    driver !== null &&
    /vfio/i.test(driver) &&
    !bus.managedDrivers.some((one) => isVfioDriver(one) && sameDriver(one.name, driver));
  return vfio
    ? [{ device: name, of: 'plugin', why: `${driver} is called a VFIO driver, and bus ${bus.name} knows no such one` }]
    : [];
}

/** Of a region whose IOMMU is not told. */
const unknownRegion = (members: readonly Member[]): Unknown => ({
  device: (members.find(({ found }) => found.direct?.is) ?? members[0]!).name,
  of: 'region',
  why: 'firmware asks for a 1:1 region; before 6.6 VT-d refuses a user that (EPERM), other IOMMUs do not, and nothing tells which one it is (the DMAR table, or a boot log, does)',
});

/** Of a device that one file tells in two groups, either may have it. Of two files the first is taken, and it is said. */
const toldTwice = ({ contradictions }: FoundMachine, group: string): readonly Unknown[] =>
  contradictions
    .filter(({ fact, first, second }) => fact === 'group' && first.from.file === second.from.file)
    .filter(({ first, second }) => first.is === group || second.is === group)
    .map(({ device, first, second }) => ({
      device: device!,
      of: 'group',
      why: `${device} is told in group ${String(first.is)} (${placeText(first.from)}) and in group ${String(second.is)} (${placeText(second.from)})`,
    }));

/** VT-d spares a region unless the device is a USB controller or a display. */
const askedRegion = ({ name, found: { asks } }: Member): readonly Unknown[] =>
  asks
    ? [
        {
          device: name,
          of: 'region',
          why: `firmware asks for a 1:1 region (${placeText(asks.from)}), with which no user can have a device, unless it is a USB controller or graphics; nothing tells the class ('lspci -nn' does)`,
        },
      ]
    : [];

/** A line that names the group and could not be read may tell of another member, or of another driver. */
const unreadOf = ({ unread }: FoundMachine, group: string, [first]: readonly Member[]): readonly Unknown[] =>
  unread
    .filter(({ groups }) => groups?.includes(group))
    .map((one) => ({
      device: first!.name,
      of: 'group',
      why: `${placeText(one)} speaks of group ${group} and could not be read`,
    }));

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
