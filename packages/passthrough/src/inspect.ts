import { groupBy } from '@busward/explorer';
import {
  groupsTold,
  isToldAlone,
  type Contradiction,
  type Evidence,
  type Found,
  type FoundMachine,
  type Need,
  type Unread,
} from '@busward/topology';
import { match } from 'ts-pattern';
import type { JudgedBy } from './judged-by.ts';
import { driverNamed, memberOf, type Member } from './member.ts';
import { noIommu } from './no-iommu.ts';
import { notesOn } from './notes.ts';
import { placeText } from './place-text.ts';
import { verdicts, type JudgeGroup, type Verdict } from './verdict.ts';

/** A machine, group by group: who is in it, on which bus, under which driver, and whether a user could own it now. */
export interface Inspection {
  readonly machine: string;
  readonly model?: string;
  /** What it was read from. */
  readonly files: readonly string[];
  readonly kernel: string;
  /** Where the kernel comes from, and what has to be known of the answers, in sentences. */
  readonly says: readonly string[];
  readonly groups: readonly InspectedGroup[];
  /** Devices without a group, or of which nothing tells one, and why. */
  readonly alone: readonly Alone[];
  readonly contradictions: readonly Contradiction[];
  readonly unread: readonly Unread[];
}

export interface InspectedGroup {
  readonly group: string;
  /** Type of its default domain. */
  readonly type?: string;
  readonly members: readonly InspectedMember[];
  /** More than one: the group spans them. */
  readonly buses: readonly string[];
  readonly verdict: Verdict;
}

export interface InspectedMember {
  readonly name: string;
  readonly bus?: string;
  /** null: none; absent: no source tells. */
  readonly driver?: string | null;
  /** The driver manages DMA itself, so that it is not counted as the kernel's. */
  readonly managesDma?: boolean;
  readonly says?: string;
  readonly ids?: string;
  readonly needed: readonly Found<Need>[];
  readonly parent?: string;
  readonly from?: Evidence;
}

export interface Alone {
  readonly device: InspectedMember;
  /** It has none; else nothing tells. */
  readonly known: boolean;
  readonly why: string;
}

/** `judge` keeps answers from machine to machine. */
export function inspect(machine: FoundMachine, judged: JudgedBy, judge: JudgeGroup = verdicts(judged)): Inspection {
  const members = machine.devices.map((device) => memberOf(device, judged.buses));
  const byGroup = groupBy(members, ({ found }) => found.group?.is ?? undefined);
  const groups = [...byGroup].flatMap(([group, ofGroup]) => (group === undefined ? [] : [{ group, ofGroup }]));
  const [told, advice] = [groupsTold(machine), noIommu(machine)];
  return {
    machine: machine.name,
    ...(machine.model && { model: machine.model.is }),
    files: machine.sources.map(({ file }) => file),
    kernel: judged.version,
    says: notesOn(machine, judged),
    groups: groups
      .toSorted((a, b) => a.group.localeCompare(b.group, 'en', { numeric: true }))
      .map(({ group, ofGroup }) => inspectGroup(machine, group, ofGroup, judged, judge)),
    alone: (byGroup.get(undefined) ?? []).map((member) => ({
      device: inspectMember(member, judged),
      ...whyAlone(member, told, advice),
    })),
    contradictions: machine.contradictions,
    unread: machine.unread,
  };
}

/** `group 19: 0000:80:1f.4 on i801_smbus is in the way` in one line, for whoever compares verdicts. */
export const verdictText = (verdict: Verdict): string =>
  match(verdict)
    .with({ kind: 'ready' }, ({ beside }) =>
      beside ? `a user is admitted ${besideText(beside)}` : 'a user can own it now',
    )
    .with(
      { kind: 'free' },
      ({ beside }) =>
        `nobody is in the way; no device of it has a VFIO driver yet${beside ? `, and with one a user is admitted ${besideText(beside)}` : ''}`,
    )
    .with({ kind: 'bridges' }, () => 'only bridges, which no user can own')
    .with({ kind: 'blocked' }, ({ by, refused }) =>
      by.length === 0 ? `refused, ${refused.result}` : `in the way: ${by.map(onDriver).join(', ')}`,
    )
    .with({ kind: 'impossible' }, () => 'impossible: firmware asks for a 1:1 region')
    .with(
      { kind: 'unknown' },
      ({ unknown }) => `cannot tell: ${[...new Set(unknown.map(({ why }) => why))].join('; ')}`,
    )
    .exhaustive();

const onDriver = ({ device, driver }: { readonly device: string; readonly driver: string }): string =>
  `${device} on ${driver}`;

const besideText = (beside: readonly Parameters<typeof onDriver>[0][]): string =>
  `beside ${beside.map(onDriver).join(', ')}: P1 (never a mixture) is broken`;

function inspectGroup(
  machine: FoundMachine,
  group: string,
  members: readonly Member[],
  judged: JudgedBy,
  judge: JudgeGroup,
): InspectedGroup {
  const type = machine.groups[group]?.type?.is;
  return {
    group,
    ...(type !== undefined && { type }),
    members: members.map((member) => inspectMember(member, judged)),
    buses: [...new Set(members.map(({ busName }) => busName ?? 'an unknown bus'))],
    verdict: judge(machine, group, members),
  };
}

function inspectMember({ name, busName, bus, driver, found }: Member, judged: JudgedBy): InspectedMember {
  const from = found.group?.from ?? found.driver?.from ?? found.bus?.from;
  return {
    name,
    ...(busName !== undefined && { bus: busName }),
    ...(driver !== undefined && { driver }),
    ...(typeof driver === 'string' && bus && { managesDma: driverNamed(driver, bus, judged).managesDma }),
    ...(found.says && { says: found.says.is }),
    ...(found.ids && { ids: found.ids.is }),
    needed: found.needed ?? [],
    ...(found.parent && { parent: found.parent.is }),
    ...(from && { from }),
  };
}

function whyAlone(
  { bus, busName, name, facts, found }: Member,
  told: ReturnType<typeof groupsTold>,
  advice: string | undefined,
): Omit<Alone, 'device'> {
  const known = isToldAlone(found, told);
  const said = found.group ? `${placeText(found.group.from)} says it has none` : 'no source tells of a group';
  if (bus && bus.isolation({ name, bus: bus.name, facts } as Parameters<typeof bus.isolation>[0]).length === 0)
    return { known: true, why: `${said}; a device on ${bus.name} gets none: ${bus.says}` };
  if (!bus && busName !== undefined) return { known, why: `${said}; there is no plugin for bus ${busName}` };
  return { known, why: advice === undefined ? said : `${said}, nor of one for any other device; ${advice}` };
}
