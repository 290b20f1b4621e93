import { startsOf, type Compiled } from '../tables/compile.ts';
import type { LikeDevice } from './like-devices.ts';

/** Like devices put in each other's places, and of each cell, place in a program and operation of the menu the one that it becomes. */
export interface Arrangement {
  readonly devices: ReadonlyMap<string, string>;
  readonly cells: Uint16Array;
  readonly nodes: Uint16Array;
  readonly starts: Uint16Array;
}

/** Devices of several kinds that are taken for one; in each of `classes` are those of a kind, by number. */
export interface Mixture {
  readonly devices: readonly LikeDevice[];
  readonly classes: readonly (readonly number[])[];
}

/**
 * Every way to say of each place which kind is there, but for the one there is; before those, two ways within kinds, of which all
 * others within kinds are made. Any exchange is one of the former and one within kinds. Nothing if there are more than `most` of those.
 */
export function arrangementsOf(
  compiled: Compiled,
  mixtures: readonly Mixture[],
  most: number,
): readonly Arrangement[] | undefined {
  const { nodes, cells } = compiled;
  let all: readonly (readonly (readonly [LikeDevice, LikeDevice])[])[] = [[]];
  const sizes = mixtures.flatMap(({ classes }) => classes.map(({ length }) => length));
  if (ordersOf(mixtures.map(({ devices }) => devices.length)) / ordersOf(sizes) > most) return undefined;
  for (const { devices, classes } of mixtures) {
    const own = waysOf(classes.map((members) => [...members])).map((way) =>
      way.map((to, from) => [devices[from]!, devices[to]!] as const),
    );
    all = all.flatMap((before) => own.map((way) => [...before, ...way]));
  }
  const within = [firstTwo, inTurn].map((order) =>
    mixtures.flatMap(({ devices, classes }) =>
      classes.flatMap((members) => order(members).map((to, from) => [devices[members[from]!]!, devices[to]!] as const)),
    ),
  );
  return [...within, ...all].filter((pairs) => pairs.some(([one, other]) => one !== other)).map(arrangement);

  function arrangement(pairs: readonly (readonly [LikeDevice, LikeDevice])[]): Arrangement {
    const [toCell, toNode] = [Uint16Array.from(cells, (_, at) => at), Uint16Array.from(nodes, (_, at) => at)];
    const toStart = Uint16Array.from(startsOf(compiled).keys());
    for (const [one, other] of pairs) {
      one.cells.forEach((id, at) => (toCell[id] = other.cells[at]!));
      one.nodes.forEach((node, at) => (toNode[node] = other.nodes[at]!));
      const [mine, theirs] = [choicesOf(compiled, one.name), choicesOf(compiled, other.name)];
      mine.forEach((choice, at) => (toStart[choice] = theirs[at]!));
    }
    const devices = new Map(pairs.map(([one, other]) => [one.name, other.name]));
    return { devices, cells: toCell, nodes: toNode, starts: toStart };
  }
}

/** In how many orders the devices of kinds of these sizes can be. */
export const ordersOf = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * factorial(size), 1);
const factorial = (of: number): number => (of < 2 ? 1 : of * factorial(of - 1));

/** The first two exchanged, and each in the place of the next. Of two that is the same. */
const firstTwo = ([one, two, ...rest]: readonly number[]): readonly number[] =>
  rest.length === 0 ? [one!, ...(two === undefined ? [] : [two])] : [two!, one!, ...rest];
const inTurn = ([first, ...rest]: readonly number[]): readonly number[] => [...rest, first!];

/** The operations of the menu that are about a device, by number. */
export const choicesOf = (compiled: Compiled, device: string): readonly number[] =>
  startsOf(compiled).flatMap(({ operation }, choice) =>
    'device' in operation && operation.device === device ? [choice] : [],
  );

/** Of each number in the lists the number it becomes: each gets one of every list in turn, and of a list the first that is left. */
function waysOf(lists: readonly number[][]): readonly (readonly number[])[] {
  if (lists.every(({ length }) => length === 0)) return [[]];
  return lists.flatMap(([first, ...rest], at) =>
    first === undefined
      ? []
      : waysOf(lists.map((list, other) => (other === at ? rest : list))).map((way) => [first, ...way]),
  );
}
