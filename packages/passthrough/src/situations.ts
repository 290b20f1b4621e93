import type { Operation } from '@busward/core';

/** What somebody did when he was told an error. */
export type Action =
  | 'bind a kernel driver'
  | 'bind a VFIO driver'
  | 'open the group'
  | 'SET_CONTAINER'
  | 'GET_DEVICE_FD'
  | 'BIND_IOMMUFD'
  | 'UNSET_CONTAINER'
  | 'set the type';

/**
 * Something that can be so when an action is tried, set up in the model: two devices A and B in one group, the action is
 * about A. What it comes to is the model's answer, kernel by kernel (result-in.ts).
 */
export interface Situation {
  readonly action: Action;
  readonly says: string;
  /** Each of these has to succeed. */
  readonly before: readonly Operation[];
  readonly does: Operation;
  /** What is under way, and not over. */
  readonly meanwhile?: Operation;
  /** What is otherwise than usual. */
  readonly about?: 'A has a 1:1 region' | 'A has no group' | 'the IOMMU comes later' | 'through iommufd' | 'overridden';
}

/** Stands for any driver that does not manage DMA itself. */
export const K = 'a kernel driver';
/** Stands for the VFIO driver of the bus. */
export const V = 'the VFIO driver';

const bind = (on: string, driver: string): Operation => ({ do: 'bind', device: on, driver });
const override = (driver: string): Operation => ({ do: 'set override', device: 'A', driver });
const opens = (user: string): Operation => ({ do: 'open group', user, group: 'g' });
const joins: Operation = { do: 'set container', user: 'u0', group: 'g' };
const owns: readonly Operation[] = [opens('u0'), joins, { do: 'attach', user: 'u0', group: 'g' }];
const claims = (user: string, on: string): Operation => ({ do: 'claim', user, device: on });
const device: Operation = { do: 'open', user: 'u0', device: 'A' };
const identity: Operation = { do: 'set type', group: 'g', type: 'identity' };

const at = (
  action: Action,
  says: string,
  before: readonly Operation[],
  does: Operation,
  more: Partial<Pick<Situation, 'about' | 'meanwhile'>> = {},
): Situation => ({ action, says, before, does, ...more });

const busy = 'a driver that does not manage DMA itself is bound to another device of the group';
const owned = 'a user owns the group';
const overridden = 'its driver_override names another driver';
const region = 'firmware asks for a 1:1 region for a device of the group';

/** By a name of their own, for causes.ts. */
export const situations = {
  ownedBind: at('bind a kernel driver', owned, [bind('B', V), ...owns], bind('A', K)),
  boundAlready: at('bind a kernel driver', 'the device has a driver already', [bind('A', K)], bind('A', K)),
  tooEarly: at('bind a kernel driver', 'the IOMMU of its group has not finished registering', [], bind('A', K), {
    about: 'the IOMMU comes later',
    meanwhile: { do: 'register', group: 'g' },
  }),
  overridden: at('bind a kernel driver', overridden, [override(V)], bind('A', K), { about: 'overridden' }),
  vfioOverridden: at('bind a VFIO driver', overridden, [override(K)], bind('A', V), { about: 'overridden' }),
  stillBound: at('bind a VFIO driver', 'the device still has its kernel driver', [bind('A', K)], bind('A', V)),
  noGroup: at('bind a VFIO driver', 'the device has no IOMMU group', [], bind('A', V), { about: 'A has no group' }),
  noVfio: at('open the group', 'no device of the group has a VFIO driver', [bind('A', K)], opens('u0')),
  openedTwice: at('open the group', 'somebody has the group open', [bind('A', V), opens('u1')], opens('u0')),
  iommufdHasIt: at(
    'open the group',
    'a device of the group is bound to an iommufd',
    [bind('A', V), claims('u1', 'A')],
    opens('u0'),
    { about: 'through iommufd' },
  ),
  busyClaim: at('SET_CONTAINER', busy, [bind('A', V), bind('B', K), opens('u0')], joins),
  regionClaim: at('SET_CONTAINER', region, [bind('A', V), opens('u0')], joins, { about: 'A has a 1:1 region' }),
  claimedTwice: at('SET_CONTAINER', 'the group is in a container already', [bind('A', V), opens('u0'), joins], joins),
  resetClaim: at(
    'SET_CONTAINER',
    'another device of the group is being reset',
    [bind('A', V), bind('B', V), opens('u0')],
    joins,
    { meanwhile: { do: 'reset', device: 'B' } },
  ),
  goneClaim: at(
    'SET_CONTAINER',
    'the last device of the group lost its VFIO driver after the group was opened',
    [bind('A', V), opens('u0'), { do: 'unbind', device: 'A' }],
    joins,
  ),
  busyOpen: at('GET_DEVICE_FD', busy, [bind('A', V), bind('B', K), ...owns], device),
  noContainer: at(
    'GET_DEVICE_FD',
    'the group is in no container, or the container has no IOMMU set',
    [bind('A', V), opens('u0')],
    device,
  ),
  otherDevice: at(
    'GET_DEVICE_FD',
    'the device has no VFIO driver, another one of the group has',
    [bind('B', V), ...owns],
    device,
  ),
  busyIommufd: at('BIND_IOMMUFD', busy, [bind('A', V), bind('B', K)], claims('u0', 'A'), { about: 'through iommufd' }),
  otherIommufd: at(
    'BIND_IOMMUFD',
    'another iommufd has a device of the group',
    [bind('A', V), bind('B', V), claims('u1', 'B')],
    claims('u0', 'A'),
    { about: 'through iommufd' },
  ),
  regionIommufd: at('BIND_IOMMUFD', region, [bind('A', V)], claims('u0', 'A'), { about: 'A has a 1:1 region' }),
  openRelease: at('UNSET_CONTAINER', 'a device of the group is open', [bind('A', V), ...owns, device], {
    do: 'release',
    user: 'u0',
    group: 'g',
  }),
  busyType: at('set the type', 'a kernel driver is bound in the group', [bind('A', K)], identity),
  vfioType: at('set the type', 'a VFIO driver is bound, and nobody has opened it', [bind('A', V)], identity),
  ownedType: at('set the type', owned, [bind('A', V), ...owns], identity),
} as const satisfies Readonly<Record<string, Situation>>;

export type SituationName = keyof typeof situations;
