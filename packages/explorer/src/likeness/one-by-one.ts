import type { Compiled } from '../tables/compile.ts';

/**
 * A step that tells some of like devices, told by name, from the others, beside the one that it is about: while an operation
 * goes through them, it matters which is where.
 */
export function looksOneByOne({ nodes, system }: Compiled, kinds: readonly (readonly string[])[]): string | undefined {
  const { layout, machine } = system.kernel;
  for (const all of kinds) {
    const families = new Map<number, string>();
    const owners = new Map<number, string>();
    for (const name of all) {
      const own = [layout.device(name), ...machine.users.map((user) => layout.file(user.name, name))];
      own.forEach((cells, from) =>
        Object.entries(cells).forEach(([key, { id }]) => {
          families.set(id, `${from} ${key}`);
          owners.set(id, name);
        }),
      );
    }
    for (const node of nodes) {
      if (node.kind !== 'at') continue;
      const { operation } = node;
      const about = 'device' in operation ? operation.device : undefined;
      const touched = new Map<string, number>();
      for (const { id } of node.touches)
        if (owners.has(id) && owners.get(id) !== about)
          touched.set(families.get(id)!, (touched.get(families.get(id)!) ?? 0) + 1);
      const whole = all.length - (about !== undefined && all.includes(about) ? 1 : 0);
      if ([...touched.values()].some((count) => count !== whole))
        return `since ${operation.do} looks at the devices of a group one by one (${node.name})`;
    }
  }
  return undefined;
}
