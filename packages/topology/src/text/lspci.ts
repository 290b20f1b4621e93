import type { Evidence } from '../found.ts';
import type { DeviceFacts, Tell } from '../statement.ts';
import { address, nameInLinux } from '../pci-name.ts';
import { indentOf, mostNames, type LineReader, type Place } from './line-reader.ts';

/** Loops print the group before the row, some the ids, too. */
const before = '(?:(?:IOMMU )?[Gg]roup:?\\s+(\\d+):?\\s+)?(?:\\[([0-9a-f]{4}:[0-9a-f]{4})\\]\\s+(?:\\[R\\]\\s+)?)?';
const header = new RegExp(`^\\s*${before}(${address})\\s+(\\S.*)$`);
/** Loops that indent the first line of a device indent these as far. */
const attributes = /^\s+(?:Subsystem|DeviceName|Kernel driver in use|Kernel modules): /;
const row = new RegExp(`^\\s*${address}\\b`);
/** `Class [0600]: Vendor Device [8086:5918] (rev 05)`; with -n: `0600: 8086:5918`. ls-iommu leaves the colon out. */
const named = /^([A-Za-z][^:"'[]*?)(?: \[([0-9a-f]{4})\](?::| (?=\S))|:) ?(.+)$/;
/** `Class      Device`, in columns. */
const inColumns = /^([A-Za-z][^:"'[]*?)\s{2,}(\S.*)$/;
const numbers = /^([0-9a-f]{4}): ([0-9a-f]{4}:[0-9a-f]{4})\b/;
/** -mm: `"Class" "Vendor" "Device" -r05`. */
const quoted = /^"([^"]*)" "([^"]*)" "([^"]*)"/;
const trailingIds = /\[([0-9a-f]{4}:[0-9a-f]{4})\](?: \((?:rev|prog-if) [^)]*\))*\s*$/;

interface Row {
  readonly name: string;
  readonly from: Evidence;
}

/** lspci in its usual form (-v, -nn, -k, -n, -mm), and within blocks of "IOMMU Group N". */
export function lspci(tell: Tell, place: Place): LineReader {
  /** The device whose block is open, and whether its driver was told; those without one, until the listing shows any. */
  let open: (Row & { driver: boolean; attributes: boolean; closed: boolean }) | undefined;
  /** The group that a row before began with: those below it leave it out. */
  let rowGroup: string | undefined;
  let showsDrivers = false;
  const without: Row[] = [];
  const bridges = new Map<string, string>();
  const seen: Row[] = [];

  return {
    kind: 'lspci',
    line(text, from) {
      const [, group, ids, at, rest] = header.exec(text) ?? [];
      const isRow = group !== undefined || ids !== undefined;
      const facts = rest === undefined ? undefined : (factsOf(rest) ?? (isRow ? { says: rest } : undefined));
      if (facts) {
        close();
        const name = nameInLinux(at!);
        if (group !== undefined) rowGroup = group;
        const inGroup = group ?? groupAt(place, indentOf(text)) ?? (ids === undefined ? undefined : rowGroup);
        place.device = { name, indent: indentOf(text) };
        open = { name, from, driver: false, attributes: false, closed: false };
        if (seen.length < mostNames) seen.push({ name, from });
        tell({
          kind: 'device',
          name,
          facts: {
            bus: 'pci',
            ...(ids !== undefined && { ids }),
            ...facts,
            ...(inGroup !== undefined && { group: inGroup }),
          },
          from,
        });
        return true;
      }
      return open !== undefined && open.name === place.device?.name && attribute(place.device, text, from);
    },
    end() {
      // The driver stands last in a block: one that the file cuts off is unknown.
      if (open && !open.driver && open.closed) without.push(open);
      if (showsDrivers)
        for (const { name, from } of without) tell({ kind: 'device', name, facts: { driver: null }, from });
      for (const { name, from } of seen) {
        const parent = bridges.get(name.slice(0, name.lastIndexOf(':')));
        if (parent !== undefined) tell({ kind: 'device', name, facts: { parent }, from });
      }
    },
  };

  function close(): void {
    // A row without attributes is of a listing that tells none.
    if (open && !open.driver && open.attributes && without.length < mostNames) without.push(open);
    open = undefined;
  }

  function attribute({ name, indent }: { name: string; indent: number }, text: string, from: Evidence): boolean {
    // What begins with an address is a device that could not be read.
    const deeper = indentOf(text) - indent;
    if (deeper < 0 || (deeper === 0 && !attributes.test(text)) || row.test(text)) return false;
    open!.attributes = true;
    const group = /\bIOMMU group:? (\d+)\b/.exec(text)?.[1];
    const driver = /^\s+Kernel driver in use: (.+?)\s*$/.exec(text)?.[1];
    const modules = /^\s+Kernel modules: (.+?)\s*$/.exec(text)?.[1];
    const below = /^\s+Bus: primary=[0-9a-f]{2}, secondary=([0-9a-f]{2}),/.exec(text)?.[1];
    if (group !== undefined) tell({ kind: 'device', name, facts: { group }, from });
    if (driver !== undefined) {
      showsDrivers = true;
      open!.driver = true;
      tell({ kind: 'device', name, facts: { driver }, from });
    }
    if (modules !== undefined) {
      open!.closed = true;
      tell({ kind: 'device', name, facts: { modules: modules.split(', ') }, from });
    }
    if (below !== undefined) bridges.set(`${name.split(':')[0]!}:${below}`, name);
    return true;
  }
}

function factsOf(rest: string): DeviceFacts | undefined {
  const [, number, ids] = numbers.exec(rest) ?? [];
  if (number !== undefined) return { class: number, ids: ids! };
  const [, quotedClass, vendor, device] = quoted.exec(rest) ?? [];
  if (quotedClass !== undefined) return { ...classFacts(quotedClass), ...idFacts(vendor!, device!) };
  const [, what, code, says] = named.exec(rest) ?? [];
  const [, column, next] = what === undefined ? (inColumns.exec(rest) ?? []) : [];
  if (column !== undefined) return { ...classFacts(column), says: `${column}: ${next}` };
  if (what === undefined) return undefined;
  const tail = trailingIds.exec(says!)?.[1];
  return {
    ...(code === undefined ? classFacts(what) : { class: code }),
    ...(tail !== undefined && { ids: tail }),
    says: `${what}: ${says!
      .replace(trailingIds, '')
      .replace(/(?: \((?:rev|prog-if) [^)]*\))+\s*$/, '')
      .trim()}`,
  };
}

/** `Host bridge [0600]`, `0600` or `Host bridge`. */
export function classFacts(text: string): DeviceFacts {
  const code = /^[0-9a-f]{4}$|(?<=\[)[0-9a-f]{4}(?=\]$)/.exec(text)?.[0] ?? classes[text];
  return code === undefined ? {} : { class: code };
}

/** Vendor and device as `Intel Corporation [8086]` or `8086`. */
export function idFacts(vendor: string, device: string): DeviceFacts {
  const number = /^[0-9a-f]{4}$|(?<=\[)[0-9a-f]{4}(?=\]$)/;
  const ids = [vendor, device].map((text) => number.exec(text)?.[0]);
  const names = [vendor, device].map((text) => text.replace(/ ?\[[0-9a-f]{4}\]$/, ''));
  return {
    ...(ids.every((id) => id !== undefined) && { ids: ids.join(':') }),
    ...(!names.every((name) => number.test(name)) && { says: names.join(' ') }),
  };
}

/** The group whose block this device row is in: rows of one block are indented alike. */
export function groupAt(place: Place, indent: number): string | undefined {
  if (!place.group) return undefined;
  place.group = { is: place.group.is, indent: place.group.indent ?? indent };
  if (place.group.indent === indent) return place.group.is;
  delete place.group;
  return undefined;
}

/** Names of pci.ids (class list) that decide something here; lspci prints them without numbers unless told -nn. */
const classes: Readonly<Record<string, string>> = Object.assign(Object.create(null) as object, {
  'SCSI storage controller': '0100',
  'IDE interface': '0101',
  'RAID bus controller': '0104',
  'SATA controller': '0106',
  'Serial Attached SCSI controller': '0107',
  'Non-Volatile memory controller': '0108',
  'Ethernet controller': '0200',
  'Network controller': '0280',
  'VGA compatible controller': '0300',
  '3D controller': '0302',
  'Display controller': '0380',
  'Multimedia audio controller': '0401',
  'Audio device': '0403',
  'Host bridge': '0600',
  'ISA bridge': '0601',
  'PCI bridge': '0604',
  'CardBus bridge': '0607',
  'Semi-transparent PCI-to-PCI bridge': '0609',
  'System peripheral': '0880',
  'USB controller': '0c03',
  SMBus: '0c05',
});
