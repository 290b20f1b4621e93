import {
  assemble,
  device,
  isVfioDriver,
  machine,
  OK,
  principles,
  vfioDriverOf,
  type Device,
  type Operation,
} from '@busward/core';
import { groupBy, run } from '@busward/explorer';
import type { JudgedBy } from './judged-by.ts';
import { deviceFor, driverKind, type KnownMember } from './member.ts';

/** What a user does to own a group through a container, in this order. */
export type ClaimStep = 'open group' | 'claim' | 'attach' | 'open';

/** What came of it: an errno at the first step that failed; `mixed`: admitted beside a driver that does DMA (P1). */
export type Claimed = { readonly result: typeof OK; readonly mixed: boolean } | Refused;
export interface Refused {
  readonly result: string;
  readonly step: ClaimStep;
}

/** The call of a step, as a person meets it. */
export const callOf = (step: ClaimStep, group: string): string =>
  ({
    'open group': `open /dev/vfio/${group}`,
    claim: 'VFIO_GROUP_SET_CONTAINER',
    attach: 'VFIO_SET_IOMMU',
    open: 'VFIO_GROUP_GET_DEVICE_FD',
  })[step];

const neverAMixture = principles.filter(({ id }) => id === 'P1');

/**
 * Asks the model: the members' drivers are bound, then a user takes the group and opens a device of it. Where no member has
 * a VFIO driver, a device that has one is put beside them.
 */
function claimOf(members: readonly KnownMember[], judged: JudgedBy): Claimed {
  const group = 'the group';
  const { strategy, buses } = judged;
  const devices = members.map((member) => deviceFor(member, group, judged));
  const bound = members.flatMap(({ name, driver }): Operation[] =>
    typeof driver === 'string' ? [{ do: 'bind', device: name, driver }] : [],
  );
  const open = devices.find(({ name, drivers }) =>
    bound.some(
      (one) =>
        one.do === 'bind' && one.device === name && isVfioDriver(drivers.find((driver) => driver.name === one.driver)),
    ),
  );
  const [first] = buses.filter(({ name }) => name === 'pci' || devices.some(({ bus }) => bus === name));
  const beside: Device | undefined = open ? undefined : device(first!, 'a device beside them', { group });
  const opened = (open ?? beside)!;
  const steps: readonly Operation[] = [
    { do: 'claim', user: 'u0', group },
    { do: 'attach', user: 'u0', group },
    { do: 'open', user: 'u0', device: opened.name },
  ];
  const of = machine('a group', { devices: beside ? [...devices, beside] : devices });
  const system = assemble(of, strategy, buses, { kind: 'open', inFlight: 1, menu: [] });
  const binds: readonly Operation[] = beside
    ? [...bound, { do: 'bind', device: beside.name, driver: vfioDriverOf(first!).name }]
    : bound;
  const { ran, broken } = run(system, [...binds, ...steps], neverAMixture);
  const failed = ran.find(({ operation, result }) => result !== OK && steps.includes(operation));
  const unbound = ran.find(({ operation, result }) => result !== OK && binds.includes(operation));
  if (unbound)
    throw new Error(
      `the model does not bind ${JSON.stringify(unbound.operation)}: ${unbound.result} (a bug in busward)`,
    );
  return failed
    ? { result: failed.result, step: failed.operation.do as ClaimStep }
    : { result: OK, mixed: broken.length > 0 };
}

/** {@link claimOf}, asked once for members that differ in nothing but their names; of many of a kind, two are asked about. */
export function claims(judged: JudgedBy): (members: readonly KnownMember[]) => Claimed {
  const known = answers.get(judged) ?? new Map<string, Claimed>();
  answers.set(judged, known);
  return (members) => {
    const kind = kindOf(judged);
    const kinds = groupBy(members, kind);
    const few = [...kinds.values()].flatMap((alike) => alike.slice(0, 2));
    const key = few.map(kind).toSorted().join('\n');
    const answer = known.get(key) ?? claimOf(few, judged);
    known.set(key, answer);
    return answer;
  };
}

const answers = new WeakMap<JudgedBy, Map<string, Claimed>>();

/** All of a member that a claim can depend on. */
const kindOf =
  (judged: JudgedBy) =>
  (member: KnownMember): string => {
    const { bus, bridge, found, facts, name } = member;
    const role = bus.role?.({ name, bus: bus.name, facts } as Device) ?? '';
    return JSON.stringify([bus.name, role, bridge, driverKind(member, judged), found.direct?.is]);
  };
