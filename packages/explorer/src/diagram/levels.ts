import type { Cell, Operation } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';

/**
 * Which cells, and which places of operations in flight, are one level of the diagram. Slots have no level: which places
 * are taken, and how often, is what tells two states apart.
 */
export interface Levels {
  /** Cells by level, the bottom first. */
  readonly cells: readonly (readonly number[])[];
  readonly ofCell: readonly number[];
  /** By node of the compiled system: the level that notes a slot there. */
  readonly ofNode: readonly number[];
}

/**
 * Slots between operations at the bottom, then a level for each device with what users have of it, and above the members of a
 * group one for the group with its users' dealings. So what happens to one device happens low, and an operation on a group is
 * looked for in one place. Operations are noted where they are about. This decides how large diagrams are, never what is in
 * them.
 */
export function levelsOf({ system, cells, nodes, initial }: Compiled): Levels {
  const { layout, machine } = system.kernel;
  const waiting = startsOf(initial.subarray(cells.length)).length;
  const levels: Set<Cell>[] = Array.from({ length: waiting }, () => new Set());
  const named = new Map<string, number>();
  const add = (name: string, ...parts: readonly object[]): void => {
    named.set(name, levels.push(new Set(parts.flatMap((part) => Object.values(part) as Cell[]))) - 1);
  };
  const addDevice = (name: string): void =>
    add(`device ${name}`, layout.device(name), ...machine.users.map((user) => layout.file(user.name, name)));
  for (const group of machine.groups) {
    for (const device of machine.devices) if (device.group === group) addDevice(device.name);
    add(`group ${group}`, layout.group(group), ...machine.users.map((user) => layout.session(user.name, group)));
  }
  for (const device of machine.devices) if (device.group === undefined) addDevice(device.name);
  // Whatever the layout does not tell of is in nobody's way at the bottom.
  const ofCell = cells.map((cell) =>
    Math.max(
      0,
      levels.findIndex((level) => level.has(cell)),
    ),
  );
  const slotOf = ownersOf({ nodes, initial, cells });
  return {
    cells: levels.map((_, level) => cells.flatMap(({ id }) => (ofCell[id] === level ? [id] : []))),
    ofCell,
    ofNode: nodes.map(
      (node, at) => (node.kind === 'at' ? named.get(aboutOf(node.operation)) : undefined) ?? slotOf(at),
    ),
  };
}

const aboutOf = (operation: Operation): string =>
  'device' in operation ? `device ${operation.device}` : 'group' in operation ? `group ${operation.group}` : '';

const startsOf = (starting: Iterable<number>): readonly number[] => [...new Set(starting)];

/** Which of the ways to start leads to a node; nodes that nobody gets to are the first one's. */
function ownersOf({ nodes, initial, cells }: Pick<Compiled, 'nodes' | 'initial' | 'cells'>) {
  const owner = new Map<number, number>();
  for (const [at, start] of startsOf(initial.subarray(cells.length)).entries()) {
    const left = [start];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      if (owner.has(next)) continue;
      owner.set(next, at);
      const node = nodes[next]!;
      const steps = node.kind === 'at' ? [node] : node.starts.map(({ first }) => first);
      left.push(...steps.flatMap((step) => step.next.map(({ to }) => to)));
    }
  }
  return (node: number): number => owner.get(node) ?? 0;
}
