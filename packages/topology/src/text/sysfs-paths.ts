import type { Evidence } from '../found.ts';
import type { Tell } from '../statement.ts';
import { isAddress, nameInLinux } from '../pci-name.ts';
import { busesOfLinux, type LineReader, type Place } from './line-reader.ts';

const member = /(?:iommu_groups\/|(?:^|[\s"'])(?:\.\/)?)(\d+)\/devices\/([^\s/"'`<>|()]+)/g;
/** A folder that is named last on its line: the heading of `ls`, or the command that was typed. */
const heading = /(\/\S*?\/(?:iommu_groups\/\d+\/devices|bus\/[\w-]+\/devices))\/?:?\s*$/;
/** Paths beside the devices that find and ls print, too. */
const aside = /\/iommu_groups(?:\/\d+(?:\/(?:devices|type|reserved_regions|name))?)?\/?:?\s*$/;
const link = /(?:^|\s)(\S+) -> (\S+)\s*$/;
const attribute = /iommu_groups\/(\d+)\/(type|reserved_regions):\s*(.*?)\s*$/;
/** With a dot or a colon in it, or a UUID as mediated devices have. */
const deviceName = /^(?:[\w@-]+[.:][\w.:@-]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Paths of sysfs as find, ls, readlink, compgen and grep print them. */
export function sysfsPaths(tell: Tell, place: Place): LineReader {
  /** The folder whose entries follow, as `ls` heads them, and the last line that was about it. */
  let listed: { readonly path: string; readonly line: number | undefined } | undefined;
  return {
    kind: 'listing of sysfs',
    line(text, from) {
      const told = attribute.exec(text);
      if (told) return groupAttribute(told[1]!, told[2]!, told[3]!, from);
      const [, name, target] = link.exec(text) ?? [];
      const linked = name !== undefined && readLink(name, target!, from);
      let members = 0;
      for (const [, group, named] of text.matchAll(member)) {
        const clean = named!.replace(/[:,;]+$/, '');
        if (clean === '' || clean.includes('*')) continue;
        members++;
        tell({ kind: 'device', name: clean, facts: { group: group! }, from });
      }
      if (linked || members > 0) return true;
      const headed = heading.exec(text)?.[1];
      if (headed !== undefined) {
        listed = { path: headed, line: from.line };
        delete place.group;
        return true;
      }
      return aside.test(text) || plain(text, from);
    },
  };

  /** Names alone below the heading of a group's folder. */
  function plain(text: string, from: Evidence): boolean {
    const group = /iommu_groups\/(\d+)\/devices$/.exec(listed?.path ?? '')?.[1];
    if (listed?.line !== (from.line ?? 0) - 1) return false;
    const names = text.trim().split(/\s+/);
    if (group === undefined || !names.every((name) => deviceName.test(name))) return false;
    for (const name of names) tell({ kind: 'device', name, facts: { group }, from });
    listed = { ...listed, line: from.line };
    return true;
  }

  function readLink(path: string, target: string, from: Evidence): boolean {
    const parts = [...(path.startsWith('/') ? [] : (listed?.path ?? '').split('/')), ...path.split('/')];
    const last = parts.at(-1)!;
    const owner = parts.at(-2) ?? '';
    const group = /iommu_groups\/(\d+)$/.exec(target)?.[1];
    if (last === 'iommu_group' && group !== undefined && isDevice(owner))
      return device(owner, { group, ...busOf(parts) }, from);
    const [, onBus, driver] = /bus\/([\w-]+)\/drivers\/([^/]+)$/.exec(target) ?? [];
    if (last === 'driver' && driver !== undefined && isDevice(owner))
      return device(owner, { bus: onBus!, driver }, from);
    if (/(?:^|\/)devices\/.*[^/]\/([^/]+)$/.exec(target)?.[1] !== last) return false;
    const inGroup = /iommu_groups\/(\d+)\/devices$/.exec(parts.slice(0, -1).join('/'))?.[1];
    const parent = parentIn(target);
    const bus = busOf(parts);
    if (inGroup === undefined && bus.bus === undefined && parent === undefined && !isAddress(last)) return false;
    return device(
      last,
      { ...(inGroup !== undefined && { group: inGroup }), ...bus, ...(parent !== undefined && { parent }) },
      from,
    );
  }

  function device(
    name: string,
    facts: { readonly group?: string; readonly bus?: string; readonly driver?: string; readonly parent?: string },
    from: Evidence,
  ): true {
    tell({ kind: 'device', name: nameInLinux(name), facts, from });
    return true;
  }

  function groupAttribute(group: string, what: string, text: string, from: Evidence): true {
    if (what === 'type') tell({ kind: 'group', group, facts: { type: text }, from });
    else if (/\bdirect$/.test(text)) tell({ kind: 'group', group, facts: { direct: true }, from });
    return true;
  }
}

const isDevice = (name: string): boolean => name !== '' && name !== 'devices';

function busOf(parts: readonly string[]): { readonly bus?: string } {
  const at = parts.indexOf('bus');
  const bus = busesOfLinux.find((one) => at >= 0 && parts[at + 1] === one && parts[at + 2] === 'devices');
  return bus === undefined ? {} : { bus };
}

/** Of a host controller: pci_register_host_bridge(), drivers/pci/probe.c. VMD's domains have five digits. */
const rootBus = /^pci[0-9a-f]{4,6}:[0-9a-f]{2}$/;

/**
 * The folder above a device is its parent, unless it stands for a bus as a whole. What is on a root bus is below what that is
 * below: the host controller, if it is a device.
 */
export function parentIn(path: string): string | undefined {
  const above = path
    .split('/')
    .slice(0, -1)
    .findLast((folder) => !rootBus.test(folder));
  return above === undefined || /^(?:platform|devices|virtual|system)$/.test(above) ? undefined : above;
}
