import type { Cell, Cells } from '../cell.ts';
import { OK, type Errno } from '../errno.ts';
import { WAIT, type Atom } from '../step.ts';
import type { Claim } from '../contract/strategy.ts';
import type { Device } from '../machine.ts';
import type { Kernel } from './kernel.ts';

/** Bookkeeping that happens in the same step as a verb's section: core's ghosts, and the caller's own variables. */
export interface Along {
  readonly touches: readonly Cell[];
  readonly keep: (cells: Cells, verdict: Errno) => void;
}

/** The atom with `along` done in the same step, after it. */
export function alongside(atom: Atom, verb: string, along: Along): Atom {
  const { name, outcomes } = atom;
  let touches: readonly Cell[] | undefined;
  let writes: readonly Cell[] | undefined;
  return {
    name,
    outcomes,
    // The same section for two users is two steps: what it touches tells them apart.
    key: `${atom.key} ${verb}(${along.touches.map((cell) => cell.id).join()})`,
    // Asked for at few of the histories that come by here.
    get touches() {
      return (touches ??= [...new Set([...atom.touches, ...along.touches])]);
    },
    get writes() {
      return (writes ??= [...new Set([...(atom.writes ?? atom.touches), ...along.touches])]);
    },
    run(cells) {
      const verdict = atom.run(cells);
      if (verdict !== WAIT) along.keep(cells, verdict as Errno);
      return verdict;
    },
  };
}

/** `using(D)`: from a granted `use` to the `unuse` that gives it back. */
export function ghostOfUse(kernel: Kernel, device: Device): Along {
  const { using } = kernel.layout.device(device.name);
  return {
    touches: [using],
    keep(cells, verdict) {
      if (verdict === OK) cells.set(using, true);
      else cells.emit({ kind: 'kernel refused', device: device.name, errno: verdict });
    },
  };
}

export function ghostOfUnuse(kernel: Kernel, device: Device): Along {
  const { using } = kernel.layout.device(device.name);
  return { touches: [using], keep: (cells) => cells.set(using, false) };
}

/** `held(G, user)`: from a granted claim to its release. */
export function ghostOfClaim(kernel: Kernel, { user, group }: Claim): Along {
  const { held } = kernel.layout.session(user.name, group);
  return {
    touches: [held],
    keep(cells, verdict) {
      if (verdict !== OK) return cells.emit({ kind: 'user refused', user: user.name, group, errno: verdict });
      cells.set(held, cells.get(held) + 1);
      cells.emit({ kind: 'granted', user: user.name, group });
    },
  };
}

export function ghostOfRelease(kernel: Kernel, { user, group, device }: Claim): Along {
  const { held } = kernel.layout.session(user.name, group);
  return { touches: [held], keep: (cells) => cells.set(held, device ? Math.max(0, cells.get(held) - 1) : 0) };
}

/** The user's domain is attached; it is freed as soon as it is detached. */
export function ghostOfAttach(kernel: Kernel, { user, group }: Claim, now: boolean): Along {
  const { attached } = kernel.layout.session(user.name, group);
  return {
    touches: [attached],
    keep(cells, verdict) {
      if (verdict === OK) cells.set(attached, now);
    },
  };
}
