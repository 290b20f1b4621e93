import type { Bus } from './contract/bus.ts';
import type { Strategy } from './contract/strategy.ts';
import { legacyNotifier } from './strategies/legacy-notifier.ts';
import { linux61 } from './strategies/linux-6.1.ts';
import { linux612 } from './strategies/linux-6.12.ts';
import { linux615 } from './strategies/linux-6.15.ts';
import { linux73 } from './strategies/linux-7.3.ts';
import { seriesOf } from './version.ts';

/** A kernel version: a strategy with its surroundings (driver core, IOMMU core, VFIO), and a revision of each bus. */
export interface Profile {
  readonly name: string;
  /** Of the kernel that was recorded; none: a strategy, with the contract's form of every bus. */
  readonly version?: string;
  readonly strategy: Strategy;
  /** What no recording exercises, so that it is known from the sources only. */
  readonly fromSourceOnly: readonly string[];
}

const never = [
  'registration of an IOMMU while drivers bind',
  'firmware 1:1 regions',
  'domains of a driver of its own',
  'resets',
  'groups without iommu_ops',
  'attaches that fail',
];
const iommufd = 'iommufd, device by device';

const recorded = (version: string, strategy: Strategy, fromSourceOnly: readonly string[]) => ({
  name: `linux@${seriesOf(version)}`,
  version,
  strategy,
  fromSourceOnly,
});

/** Debian's kernels; 6.18 was recorded and not read. Nothing in the recordings tells it from 7.3. */
export const profiles = [
  recorded('5.10.218', legacyNotifier, never),
  recorded('6.1.176', linux61, never),
  recorded('6.12.107', linux612, [...never, iommufd]),
  recorded('6.18', linux615, [...never, iommufd]),
  recorded('7.3.4', linux73, [...never, iommufd]),
] as const satisfies readonly Profile[];

/** Strategies, and those that only a profile has: 6.15 is in no list. */
export const withThoseOfProfiles = (strategies: readonly Strategy[]): readonly Strategy[] => [
  ...new Set([...strategies, ...profiles.map(({ strategy }) => strategy)]),
];

/** The buses as the profile's Linux had them. */
export const busesOf = ({ version }: Profile, buses: readonly Bus[]): readonly Bus[] =>
  version === undefined ? buses : buses.map((bus) => bus.at(version));
