import {
  compareVersions,
  legacyNotifier,
  linux61,
  linux612,
  linux615,
  linux66,
  linux73,
  newestVersion,
  profiles,
  seriesOf,
  type Bus,
  type Strategy,
  type Surroundings,
} from '@busward/core';
import type { FoundMachine } from '@busward/topology';
import { placeText } from './place-text.ts';

/** The kernel that a machine is judged by: a strategy, and each bus as that Linux had it. */
export interface JudgedBy {
  /** `6.12`, `6.1.112`. */
  readonly version: string;
  readonly strategy: Strategy;
  readonly buses: readonly Bus[];
  /** Where the version comes from, and how near the model comes to it, in sentences. */
  readonly says: readonly string[];
}

/** What came to 6.1 one by one until it was 6.6: 89395ccedbc1; 49a22aae7d9c; e7f85dfbbc9c and dcf40ed3a20d. */
const linux62 = surrounded(linux61, '6.2', 'vfio', { iommufd: true });
const linux64 = surrounded(linux62, '6.4', 'iommu', { typeChange: 'while uncounted' });
const linux65 = surrounded(linux64, '6.5', 'iommu', { join: 'domain of the group', unwinds: true });

/** The strategies of Linux, by the first version that each stands for, and what is said where that is not quite so. */
const strategiesOfLinux: readonly (readonly [since: string, strategy: Strategy, as?: string])[] = [
  ['5.10', legacyNotifier],
  // 2380f1e8195e (6.0), f429378a9bf8 (6.6, backported to 6.1) and 3dd59a7dcb97 (6.1).
  ['5.19', linux61, 'as 6.1, in which M10, M11 and M12 are mended'],
  ['6.1', linux61],
  ['6.2', linux62, 'as 6.1, with iommufd: 89395ccedbc1'],
  ['6.4', linux64, 'as 6.1, with iommufd and 49a22aae7d9c'],
  ['6.5', linux65, 'as 6.6, in which 1:1 regions are spared as well'],
  ['6.6', linux66],
  ['6.12', linux612],
  ['6.15', linux615],
  ['7.0', linux73],
];

/**
 * The kernel of a version, or of what `uname -r` prints. Older ones than 5.10 are judged as 5.10 and newer ones than the
 * newest as that, and it is said.
 */
export function judgedBy(release: string, buses: readonly Bus[]): JudgedBy {
  const version = versionIn(release) ?? release;
  const recorded = profiles.find(({ name }) => name === `linux@${seriesOf(version)}`);
  const oldest = strategiesOfLinux[0]![0];
  // Whichever of three is between the others.
  const modelled = [oldest, version, newestVersion].toSorted(compareVersions)[1]!;
  const [since, strategy, as = `as since ${since}`] = strategiesOfLinux.findLast(
    ([first]) => compareVersions(first, modelled) <= 0,
  )!;
  const than = ['older', undefined, 'newer'][compareVersions(version, modelled) + 1];
  const near = than
    ? `Linux ${version} is ${than} than what is modelled; it is judged as ${modelled}`
    : `no kernel of the ${seriesOf(version)} series was recorded; what is said of it is from the sources (${as})`;
  // A series without more is the release of it that was recorded.
  const exact = recorded ? (version === seriesOf(version) ? recorded.version : version) : modelled;
  return {
    version,
    strategy,
    buses: buses.map((bus) => bus.at(exact)),
    says: [...(version === release ? [] : [readAs(release, version)]), ...(recorded ? [] : [near])],
  };
}

/**
 * The version that a release is, without what stands behind it. Distributions leave the .0 as it is and take over what they
 * want: 6.1.0-50-amd64 is some 6.1. Absent: it is none.
 */
export function versionIn(release: string): string | undefined {
  const [version, series, patch, more] = /^(\d+\.\d+)(?:\.(\d+))?(?=(\D|$))/.exec(release) ?? [];
  return patch === '0' && more !== '' ? series : version;
}

const readAs = (release: string, version: string): string =>
  `${release} is read as Linux ${version}${ofDistribution(release, version)}`;

const ofDistribution = (release: string, version: string): string =>
  release.startsWith(`${version}.0`) ? '; what its distribution has taken over is not known' : '';

/** A strategy in other surroundings. */
function surrounded<Area extends keyof Surroundings>(
  strategy: Strategy,
  name: string,
  area: Area,
  otherwise: Partial<Surroundings[Area]>,
): Strategy {
  const { surroundings } = strategy;
  return { ...strategy, name, surroundings: { ...surroundings, [area]: { ...surroundings[area], ...otherwise } } };
}

/** The version that a machine's evidence tells, with where it stands, or the newest. */
export function versionOf({ kernel }: FoundMachine): { readonly version: string; readonly says: string } {
  const version = kernel && versionIn(kernel.is);
  if (version === undefined)
    return { version: newestVersion, says: `kernel ${newestVersion}, the newest, since nothing tells which one runs` };
  return { version, says: `kernel ${kernel!.is}, by ${placeText(kernel!.from)}${ofDistribution(kernel!.is, version)}` };
}
