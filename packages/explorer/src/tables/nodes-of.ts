import { startsOf, type Compiled } from './compile.ts';

/** The places of a device's operations, in one order for all devices whose operations are the same but for names. */
export function nodesOf(compiled: Compiled, device: string): readonly number[] {
  const { nodes } = compiled;
  const order = new Set<number>();
  const visit = (node: number): void => {
    const here = nodes[node];
    // What ends with its first step is at no node.
    if (here?.kind !== 'at' || order.has(node)) return;
    order.add(node);
    here.next.forEach(({ to }) => visit(to));
  };
  for (const { operation, first } of startsOf(compiled))
    if ('device' in operation && operation.device === device) visit(nodes.indexOf(first));
  return [...order];
}
