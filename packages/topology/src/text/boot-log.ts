import type { Evidence } from '../found.ts';
import type { Tell } from '../statement.ts';
import { address, busesOfLinux, type LineReader } from './line-reader.ts';

/** `X Y: Adding to iommu group N`: X is the driver if one was being bound, else the bus (dev_driver_string()). */
const adding = /(?:^|\s)(\S+) (\S+): Adding to iommu group (\d+)\s*$/;
/** Until 5.3: no prefix. */
const addingOld = /iommu: Adding device (\S+) to group (\d+)\s*$/;
/** A device joins, however much of the line is left. */
const join = /Adding (?:device .*?)?to (?:iom|group)/g;
const removing =
  /(?:^|\s)(\S+) (\S+): Removing from iommu group \d+\s*$|iommu: Removing device (\S+) from group \d+\s*$/;
/** A VFIO user meets it; from qemu, too. */
const notViable = new RegExp(`(?:^|[\\s'"(])(${address}): group (\\d+) is not viable`);
/** VT-d until 5.4: for each RMRR of the device (domain_prepare_identity_map()). */
const identityMap = /(?:^|\s)pci (\S+): DMAR: Setting identity map \[|: Setting identity map for device (\S+) \[/;
const refused =
  /(?:^|\s)\S+ (\S+): (?:DMAR: )?(?:Firmware has requested this device have a 1:1 IOMMU mapping|Device is ineligible for IOMMU domain attach due to platform RMRR)/;
/** ACPI's namespace devices behind a DRHD (ANDD in the DMAR table). */
const namespaceDevice = /DMAR: ACPI device "([^"]+)" under DMAR at \S+ as (\S+)/;

/**
 * Kernel boot logs, of dmesg, journalctl or a serial console.
 * @param buses names of buses beyond Linux's own: a prefix with such a name is no driver
 */
export const bootLog =
  (buses: readonly string[]) =>
  (tell: Tell): LineReader => {
    const isBus = new Set<string>([...busesOfLinux, ...buses]);
    let joined: string[] = [];
    let named = false;
    const device = (name: string, prefix: string, group: string, from: Evidence): void => {
      joined.push(name);
      const facts = isBus.has(prefix)
        ? { bus: prefix, group, joins: 'when added' as const }
        : prefix === ''
          ? { group }
          : { group, driver: prefix, joins: 'at first bind' as const };
      tell({ kind: 'device', name, facts, from, atJoin: true });
    };

    return {
      kind: 'boot log',
      line(text, from) {
        const version = /Linux version (\S+)/.exec(text)?.[1];
        if ((version !== undefined || /^-- (?:Boot|Reboot)\b/.test(text)) && joined.length > 0) {
          tell({ kind: 'another boot', names: joined, from });
          joined = [];
        }
        if (version !== undefined) return told({ kernel: version }, from);
        const commandLine = /(?:Kernel c|\bC)ommand line: (.+?)\s*$/.exec(text)?.[1];
        if (commandLine !== undefined) return told({ commandLine }, from);
        const model = /(?:Machine model|DMI|Hardware name): (.+?)\s*$/.exec(text)?.[1];
        if (model !== undefined) {
          if (!named && !model.startsWith('Memory slots')) named = told({ model }, from);
          return true;
        }
        return (
          (text.includes('group') && memberOf(text, from)) || (/DMAR|1:1|dentity map/.test(text) && region(text, from))
        );
      },
    };

    function told(facts: { kernel?: string; model?: string; commandLine?: string }, from: Evidence): true {
      tell({ kind: 'machine', facts, from });
      return true;
    }

    function memberOf(text: string, from: Evidence): boolean {
      const [, prefix, name, group] = adding.exec(text) ?? [];
      const [, oldName, oldGroup] = addingOld.exec(text) ?? [];
      if (name !== undefined) device(name, prefix!, group!, from);
      else if (oldName !== undefined) device(oldName, '', oldGroup!, from);
      const read = name === undefined && oldName === undefined ? 0 : 1;
      if ((text.match(join)?.length ?? 0) > read) tell({ kind: 'unread', text, from });
      else if (read === 0) {
        const gone = removing.exec(text);
        const stuck = gone ? null : notViable.exec(text);
        if (gone) tell({ kind: 'removed', name: (gone[2] ?? gone[3])!, from });
        else if (stuck) tell({ kind: 'device', name: stuck[1]!, facts: { group: stuck[2]! }, from });
        else return false;
      }
      return true;
    }

    function region(text: string, from: Evidence): boolean {
      const mapped = identityMap.exec(text);
      if (mapped) tell({ kind: 'asks for 1:1', name: (mapped[1] ?? mapped[2])!, from });
      const stays = refused.exec(text);
      if (stays) tell({ kind: 'device', name: stays[1]!, facts: { direct: true }, from });
      const acpi = namespaceDevice.exec(text);
      if (acpi) tell({ kind: 'device', name: acpi[1]!, facts: { says: `ACPI namespace device, ${acpi[2]}` }, from });
      return Boolean(mapped ?? stays ?? acpi);
    }
  };
