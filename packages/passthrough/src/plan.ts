import { groupBy, type Witness } from '@busward/explorer';
import {
  groupsTold,
  isToldAlone,
  toTellGroups,
  type Contradiction,
  type FoundMachine,
  type Need,
} from '@busward/topology';
import { carryOut, type CarriedOut } from './carry-out.ts';
import { handOver, type Deed, type HandOver } from './hand-over.ts';
import type { JudgedBy } from './judged-by.ts';
import { isKnown, memberOf } from './member.ts';
import { planned as driverOfPlan } from './modelled-plan.ts';
import { noIommu } from './no-iommu.ts';
import { notesAbout } from './notes.ts';
import { reasonsAgainst, type Reason } from './reasons.ts';
import { verdicts } from './verdict.ts';
import { whatItIs } from './what-it-is.ts';

/** How devices are handed to a user and how they are got back, tried in the model; or why that cannot be. */
export type Plan = Planned | Refused;

export interface Planned {
  readonly kind: 'planned';
  readonly machine: string;
  readonly kernel: string;
  readonly asked: readonly string[];
  readonly groups: readonly PlannedGroup[];
  /** The modules whose drivers take the devices. */
  readonly drivers: readonly string[];
  readonly there: readonly Deed[];
  readonly back: readonly Deed[];
  /** The driver that each device is to have after `there`; null: none. What the last line looks at. */
  readonly check: readonly { readonly device: string; readonly bus: string; readonly driver: string | null }[];
  readonly carriedOut: readonly CarriedOut[];
  /** What a person has to know, whatever does it, in sentences. */
  readonly says: readonly string[];
  /** The same of `back`, and of any other way that unbinds. */
  readonly backSays: readonly string[];
  /** About devices of the groups, or the machine. */
  readonly contradictions: readonly Contradiction[];
}

export interface PlannedGroup {
  readonly group: string;
  readonly members: readonly HandOver[];
}

interface Refused {
  readonly kind: 'refused';
  readonly machine: string;
  readonly kernel: string;
  readonly asked: readonly string[];
  readonly reasons: readonly Reason[];
  /** What has to be known of the kernel and of how the machine was read, in sentences. */
  readonly says: readonly string[];
  readonly contradictions: readonly Contradiction[];
}

/**
 * Plans the hand-over of devices, which the machine has, by name. Throws an Error if the model does not carry the plan
 * out: a plan that was not tried is not shown.
 */
export function plan(machine: FoundMachine, asked: readonly string[], judged: JudgedBy): Plan {
  const members = machine.devices.map((device) => memberOf(device, judged.buses));
  const groupsOf = groupBy(members, ({ found }) => found.group?.is ?? undefined);
  const wanted = asked.map((name) => members.find((member) => member.name === name)!);
  const alone = wanted.filter(({ found }) => typeof found.group?.is !== 'string');
  const judge = verdicts(judged);
  const groups = [
    ...new Set(wanted.flatMap(({ found }) => (typeof found.group?.is === 'string' ? [found.group.is] : []))),
  ].map((group) => {
    const ofGroup = groupsOf.get(group)!;
    return { group, ofGroup, verdict: judge(machine, group, ofGroup) };
  });
  const names = [...alone, ...groups.flatMap(({ ofGroup }) => ofGroup)].map(({ name }) => name);
  const notes = notesAbout(machine, judged, names);
  const about = {
    machine: machine.name,
    kernel: judged.version,
    asked,
    contradictions: machine.contradictions.filter(({ device }) => device === undefined || names.includes(device)),
  };
  const advice = noIommu(machine);
  const told = groupsTold(machine);
  const reasons = [
    ...alone.map(({ name, found }): Reason => ({
      device: name,
      why: isToldAlone(found, told)
        ? `it is in no IOMMU group, and without one it cannot be given to a user${advice === undefined ? '' : `; nor is any other device: ${advice}`}`
        : `nothing tells its IOMMU group${told === 'some' ? '' : ', nor that of any other device'}; ${advice ?? toTellGroups}`,
      ...(!isToldAlone(found, told) && { isOpen: true }),
      ...(found.group && { from: found.group.from }),
    })),
    ...groups.flatMap(({ ofGroup, verdict }) => reasonsAgainst(machine, ofGroup, asked, verdict, judged)),
  ];
  if (reasons.length > 0) return { kind: 'refused', ...about, reasons, says: notes };

  const planned = groups.map(({ group, ofGroup, verdict }): PlannedGroup => {
    const handOvers = ofGroup
      .filter(isKnown)
      .map((member) => handOver(member, asked.includes(member.name), verdict, judged));
    // Siblings first: the group is free before its device looks for its driver.
    return {
      group,
      members: [...handOvers.filter(({ role }) => role !== 'user'), ...handOvers.filter(({ role }) => role === 'user')],
    };
  });
  const carriedOut = planned.map(({ group, members: ofGroup }) => tried(group, ofGroup, judged));
  const all = planned.flatMap((one) => one.members);
  return {
    kind: 'planned',
    ...about,
    groups: planned,
    drivers: [...new Set(all.flatMap((one) => driverOfPlan(one) ?? []))],
    there: all.flatMap(({ there }) => there),
    back: all.toReversed().flatMap(({ back }) => back),
    check: all.flatMap((one) => {
      const driver = driverOfPlan(one);
      return driver === undefined ? [] : [{ device: one.member.name, bus: one.member.bus.name, driver }];
    }),
    carriedOut,
    says: [...notes, ...whole(planned), ...assumptions(machine, all), ...heldOnes(carriedOut)],
    backSays: ofWayBack(all),
  };
}

function tried(group: string, members: readonly HandOver[], judged: JudgedBy): CarriedOut {
  const result = carryOut(`group ${group}`, members, judged);
  if ('group' in result) return result;
  throw new Error(
    `the plan for group ${group} does not go through in the model: ${result.what}${stepsOf(result.witness)}`,
  );
}

const stepsOf = (witness: Witness | undefined): string =>
  witness
    ? ` (${witness.steps.map(({ call, result }) => (result === undefined ? call : `${call} = ${result}`)).join('; ')})`
    : '';

/** Only a whole group can go: who goes along, and what splitting it in name would not do. */
function whole(groups: readonly PlannedGroup[]): readonly string[] {
  return groups.flatMap(({ group, members }) => {
    const along = members.filter(({ role }) => role === 'along' || role === 'kept free');
    if (along.length === 0) return [];
    const onPci = members.every(({ member }) => member.bus.name === 'pci');
    return [
      `only the whole of group ${group} can go: ${along.map(({ member }) => member.name).join(', ')} ${along.length === 1 ? 'goes' : 'go'} along, and the kernel cannot use ${along.length === 1 ? 'it' : 'them'} meanwhile`,
      ...(onPci
        ? [
            'an ACS override (pcie_acs_override=) would split the group in name only: what the hardware lets the devices do to each other stays as it is',
          ]
        : []),
    ];
  });
}

function assumptions(machine: FoundMachine, handOvers: readonly HandOver[]): readonly string[] {
  const changed = handOvers.filter(({ there }) => there.length > 0);
  const needs: readonly Need[] = ['root disk', 'active network', 'console'];
  const untold = needs.filter((need) => !machine.needsTold.some(({ is }) => is === need));
  const direct = handOvers.filter(
    ({ member: { found } }) => found.direct?.is || machine.groups[found.group?.is ?? '']?.direct?.is,
  );
  return [
    ...(changed.length > 0 && untold.length > 0
      ? [
          `nothing tells which device is ${untold.map((need) => whatItIs[need]).join(', or ')}: make sure that it is none of these`,
        ]
      : []),
    ...(direct.length > 0
      ? [
          `firmware asks for a 1:1 region for ${direct[0]!.member.name}, or its group: before 6.6 no IOMMU but VT-d stops a user, and what firmware does there is blocked meanwhile (M17)`,
        ]
      : []),
    // Not of vfio-amba: vfio_amba_init_dev(), and vfio_amba_probe() before, set reset_required to false.
    ...(handOvers.some(({ role, member }) => ['user', 'along'].includes(role) && member.bus.name === 'platform')
      ? [
          'vfio-platform takes a device only if it knows how to reset it (vfio_platform.reset_required=0 does without); the model does not know that',
        ]
      : []),
  ];
}

function ofWayBack(handOvers: readonly HandOver[]): readonly string[] {
  const overrides = handOvers
    .filter(({ member, there }) => there.length > 0 && member.found.override === undefined)
    .map(({ member }) => member.name);
  return [
    ...(overrides.length > 0
      ? [`nothing tells the driver_override of ${overrides.join(', ')}; the way back takes it to have none`]
      : []),
    ...(handOvers.some(({ role }) => role === 'user')
      ? ['stop whoever uses the devices before the way back: the unbind waits for him']
      : []),
  ];
}

function heldOnes(carriedOut: readonly CarriedOut[]): readonly string[] {
  const [held] = carriedOut.flatMap((one) => one.held ?? []);
  return held
    ? [
        `no VFIO driver takes a bridge, so ${held} is only kept free: a module that is just loading and has matched it before can be at it for a moment, and then a user is refused once; try again`,
      ]
    : [];
}
