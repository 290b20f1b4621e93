import type { DeviceOrdering } from '../devices/in-order.ts';
import type { MovedSteps } from '../leaving-out/who-minds.ts';
import type { Compiled } from '../tables/compile.ts';
import type { LikeUsers } from '../users/like-users.ts';

/** A system as tables, and of which of its states one is looked at for several. */
export interface Reduced extends Compiled {
  /** Users who are taken to be interchangeable until tables say that they are not. */
  readonly likeUsers?: LikeUsers;
  /** Devices that are: put in order after users. */
  readonly likeDevices?: DeviceOrdering;
  /** Steps that were moved, of which nobody is supposed to mind. */
  readonly moved?: MovedSteps;
}
