import type { Pair, Standing } from './difference.ts';

/** Which side is weaker by the principles that each breaks. */
export function standingOf([first, second]: Pair<readonly string[]>): Standing {
  const more = first.some((id) => !second.includes(id));
  const less = second.some((id) => !first.includes(id));
  if (more && less) return 'incomparable';
  if (more) return 'first is weaker';
  return less ? 'second is weaker' : 'neither';
}
