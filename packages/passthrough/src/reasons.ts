import { isVfioDriver, type Bus } from '@busward/core';
import type { Evidence, FoundMachine } from '@busward/topology';
import { overridable } from './hand-over.ts';
import { placeText } from './place-text.ts';
import type { JudgedBy } from './judged-by.ts';
import { driverNamed, type KnownMember, type Member } from './member.ts';
import { refusedByVtd, tableText } from './region.ts';
import { takesOthersAway } from './takes-others-away.ts';
import { blockersOf, type Unknown, type Verdict } from './verdict.ts';
import { whatItIs } from './what-it-is.ts';

/** Why devices cannot be handed over, or cannot be for all that is known: about one of them, or one that shares its group. */
export interface Reason {
  readonly device: string;
  readonly why: string;
  /** It is only not known: more evidence may take it away. */
  readonly isOpen?: true;
  readonly from?: Evidence;
}

/** What speaks against handing over devices of one group; nothing, if it can be. */
export function reasonsAgainst(
  machine: FoundMachine,
  members: readonly Member[],
  asked: readonly string[],
  verdict: Verdict,
  judged: JudgedBy,
): readonly Reason[] {
  if (verdict.kind === 'impossible') {
    const [from] = verdict.from;
    return members
      .filter(({ name }) => asked.includes(name))
      .map(({ name }) => ({
        device: name,
        why: `firmware asks for a 1:1 region in its group, which a user cannot have (${verdict.refused.result} ${refusedBy(judged)}); no order of unbinding helps: ${tableText(from)}`,
        ...(from && { from }),
      }));
  }
  const blockers = blockersOf(verdict);
  const unknown = verdict.kind === 'blocked' || verdict.kind === 'unknown' ? verdict.unknown : [];
  return [
    ...unknown.map(({ device, of, why }): Reason => ({
      device,
      isOpen: true,
      why: `cannot tell: ${why}${toTell[of]}`,
    })),
    ...members.flatMap((member): Reason[] => {
      const { name, found, bridge } = member;
      const taken = asked.includes(name) || blockers.includes(name);
      if (!taken) return [];
      const which = asked.includes(name) ? '' : ', and it shares the group of what is asked for';
      return [
        ...(found.needed ?? []).map(({ is, from }) => ({ device: name, why: `it is ${whatItIs[is]}${which}`, from })),
        ...(asked.includes(name) && bridge
          ? [
              {
                device: name,
                why: 'it is a bridge: vfio-pci takes none (EINVAL). Ask for the devices behind it; a bridge on pcieport or pci-stub does not stand in their way',
              },
            ]
          : []),
        ...withoutOverride(member, asked, judged),
        ...takesOthersAway(member, machine, members, asked, judged),
      ];
    }),
  ];
}

/** What would tell it, where that is not said with it. */
const toTell: Readonly<Record<Unknown['of'], string>> = {
  driver: '; without it neither a plan nor the way back can be exact (lspci -nnk, or busward snapshot, tells)',
  bus: '; without it nothing can be tried (/sys, or busward snapshot, tells)',
  plugin: '; only a plugin that knows it tells, and no listing',
  region: '',
  group: '',
};

const refusedBy = (judged: JudgedBy): string =>
  refusedByVtd(judged) ? 'by VT-d until 6.5; since 6.6 EINVAL, whatever the IOMMU' : 'since Linux 6.6';

function withoutOverride(member: Member, asked: readonly string[], judged: JudgedBy): readonly Reason[] {
  const { name, bus, driver } = member;
  if (!bus) return [];
  if (asked.includes(name) && isVfioDriver(driverOf(member as KnownMember, driver, judged))) return [];
  if (!overridable.includes(bus.name)) return [{ device: name, why: `devices on ${bus.name} have no driver_override` }];
  return asked.includes(name) && !bus.managedDrivers.some(({ forUser }) => forUser)
    ? [{ device: name, why: `there is no VFIO driver for ${bus.name}` }]
    : [];
}

const driverOf = ({ bus }: { readonly bus: Bus }, driver: string | null | undefined, judged: JudgedBy) =>
  typeof driver === 'string' ? driverNamed(driver, bus, judged) : undefined;

/** For whoever prints where a reason stands. */
export const reasonText = ({ device, why, from }: Reason): string =>
  `${device}: ${why}${from ? ` (${placeText(from)})` : ''}`;
