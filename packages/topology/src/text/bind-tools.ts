import type { Evidence } from '../found.ts';
import type { Tell } from '../statement.ts';
import { address, nameInLinux } from '../pci-name.ts';
import type { LineReader } from './line-reader.ts';

const devbindRow = new RegExp(`^[\\s#]*(${address}) '(.*?)'((?: \\S+)*)\\s*$`);
/** Mail wraps the long ones. */
const wrapped = /^\s*(?:if|drv|unused|numa_node)=\S*(?: \S+)*\s*$/;
const driverctlRow = /^\s*([\w.:@-]+) (\(none\)|[\w-]*\w)( \[\*\])?(?: \(.*\))?\s*$/;
const pci = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;

/** `dpdk-devbind.py --status`. */
export function devbind(tell: Tell): LineReader {
  let section = '';
  let row: { readonly name: string; readonly line: number | undefined } | undefined;

  return {
    kind: 'dpdk-devbind',
    line(text, from) {
      if (/^[\s#]*(?:\w+ devices using .* driver|Other .* devices|No .* devices detected)\s*$/.test(text)) {
        section = text.replace(/^[\s#]*/, '');
        return true;
      }
      const [, at, says, rest] = devbindRow.exec(text) ?? [];
      if (at !== undefined) {
        row = { name: nameInLinux(at), line: from.line };
        tell({ kind: 'device', name: row.name, facts: { bus: 'pci', says: says! }, from });
        if (section.startsWith('Other')) tell({ kind: 'device', name: row.name, facts: { driver: null }, from });
        bound(row.name, rest!, from);
        return true;
      }
      if (row?.line !== (from.line ?? 0) - 1 || !wrapped.test(text)) return false;
      bound(row.name, text, from);
      return true;
    },
  };

  function bound(name: string, text: string, from: Evidence): void {
    const driver = /\bdrv=(\S+)/.exec(text)?.[1];
    const unused = /\bunused=(\S+)/.exec(text)?.[1];
    if (driver !== undefined) tell({ kind: 'device', name, facts: { driver }, from });
    if (unused !== undefined) tell({ kind: 'device', name, facts: { modules: unused.split(',') }, from });
    // It has a route of the system's.
    if (text.includes('*Active*')) tell({ kind: 'needed', name, need: 'active network', from });
    else if (section.startsWith('Network')) tell({ kind: 'need told', need: 'active network', from });
  }
}

/** `driverctl list-devices` ([*]: driver_override is set); `list-overrides` and `--bus`, if they are seen to be typed. */
export function driverctl(tell: Tell): LineReader {
  let overrides = false;
  let bus = 'pci';
  return {
    kind: 'driverctl',
    line(text, from) {
      const typed = /\bdriverctl\b.*\blist-(devices|overrides)\b/.exec(text)?.[1];
      if (typed !== undefined) {
        overrides = typed === 'overrides';
        bus = /--bus[ =]([\w-]+)/.exec(text)?.[1] ?? 'pci';
        return true;
      }
      const [, name, bound, marked] = driverctlRow.exec(text) ?? [];
      if (name === undefined || (bus === 'pci' ? !pci.test(name) : !/[.:]./.test(name))) return false;
      const driver = bound === '(none)' ? null : bound!;
      const facts = overrides
        ? { override: driver }
        : { driver, ...(marked !== undefined && driver !== null && { override: driver }) };
      tell({ kind: 'device', name, facts: { bus, ...facts }, from });
      return true;
    },
  };
}
