import { startsOf, type At, type Compiled } from '../tables/compile.ts';
import { withSteps } from '../leaving-out/glued.ts';
import { allRead, derived, type Asked, type Row, type Situation } from '../tables/table.ts';

/**
 * The same system, in which each step reads along what the same step of the others would read. What it has met then says
 * what they do in the very situations that came up, and in no other.
 */
export function readingAlong(compiled: Compiled, others: readonly Compiled[]): Compiled {
  if (others.length === 0) return compiled;
  const partners = new Map<At, Set<At>>();
  for (const other of others) pairUp(compiled, other, partners);
  return withSteps(compiled, (node) => along(compiled, node, [...(partners.get(node) ?? [])]));
}

/** Goes through both programs at once, outcome by outcome, as far as they have the same ones. */
function pairUp(one: Compiled, other: Compiled, partners: Map<At, Set<At>>): void {
  const twins = startsOf(other);
  const left = startsOf(one).flatMap(({ first }, at): [At, At][] => {
    const twin = twins[at];
    return twin ? [[first, twin.first]] : [];
  });
  for (let pair = left.pop(); pair; pair = left.pop()) {
    const [node, twin] = pair;
    const known = partners.get(node) ?? new Set();
    if (known.has(twin)) continue;
    partners.set(node, known.add(twin));
    node.next.forEach(({ to }, outcome) => {
      const [after, later] = [one.nodes[to], other.nodes[twin.next[outcome]?.to ?? -1]];
      if (after?.kind === 'at' && later?.kind === 'at') left.push([after, later]);
    });
  }
}

function along({ cells }: Compiled, node: At, others: readonly At[]): At {
  // The others have cells of their own, at the same places.
  const touches = [...new Set([node, ...others].flatMap((one) => one.touches.map(({ id }) => cells[id]!)))];
  const table = derived(node.name, cells, touches, (row): Asked<number> => {
    const here = node.table.asked(row);
    return { reads: allRead([...others.flatMap((other) => lookOn(other, row)), here]), entry: here.entry };
  });
  return { ...node, touches, table };
}

/** What it throws there is seen when the two are compared. */
function lookOn({ table }: At, row: Row): readonly Situation<number>[] {
  try {
    return [table.asked(row)];
  } catch {
    return [];
  }
}
