import type { Evidence } from '../found.ts';
import type { Tell } from '../statement.ts';
import { isAddress, nameInLinux } from '../pci-name.ts';
import { mostNames, type LineReader } from './line-reader.ts';
import { classFacts, idFacts } from './lspci.ts';

const field =
  /^(Slot|Class|Vendor|Device|SVendor|SDevice|PhySlot|Rev|ProgIf|Driver|Module|NUMANode|DTNode|IOMMUGroup):\t(.*?)\s*$/;
/** Fields that stand behind Driver and Module. */
const behind = ['NUMANode', 'DTNode', 'IOMMUGroup'];

interface Row {
  readonly name: string;
  readonly from: Evidence;
  readonly fields: Map<string, { readonly text: string; readonly from: Evidence }>;
  readonly modules: string[];
}

/** lspci's records, one field a line (-vmm, -vmmk, -nn with them). */
export function lspciRecords(tell: Tell): LineReader {
  let row: Row | undefined;
  let showsDrivers = false;
  const without: Row[] = [];

  return {
    kind: 'lspci -vmm',
    line(text, from) {
      const [, key, is] = field.exec(text) ?? [];
      if (key === undefined) {
        if (text.trim() === '') close(true);
        return false;
      }
      // -vm without a second m calls the slot "Device", too.
      if (isAddress(is!) && (key === 'Slot' || key === 'Device')) {
        close(true);
        row = { name: nameInLinux(is!), from, fields: new Map(), modules: [] };
      } else if (!row) tell({ kind: 'unread', text, from });
      else if (key === 'Module') row.modules.push(is!);
      else row.fields.set(key, { text: is!, from });
      return true;
    },
    end() {
      close(false);
      if (showsDrivers)
        for (const { name, from } of without) tell({ kind: 'device', name, facts: { driver: null }, from });
    },
  };

  /** One that the file cuts off before the fields behind the driver has an unknown driver. */
  function close(isWhole: boolean): void {
    if (!row) return;
    const { name, from, fields, modules } = row;
    const what = fields.get('Class')?.text ?? '';
    const facts = {
      ...classFacts(what),
      ...idFacts(fields.get('Vendor')?.text ?? '', fields.get('Device')?.text ?? ''),
    };
    const kind = what.replace(/ ?\[[0-9a-f]{4}\]$/, '');
    const says = facts.says === undefined || kind === '' ? {} : { says: `${kind}: ${facts.says}` };
    tell({ kind: 'device', name, facts: { bus: 'pci', ...facts, ...says }, from });
    const driver = fields.get('Driver');
    const group = fields.get('IOMMUGroup');
    if (driver) tell({ kind: 'device', name, facts: { driver: driver.text }, from: driver.from });
    else if ((isWhole || modules.length > 0 || behind.some((key) => fields.has(key))) && without.length < mostNames)
      without.push(row);
    showsDrivers ||= driver !== undefined;
    if (group && /^\d+$/.test(group.text))
      tell({ kind: 'device', name, facts: { group: group.text }, from: group.from });
    if (modules.length > 0) tell({ kind: 'device', name, facts: { modules }, from });
    row = undefined;
  }
}
