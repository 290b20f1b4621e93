/**
 * Puts `count` things in an order in which those that are touched together are near each other, and near the bottom: FORCE
 * (Aloul, Markov and Sakallah 2003) for a start, then each is sifted to where the sum of the tops of all `touched` sets is
 * least (Siminiceanu and Ciardo 2006), spans breaking ties. Thing 0 stays at the bottom.
 */
export function inOrder(count: number, touched: readonly (readonly number[])[]): readonly number[] {
  const edges = weighted(touched);
  const of = Array.from({ length: count }, (_, thing) => edges.filter(({ things }) => things.includes(thing)));
  let order = Array.from({ length: count }, (_, thing) => thing);
  const place = [...order];
  let best = cost(edges, place);
  for (let round = 0; round < 20; round++) {
    const middles = new Map(
      edges.map((edge) => [edge, edge.things.reduce((sum, thing) => sum + place[thing]!, 0) / edge.things.length]),
    );
    const pull = order.map((thing) => mean(of[thing]!.map((edge) => middles.get(edge)!)) ?? place[thing]!);
    const pulled = new Map(order.map((thing, at) => [thing, thing === 0 ? -1 : pull[at]!]));
    const next = order.toSorted((a, b) => pulled.get(a)! - pulled.get(b)!);
    next.forEach((thing, at) => (place[thing] = at));
    const now = cost(edges, place);
    if (now >= best) break;
    best = now;
    order = next;
  }
  order.forEach((thing, at) => (place[thing] = at));
  for (let pass = 0; pass < 3 && sift(); pass++);
  return order;

  /** Moves every thing to its best place; whether that changed anything. */
  function sift(): boolean {
    let better = false;
    for (let thing = 1; thing < count; thing++) {
      const from = place[thing]!;
      let least = 0;
      let now = 0;
      let to = from;
      const step = (by: 1 | -1): void => {
        const other = order[place[thing]! + by]!;
        const both = [...new Set([...of[thing]!, ...of[other]!])];
        const before = cost(both, place);
        swap(thing, other);
        now += cost(both, place) - before;
        if (now < least - 1e-9) {
          least = now;
          to = place[thing]!;
        }
      };
      while (place[thing]! < count - 1) step(1);
      while (place[thing]! > 1) step(-1);
      while (place[thing]! < to) swap(thing, order[place[thing]! + 1]!);
      better ||= to !== from;
    }
    return better;
  }

  function swap(a: number, b: number): void {
    [place[a], place[b]] = [place[b]!, place[a]!];
    order[place[a]!] = a;
    order[place[b]!] = b;
  }
}

interface Edge {
  readonly things: readonly number[];
  weight: number;
}

function weighted(touched: readonly (readonly number[])[]): readonly Edge[] {
  const edges = new Map<string, Edge>();
  for (const things of touched) {
    const sorted = things.toSorted((a, b) => a - b);
    const edge = edges.get(sorted.join()) ?? { things: sorted, weight: 0 };
    edge.weight++;
    edges.set(sorted.join(), edge);
  }
  return [...edges.values()];
}

function cost(edges: readonly Edge[], place: readonly number[]): number {
  let sum = 0;
  for (const { things, weight } of edges) {
    let top = 0;
    let bottom = Infinity;
    for (const thing of things) {
      top = Math.max(top, place[thing]!);
      if (thing !== 0) bottom = Math.min(bottom, place[thing]!);
    }
    sum += weight * (top + (top > bottom ? 0.1 * (top - bottom) : 0));
  }
  return sum;
}

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
