import type { At, Compiled, Node, Start } from '../tables/compile.ts';
import { deedsOf, isLook } from './deeds.ts';
import { tabulate } from '../tables/table.ts';

/**
 * The same system, but that an operation which begins by looking at one thing after another may have seen anything, at any
 * time: it starts with what comes after, whatever there is to see, and whether or not it could have started then. What can
 * happen there can happen here; and like devices that it goes through one by one are no longer told apart by where it is. While
 * it looks it does nothing but be in flight: that is left out, so who judges what happens has to be asked as if something were
 * (`bothWays` in judges.ts).
 */
export function pastLooks<T extends Compiled>(compiled: T): T {
  const [idle] = compiled.nodes;
  if (!compiled.symmetric || idle?.kind !== 'idle') return compiled;
  const nodes: Node[] = [...compiled.nodes];
  const always = tabulate('guard of what was looked at before', compiled.cells, [], () => true);
  const starts = idle.starts.map(past);
  nodes[0] = { kind: 'idle', starts: starts.flatMap((some, at) => some ?? [idle.starts[at]!]) };
  return starts.some((some) => some) ? { ...compiled, nodes } : compiled;

  /** One for each way on, if it begins with several looks. */
  function past(start: Start): readonly Start[] | undefined {
    const looks = looksFrom(start.first);
    if (looks.size < 2) return undefined;
    const ways = [...looks].flatMap(({ next }) => next);
    const on = new Set(ways.flatMap(({ to }) => (to === 0 ? [] : [compiled.nodes[to] as At])));
    for (const look of looks) on.delete(look);
    if (ways.some(({ error }) => error) || comesBack(on, looks)) return undefined;
    // Nobody comes there any more.
    for (const look of looks) nodes[compiled.nodes.indexOf(look)] = { kind: 'idle', starts: [] };
    return [...on].map((first) => ({ ...start, possible: always, first }));
  }

  /** The looks that an operation begins with. */
  function looksFrom(first: At): ReadonlySet<At> {
    const looks = new Set<At>(isLook(deedsOf(compiled, first)) ? [first] : []);
    for (const { next } of looks)
      for (const { to } of next) {
        const node = compiled.nodes[to]!;
        if (node.kind === 'at' && isLook(deedsOf(compiled, node))) looks.add(node);
      }
    return looks;
  }

  /** Whether an operation comes to a look after something else. */
  function comesBack(on: ReadonlySet<At>, looks: ReadonlySet<Node>): boolean {
    const after = new Set<Node>(on);
    for (const node of after)
      if (node.kind === 'at') for (const { to } of node.next) if (to !== 0) after.add(compiled.nodes[to]!);
    return [...looks].some((look) => after.has(look));
  }
}
