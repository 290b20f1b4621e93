import type { Tell } from '../statement.ts';
import type { LineReader } from './line-reader.ts';

const branch = /^((?:[│|]?[\s\u00a0]{3})*)(?:├──|└──|\|--|`--)[\s\u00a0](\S+)(?: -> \S+)?\s*$/;

/** The drawing that `tree /sys/kernel/iommu_groups` makes. */
export function treeListing(tell: Tell): LineReader {
  const path: string[] = [];
  return {
    kind: 'tree of iommu_groups',
    line(text, from) {
      const [, before, name] = branch.exec(text) ?? [];
      if (name === undefined) return false;
      const depth = Math.min(Math.floor(before!.length / 4), path.length);
      path.length = depth;
      path.push(name);
      const group = path.at(-3);
      if (path.at(-2) !== 'devices' || group === undefined || !/^\d+$/.test(group)) return true;
      tell({ kind: 'device', name, facts: { group }, from });
      return true;
    },
  };
}
