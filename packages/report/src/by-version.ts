import { compareVersions } from '@busward/core';

/** Orders what was done under variants: strategies first, as they are given, then kernels, the oldest first. */
export function byVersion(one: Under, other: Under): number {
  const [version, another] = [versionIn(one), versionIn(other)];
  if (version === undefined || another === undefined)
    return Number(version !== undefined) - Number(another !== undefined);
  return compareVersions(version, another);
}

interface Under {
  readonly variant: string;
}

const versionIn = ({ variant }: Under): string | undefined =>
  /^(?:linux@)?(\d+(?:\.\d+)+)(?= but |$)/.exec(variant)?.[1];
