import { count, thousands } from '@busward/core';
import type { Verdict } from '@busward/passthrough';

/** How many groups a user can own, and what becomes of the others. */
export function owningText(many: (kind: Verdict['kind']) => number): string {
  const [ready, free, unknown] = [many('ready'), many('free'), many('unknown')];
  if (unknown > 0 && kinds.every((kind) => many(kind) === 0))
    return `it is unknown whether ${user} can own ${unknown === 1 ? 'it' : `any of ${thousands(unknown)} groups`}`;
  const now = ready > 0 ? count(ready, 'group') : unknown > 0 ? 'no group for certain' : 'no group';
  const once =
    free === 0 ? '' : `, and ${thousands(free)} once a device of ${free === 1 ? 'it' : 'each'} has a VFIO driver`;
  const others = [
    said(many('blocked'), 'is blocked', 'are blocked'),
    said(many('impossible'), 'can never be owned', 'can never be owned'),
    said(many('bridges'), 'holds only bridges', 'hold only bridges'),
    said(unknown, 'is unknown', 'are unknown'),
  ].flat();
  return [`${user} can own ${now} now${once}`, ...others].join('; ');
}

const user = 'a user (QEMU, DPDK: whoever opens VFIO)';
const kinds = ['ready', 'free', 'blocked', 'impossible', 'bridges'] as const;

const said = (many: number, one: string, several: string): readonly string[] =>
  many === 0 ? [] : [`${thousands(many)} ${many === 1 ? one : several}`];
