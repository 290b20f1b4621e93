import type { At, Compiled } from '../tables/compile.ts';
import type { Before, Locking } from './locking.ts';

/** Of each node, 1 if its step is taken at once where an operation comes to it. */
export function takenAtOnce(
  { nodes, slots }: Compiled,
  { ats, deeds, holds, readers, before, haveOneOf, isKept }: Locking,
  visible: ReadonlySet<number>,
  apart?: string,
): Uint8Array {
  const flags = new Uint8Array(nodes.length);
  if (slots < 2) return flags;
  const at = (node: number): At => nodes[node] as At;
  for (const node of ats) {
    if (at(node).name === apart) continue;
    const { loud, waits, writes } = deeds.get(node)!;
    const isQuiet = !loud && !waits && ![...writes].some((id) => visible.has(id));
    const previous = before.get(node) ?? [];
    // Who took a lock took it as late as he goes on, if he has to wait: until then nobody could do anything but wait for it.
    if ((isQuiet && isPrivate(node)) || (previous.length > 0 && previous.every(tookLockBefore))) flags[node] = 1;
  }
  return flags;

  /** Everybody who could touch what it touches would have to hold a lock that it holds. */
  function isPrivate(node: number): boolean {
    const mine = holds.get(node)!;
    const { writes } = deeds.get(node)!;
    return isKept(node, mine) && [...writes].every((id) => mine.has(id) || haveOneOf(mine, readers.get(id)));
  }

  /** The step before does nothing but take a lock, and what it looked at nobody can change from then on. */
  function tookLockBefore({ node, outcome }: Before): boolean {
    const deed = deeds.get(node)!;
    if (deed.loud) return false;
    const held = holds.get(at(node).next[outcome]!.to)!;
    const taken = new Set([...(deed.takes[outcome] ?? [])].filter((lock) => held.has(lock)));
    if (taken.size === 0 || [...deed.writes].some((id) => !taken.has(id) || visible.has(id))) return false;
    return isKept(node, taken);
  }
}
