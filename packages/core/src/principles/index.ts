import type { Principle } from './principle.ts';
import { neverAMixture } from './p01-never-a-mixture.ts';
import { grantedOnlyWhenFree } from './p02-granted-only-when-free.ts';
import { oneOwner } from './p03-one-owner.ts';
import { countIsKept } from './p04-count-is-kept.ts';
import { ownedMeansCounted } from './p05-owned-means-counted.ts';
import { blockedUntilAttached } from './p06-blocked-until-attached.ts';
import { releaseRestores } from './p07-release-restores.ts';
import { oldOrNew } from './p08-old-or-new.ts';
import { membersAgree } from './p09-members-agree.ts';
import { noFreedDomain } from './p10-no-freed-domain.ts';
import { emptyMeansReleased } from './p11-empty-means-released.ts';
import { claimBeforeUse } from './p12-claim-before-use.ts';
import { firmwareRegionsStay } from './p13-firmware-regions-stay.ts';
import { noCrash } from './p14-no-crash.ts';
import { defaultStays } from './p17-default-stays.ts';
import { refusedWithCause } from './p19-refused-with-cause.ts';

/** Those that compare two runs, and come with the diff. */
export const ofTwoRuns: readonly string[] = ['P15', 'P16', 'P18'];

/** The principles of one run, in the order of the reference. */
export const principles: readonly Principle[] = Object.freeze([
  neverAMixture,
  grantedOnlyWhenFree,
  oneOwner,
  countIsKept,
  ownedMeansCounted,
  blockedUntilAttached,
  releaseRestores,
  oldOrNew,
  membersAgree,
  noFreedDomain,
  emptyMeansReleased,
  claimBeforeUse,
  firmwareRegionsStay,
  noCrash,
  defaultStays,
  refusedWithCause,
]);
