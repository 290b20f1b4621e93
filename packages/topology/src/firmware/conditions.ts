import type { Candidate } from './candidate.ts';
import { behindName, type Controller } from './masters.ts';
import type { PredictedDevice, Remark } from './prediction.ts';
import { contested, iommuKind, specifierText, type Iommus } from './streams.ts';

/** What a prediction depends on that no blob tells: who joins first, a list in a driver, ACS. */
export function conditionsOf(
  iommus: Iommus,
  candidates: readonly Candidate[],
  devices: readonly PredictedDevice[],
  controllers: readonly Controller[],
): readonly Remark[] {
  const users = usersOf(iommus, candidates);
  return [
    ...candidates.flatMap(({ name, wrong, specifiers, from }) =>
      wrong === undefined || specifiers.length === 0
        ? []
        : [{ about: [name], says: `the rest of its iommus is read by nobody, since it ${wrong}`, from }],
    ),
    ...masks(iommus, users),
    ...taken(iommus, candidates, users),
    ...heldTogether(devices),
    ...admitted(iommus, candidates),
    ...controllers.filter(({ bus }) => bus === 'pci').map(functions),
  ];
}

type Users = ReadonlyMap<string, readonly Candidate[]>;

/** The devices of each stream. */
function usersOf(iommus: Iommus, candidates: readonly Candidate[]): Users {
  const users = new Map<string, Candidate[]>();
  for (const one of candidates)
    for (const stream of new Set(one.specifiers.map((specifier) => specifierText(iommus, specifier)))) {
      const all = users.get(stream);
      if (all) all.push(one);
      else users.set(stream, [one]);
    }
  return users;
}

const namesOf = (candidates: readonly Candidate[]): readonly string[] => [
  ...new Set(candidates.map(({ name }) => name)),
];

/** A device alone with both streams has no neighbour to lose. */
function masks(iommus: Iommus, users: Users): readonly Remark[] {
  const remarks: Remark[] = [];
  for (const { wide, other, covers } of contested(iommus)) {
    const about = [...(users.get(wide) ?? []), ...(users.get(other) ?? [])];
    if (about.length === 0) continue;
    remarks.push({
      about: namesOf(about),
      says: covers
        ? `${wide} covers ${other}: they share a group if the device with ${wide} joins first; if not, that one is refused (arm_smmu_find_sme)`
        : `${wide} and ${other} overlap, and neither covers the other: the device that joins later is refused (arm_smmu_find_sme)`,
      from: about[0]!.from,
    });
    if (remarks.length >= mostRemarks) break;
  }
  return remarks;
}

/** arm-smmu-v3 has one device for a stream, but for the aliases of PCI. */
function taken(iommus: Iommus, candidates: readonly Candidate[], users: Users): readonly Remark[] {
  const streams = candidates.flatMap(({ specifiers }) =>
    specifiers.flatMap((specifier) => {
      const kind = iommuKind(iommus, specifier.to);
      return kind.by === 'device' && kind.refuses ? [specifierText(iommus, specifier)] : [];
    }),
  );
  return [...new Set(streams)].flatMap((stream) => {
    const about = namesOf(users.get(stream)!);
    if (about.length < 2) return [];
    const says = `they have the same stream, ${stream}: an SMMUv3 gives it to the one that joins first, and refuses the others (arm_smmu_insert_master)`;
    return [{ about, says, from: users.get(stream)![0]!.from }];
  });
}

/** A group whose members have no one stream in common hangs on a device that is refused if it finds two groups. */
function heldTogether(devices: readonly PredictedDevice[]): readonly Remark[] {
  const groups = new Map<string, PredictedDevice[]>();
  for (const one of devices) {
    const { streams } = one.device.facts;
    if (one.device.group === undefined || !Array.isArray(streams) || streams.length === 0) continue;
    const members = groups.get(one.device.group);
    if (members) members.push(one);
    else groups.set(one.device.group, [one]);
  }
  return [...groups.values()].flatMap((members) => {
    const streamsOf = ({ device }: PredictedDevice): readonly string[] => device.facts['streams'] as readonly string[];
    const rest = new Set(streamsOf(members[0]!));
    for (const member of members) for (const one of rest) if (!streamsOf(member).includes(one)) rest.delete(one);
    if (rest.size > 0) return [];
    const about = members.map(({ device }) => device.name);
    const says =
      'no stream is common to all of them: one that has streams of several is refused if these have got different groups before (arm_smmu_device_group)';
    return [{ about, says, from: members[0]!.from }];
  });
}

/** A list in a driver, which has changed from version to version. */
function admitted(iommus: Iommus, candidates: readonly Candidate[]): readonly Remark[] {
  const about = candidates.filter(({ specifiers }) =>
    specifiers.some(({ to }) => {
      const kind = iommuKind(iommus, to);
      return kind.by === 'instance' && kind.admitsFew;
    }),
  );
  if (about.length === 0) return [];
  const says =
    'ipmmu-vmsa admits PCI functions and the devices of a list in the driver; on R-Car Gen3, Gen4 and RZ/G2 all others get no group (ipmmu_device_is_allowed)';
  return [{ about: namesOf(about), says, from: about[0]!.from }];
}

const functions = (controller: Controller): Remark => ({
  about: [behindName(controller)],
  says: 'bridges without ACS, aliases and multi-function devices can put more of them into one group (pci_device_group); a blob does not tell',
  from: controller.from,
});

/** Real boards have a few; what has more was made to have them. */
const mostRemarks = 1000;
