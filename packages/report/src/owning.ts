import { thousands } from '@busward/core';
import type { Verdict } from '@busward/passthrough';
import { count } from './count.ts';

/** How many groups a user can own, and what becomes of the others. */
export function owningText(many: (kind: Verdict['kind']) => number): string {
  const [ready, free] = [many('ready'), many('free')];
  const now = ready === 0 ? 'no group' : count(ready, 'group');
  const once =
    free === 0 ? '' : `, and ${thousands(free)} once a device of ${free === 1 ? 'it' : 'each'} has a VFIO driver`;
  const others = [
    said(many('blocked'), 'is blocked', 'are blocked'),
    said(many('impossible'), 'can never be owned', 'can never be owned'),
    said(many('bridges'), 'holds only bridges', 'hold only bridges'),
    said(many('unknown'), 'is unknown', 'are unknown'),
  ].flat();
  return [`a user (QEMU, DPDK: whoever opens VFIO) can own ${now} now${once}`, ...others].join('; ');
}

const said = (many: number, one: string, several: string): readonly string[] =>
  many === 0 ? [] : [`${thousands(many)} ${many === 1 ? one : several}`];
