import type { Kernel } from './kernel.ts';

/** The function, asked once for each group of a kernel: sections are made anew for every history that comes by. */
export function oncePerGroup<T>(of: (kernel: Kernel, group: string) => T): (kernel: Kernel, group: string) => T {
  const known = new WeakMap<object, { readonly is: T }>();
  return (kernel, group) => {
    const cells = kernel.layout.group(group);
    const one = known.get(cells) ?? { is: of(kernel, group) };
    known.set(cells, one);
    return one.is;
  };
}
