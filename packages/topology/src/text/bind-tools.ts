import type { Tell } from '../statement.ts';
import { address, whole, type LineReader } from './line-reader.ts';

const devbindRow = new RegExp(`^\\s*(${address}) '(.*?)'((?: \\S+)*)\\s*$`);
const driverctlRow = /^\s*([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) (\(none\)|[\w-]*\w)( \[\*\])?(?: \(.*\))?\s*$/;

/** `dpdk-devbind.py --status`. */
export function devbind(tell: Tell): LineReader {
  let kind = '';
  return {
    kind: 'dpdk-devbind',
    line(text, from) {
      if (/^\S.* devices using .* driver$|^Other .* devices$|^No .* devices detected$/.test(text.trim())) {
        kind = text.trim();
        return true;
      }
      const [, at, says, rest] = devbindRow.exec(text) ?? [];
      if (at === undefined || !/\b(?:drv|unused|if)=/.test(rest!)) return false;
      const name = whole(at);
      const driver = /\bdrv=(\S+)/.exec(rest!)?.[1];
      const unused = /\bunused=(\S+)/.exec(rest!)?.[1];
      tell({
        kind: 'device',
        name,
        facts: {
          bus: 'pci',
          says: says!,
          ...(driver !== undefined ? { driver } : kind.startsWith('Other') && { driver: null }),
          ...(unused !== undefined && { modules: unused.split(',') }),
        },
        from,
      });
      // It has a route of the system's.
      if (rest!.includes('*Active*')) tell({ kind: 'needed', name, need: 'active network', from });
      else if (kind.startsWith('Network')) tell({ kind: 'need told', need: 'active network', from });
      return true;
    },
  };
}

/** `driverctl list-devices` ([*]: driver_override is set) and `list-overrides`, if that is seen to be typed. */
export function driverctl(tell: Tell): LineReader {
  let overrides = false;
  return {
    kind: 'driverctl',
    line(text, from) {
      const typed = /\bdriverctl\b.*\blist-(devices|overrides)\b/.exec(text)?.[1];
      if (typed !== undefined) {
        overrides = typed === 'overrides';
        return true;
      }
      const [, name, bound, marked] = driverctlRow.exec(text) ?? [];
      if (name === undefined) return false;
      const driver = bound === '(none)' ? null : bound!;
      const facts = overrides
        ? { override: driver }
        : { driver, ...(marked !== undefined && driver !== null && { override: driver }) };
      tell({ kind: 'device', name, facts: { bus: 'pci', ...facts }, from });
      return true;
    },
  };
}
