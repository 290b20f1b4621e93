import { amba } from '@busward/amba';
import { principles, strategies } from '@busward/core';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import type { Vocabulary } from '@busward/scenario';

export const vocabulary: Vocabulary = { buses: [amba, platform, fslMc, pci, host1x], strategies, principles };

/** A small scenario; `change` replaces text in it. */
export function text(change: readonly (readonly [string, string])[] = []): string {
  return change.reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`the scenario has no '${from}'`);
    return all.replace(from, to);
  }, small);
}

const small = `question: Does a kernel driver get in beside a user?
sources: [512881eacfa7]
machine:
  devices: { A: pci, B: { bus: pci, direct: true } }
  groups: { g: [A, B] }
  drivers: { nvme: kernel, slow: { failsAt: probe } }
before: [bind A to vfio-pci]
actors:
  u0: [claim g]
  root: [bind B to nvme]
never: P1
when: claim g = OK
expect:
  holds: ['6.1']
`;
