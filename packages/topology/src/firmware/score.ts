import type { PredictedDevice, Prediction, Remark } from './prediction.ts';

/** A device as a log tells of it; `group` is that of the log. */
export interface Logged {
  readonly name: string;
  readonly group: string;
  readonly line?: number;
}

/** A group of a log beside what was predicted for its members. */
export interface ScoredGroup {
  readonly group: string;
  readonly members: readonly string[];
  /** Empty: as predicted. */
  readonly wrong: readonly string[];
}

export interface Score {
  /** 'cannot know': none of the log's devices has a predicted group. */
  readonly verdict: 'agrees' | 'disagrees' | 'cannot know';
  readonly groups: readonly ScoredGroup[];
  /** Devices of the log for which the firmware does not tell, with the reason. */
  readonly cannotKnow: readonly { readonly name: string; readonly says: string }[];
  /** Devices of the log that should have no group, with the reason. */
  readonly shouldHaveNone: readonly { readonly name: string; readonly says: string }[];
  /** Devices of the log that the firmware does not have behind an IOMMU at all: another board, or another version of it. */
  readonly unknown: readonly string[];
  /** Predicted devices that the log does not have: most often none of their drivers was bound. */
  readonly notLogged: readonly string[];
}

/**
 * Compares predicted groups with those of a log of the same board. Numbers of groups mean nothing; who is with whom does.
 * A device of the log is the one of the firmware with its name, or the only one with its address: names of nodes change
 * from version to version (`3400000.sdhci`, `3400000.mmc`).
 */
export function score(prediction: Prediction, logged: readonly Logged[]): Score {
  const find = finder(prediction);
  const judged = logged.map((one) => ({ one, found: find(one.name) }));
  const predicted = judged.flatMap(({ one, found }) => (found?.is === 'device' ? [{ one, is: found.device }] : []));
  const groups = compare(predicted);
  const because = (is: 'unknown' | 'none') =>
    judged.flatMap(({ one, found }) => (found && found.is === is ? [{ name: one.name, says: found.says }] : []));
  const shouldHaveNone = because('none');
  const disagrees = shouldHaveNone.length > 0 || groups.some(({ wrong }) => wrong.length > 0);
  return {
    verdict: disagrees ? 'disagrees' : predicted.length === 0 ? 'cannot know' : 'agrees',
    groups,
    cannotKnow: because('unknown'),
    shouldHaveNone,
    unknown: judged.flatMap(({ one, found }) => (found ? [] : [one.name])),
    notLogged: prediction.devices
      .map(({ device }) => device.name)
      .filter((name) => !predicted.some(({ is }) => is.device.name === name)),
  };
}

interface Paired {
  readonly one: Logged;
  readonly is: PredictedDevice;
}

function compare(predicted: readonly Paired[]): readonly ScoredGroup[] {
  const byLog = groupBy(predicted, ({ one }) => one.group);
  const byPrediction = groupBy(predicted, ({ is }) => is.device.group ?? `no group for ${is.device.name}`);
  return [...byLog].map(([group, members]) => {
    const parts = groupBy(members, ({ is }) => is.device.group ?? `no group for ${is.device.name}`);
    const apart = [...parts.values()].map((part) => part.map(({ one }) => one.name).join(', '));
    const strangers = [...parts.keys()].flatMap((part) =>
      byPrediction.get(part)!.filter(({ one }) => one.group !== group),
    );
    return {
      group,
      members: members.map(({ one }) => one.name),
      wrong: [
        ...(parts.size > 1 && !onlyFunctions(members) ? [`predicted apart: ${apart.join(' | ')}`] : []),
        ...members
          .filter(({ is }) => is.device.group === undefined)
          .map(({ one }) => `predicted without a group: ${one.name}`),
        ...strangers.map(({ one }) => `predicted to be with them: ${one.name}, which is in ${one.group}`),
      ],
    };
  });
}

/** Bridges without ACS put PCI functions together, and no firmware tells. */
const onlyFunctions = (members: readonly Paired[]): boolean => members.every(({ is }) => is.device.bus === 'pci');

function groupBy<T>(all: readonly T[], key: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}

type Answer =
  | { readonly is: 'device'; readonly device: PredictedDevice }
  | { readonly is: 'unknown' | 'none'; readonly says: string };

/** By name, else by the address before the first dot. */
function finder({ devices, cannotKnow, without }: Prediction): (name: string) => Answer | undefined {
  const remarks = (is: 'unknown' | 'none', all: readonly Remark[]): readonly (readonly [string, Answer])[] =>
    all.flatMap(({ about, says }) => about.map((name) => [name, { is, says }] as const));
  const answers: readonly (readonly [string, Answer])[] = [
    ...devices.map((device) => [device.device.name, { is: 'device', device }] as const),
    ...remarks('unknown', cannotKnow),
    ...remarks('none', without),
  ];
  const byName = new Map(answers);
  const byAddress = groupBy(answers, ([name]) => addressIn(name) ?? '');
  return (name) => {
    const address = addressIn(name);
    const same = address === undefined ? undefined : byAddress.get(address);
    return byName.get(name) ?? (same?.length === 1 ? same[0]![1] : undefined);
  };
}

const addressIn = (name: string): string | undefined => /^([0-9a-f]+)\.[^:]*$/.exec(name)?.[1];
