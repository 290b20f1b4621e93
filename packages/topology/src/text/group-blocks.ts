import type { Tell } from '../statement.ts';
import { address, nameInLinux } from '../pci-name.ts';
import { indentOf, type LineReader, type Place } from './line-reader.ts';
import { groupAt } from './lspci.ts';

const block = /^\s*(?:#+ |\*+ )?(?:IOMMU )?[Gg]roup[: ]+(\d+)\s*:?\s*$/;
/** A device's name alone on its line, with a driver or without. */
const row = /^\s*([\w.:,@+-]+)(?:\s+(?:->\s*)?([\w-]+|\(none\)))?\s*$/;
/** `19 0000:80:1f.4 i801_smbus` */
const columns = new RegExp(
  `^\\s*(\\d+)\\s+(${address}|[0-9a-f]+\\.[\\w@-]+|dp[a-z]+\\.\\d+)(?:\\s+([\\w-]+|\\(none\\)))?\\s*$`,
);

/** "IOMMU Group N:" and what stands below it, as the loops of many guides print; and rows of group, device, driver. */
export function groupBlocks(tell: Tell, place: Place): LineReader {
  return {
    kind: 'listing of groups',
    line(text, from) {
      const group = block.exec(text)?.[1];
      if (group !== undefined && !(place.device && indentOf(text) > place.device.indent)) {
        place.group = { is: group };
        delete place.device;
        return true;
      }
      const [, inGroup, device, driver] = columns.exec(text) ?? [];
      if (device !== undefined) {
        const name = nameInLinux(device);
        tell({ kind: 'device', name, facts: { group: inGroup!, ...driverFact(driver) }, from });
        return true;
      }
      const [, name, bound] = place.group ? (row.exec(text) ?? []) : [];
      if (name === undefined || !/[.:]/.test(name) || /[.:,]$/.test(name)) return false;
      const is = groupAt(place, indentOf(text));
      if (is === undefined) return false;
      tell({
        kind: 'device',
        name: nameInLinux(name),
        facts: { group: is, ...driverFact(bound) },
        from,
      });
      return true;
    },
  };
}

function driverFact(text: string | undefined): { readonly driver?: string | null } {
  if (text === undefined) return {};
  return { driver: text === '(none)' || text === '-' || text === 'none' ? null : text };
}
