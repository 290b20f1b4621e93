import type { Evidence } from '../found.ts';
import type { Tell } from '../statement.ts';
import { address } from '../pci-name.ts';
import { busesOfLinux, mostNames, type LineReader } from './line-reader.ts';

/** `X Y: Adding to iommu group N`: X is the driver if one was being bound, else the bus (dev_driver_string()). */
const adding = /(?:^|\s)(\S+) (\S+): Adding to iommu group (\d+)\s*$/;
/** Until 5.3: no prefix. */
const addingOld = /iommu: Adding device (\S+) to group (\d+)\s*$/;
/** Seconds since the boot began. */
const clock = /^[^[]*\[ *(\d+\.\d+)\]/;
/** `Nov 26 22:15:18`, of journalctl and dmesg -T; `0000:01:00.0` is none. */
const wallClock = /^.*?(?<!\d)\d\d:\d\d:\d\d\b/;
/** A device joins, however much of the line is left. */
const join = /Adding (?:device .*?)?to (?:iom|group)/g;
const removing =
  /(?:^|\s)(\S+) (\S+): Removing from iommu group \d+\s*$|iommu: Removing device (\S+) from group \d+\s*$/;
/** A VFIO user meets it; from qemu, too. */
const notViable = new RegExp(`(?:^|[\\s'"(])(${address}): group (\\d+) is not viable`);
/** What VT-d alone says is about an RMRR, and is told as that. Until 5.4: for each of the device (domain_prepare_identity_map()). */
const identityMap = /(?:^|\s)pci (\S+): DMAR: Setting identity map \[|: Setting identity map for device (\S+) \[/;
/** intel_iommu_attach_device(), until 6.5. */
const ineligible = /(?:^|\s)\S+ (\S+): (?:DMAR: )?Device is ineligible for IOMMU domain attach due to platform RMRR/;
/** __iommu_device_set_domain() since 6.6, whatever the IOMMU. */
const refused = /(?:^|\s)\S+ (\S+): Firmware has requested this device have a 1:1 IOMMU mapping/;
/** A PCI device is found (pci_setup_device()). */
const enumerated = /(?:^|\s)pci (\S+): \[([0-9a-f]{4}:[0-9a-f]{4})\] type [0-9a-f]{2} class 0x([0-9a-f]{6})/;
/** Said of what has a bridge's header, whatever its class (pci_read_bridge_windows() and __pci_setup_bridge(), drivers/pci). */
const bridge = /(?:^|\s)pci (\S+): PCI bridge to \[bus ([0-9a-f]{2})/;
/** Whatever is said of a device begins with its driver's name while it has one (dev_driver_string()). */
const spokenOf = /(?:^|\s)([\w.-]+) ([\w.:@-]+):(?=\s)/g;
const failed = /(?:^|\s)(?:(\S+): probe of (\S+) failed with error|\S+ (\S+): probe with driver \S+ failed with error)/;
/** ACPI's namespace devices behind a DRHD (ANDD in the DMAR table). */
const namespaceDevice = /DMAR: ACPI device "([^"]+)" under DMAR at \S+ as (\S+)/;

const clockOf = (text: string): number => Number(clock.exec(text)?.[1] ?? NaN);

/**
 * Kernel boot logs, of dmesg, journalctl or a serial console.
 * @param buses names of buses beyond Linux's own: a prefix with such a name is no driver
 */
export const bootLog =
  (buses: readonly string[]) =>
  (tell: Tell): LineReader => {
    const isBus = new Set<string>([...busesOfLinux, ...buses]);
    /** Names that this boot has told, and their drivers as far as they were seen. */
    const known = new Map<string, string | null | undefined>();
    const bridges = new Map<string, { readonly is: string; readonly from: Evidence }>();
    /**
     * Devices that joined, and when by the wall clock; the last of them when by the kernel's. Who joins again, and earlier than
     * others have, does so in another boot; by the wall clock, who was with the first and joins again at another time.
     */
    const joined = new Map<string, string | undefined>();
    let latest = Number.NaN;
    let named = false;
    let commanded = false;
    const know = (name: string, driver?: string): void => {
      if (known.size < mostNames) known.set(name, driver);
    };
    const beginAnew = (from: Evidence): void => {
      tell({ kind: 'another boot', names: [...known.keys()], from });
      for (const one of [known, bridges, joined]) one.clear();
      // What it says of itself comes instead.
      named = false;
      commanded = false;
    };
    const device = (name: string, prefix: string, group: string, text: string, from: Evidence): void => {
      const at = clockOf(text);
      const when = wallClock.exec(text)?.[0];
      const [beginning] = joined.values();
      const isLater =
        beginning !== undefined && joined.get(name) === beginning && when !== undefined && when !== beginning;
      if (joined.has(name) && (Number.isNaN(at) ? isLater : at < latest)) beginAnew(from);
      if (joined.size < mostNames) joined.set(name, when);
      latest = at;
      know(name, isBus.has(prefix) || prefix === '' ? undefined : prefix);
      const facts = isBus.has(prefix)
        ? { bus: prefix, group, joins: 'when added' as const }
        : prefix === ''
          ? { group }
          : { group, driver: prefix, joins: 'at first bind' as const };
      tell({ kind: 'device', name, facts, from, past: true });
    };

    return {
      kind: 'boot log',
      line(text, from) {
        const version = /Linux version (\S+)/.exec(text)?.[1];
        if ((version !== undefined || /^-- (?:Boot|Reboot)\b/.test(text)) && known.size > 0) beginAnew(from);
        if (version !== undefined) return told({ kernel: version }, from);
        const commandLine = /(?:Kernel c|\bC)ommand line: (.+?)\s*$/.exec(text)?.[1];
        if (commandLine !== undefined) {
          if (!commanded) commanded = told({ commandLine }, from);
          return true;
        }
        const model = /(?:Machine model|DMI|Hardware name): (.+?)\s*$/.exec(text)?.[1];
        if (model !== undefined) {
          if (!named && !model.startsWith('Memory slots')) named = told({ model: model.replace(/ \(DT\)$/, '') }, from);
          return true;
        }
        return (
          (text.includes('group') && memberOf(text, from)) ||
          (/DMAR|1:1|dentity map/.test(text) && region(text, from)) ||
          (text.includes('pci ') && found(text, from)) ||
          (known.size > 0 && driverOf(text, from))
        );
      },
      end() {
        for (const { is: name, from } of bridges.values())
          if (known.has(name)) tell({ kind: 'device', name, facts: { bridge: true }, from });
        for (const name of known.keys()) {
          const above = bridges.get(name.slice(0, name.lastIndexOf(':')));
          if (above) tell({ kind: 'device', name, facts: { parent: above.is }, from: above.from });
        }
      },
    };

    function told(facts: { kernel?: string; model?: string; commandLine?: string }, from: Evidence): true {
      tell({ kind: 'machine', facts, from });
      return true;
    }

    function memberOf(text: string, from: Evidence): boolean {
      const [, prefix, name, group] = adding.exec(text) ?? [];
      const [, oldName, oldGroup] = addingOld.exec(text) ?? [];
      if (name !== undefined) device(name, prefix!, group!, text, from);
      else if (oldName !== undefined) device(oldName, '', oldGroup!, text, from);
      const read = name === undefined && oldName === undefined ? 0 : 1;
      if ((text.match(join)?.length ?? 0) > read) tell({ kind: 'unread', text, from });
      else if (read === 0) {
        const gone = removing.exec(text);
        const stuck = gone ? null : notViable.exec(text);
        const lost = gone?.[2] ?? gone?.[3];
        if (lost !== undefined) {
          if (Number.isNaN(clockOf(text))) joined.delete(lost);
          tell({ kind: 'removed', name: lost, from });
        } else if (stuck) tell({ kind: 'device', name: stuck[1]!, facts: { group: stuck[2]! }, from });
        else return false;
      }
      return true;
    }

    function found(text: string, from: Evidence): boolean {
      const [, name, ids, code] = enumerated.exec(text) ?? [];
      if (name !== undefined) {
        if (!known.has(name)) know(name);
        tell({ kind: 'device', name, facts: { bus: 'pci', ids: ids!, class: code! }, from });
        return true;
      }
      const [, above, below] = bridge.exec(text) ?? [];
      if (above === undefined || bridges.size > mostNames) return false;
      bridges.set(`${above.split(':')[0]!}:${below}`, { is: above, from });
      return true;
    }

    /** What a log says of a device shows whom it is bound to at that moment; the last moment counts. */
    function driverOf(text: string, from: Evidence): boolean {
      const failing = failed.exec(text);
      const lost = failing?.[2] ?? failing?.[3];
      if (lost !== undefined && known.has(lost)) return seen(lost, null, from);
      for (const [, prefix, name] of text.matchAll(spokenOf))
        if (known.has(name!) && !isBus.has(prefix!)) return seen(name!, prefix!, from);
      return false;
    }

    function seen(name: string, driver: string | null, from: Evidence): true {
      if (known.get(name) === driver) return true;
      known.set(name, driver);
      tell({ kind: 'device', name, facts: { driver }, from, past: true });
      return true;
    }

    function region(text: string, from: Evidence): boolean {
      const mapped = identityMap.exec(text);
      const byVtd = { ...from, at: 'RMRR' };
      if (mapped) tell({ kind: 'device', name: (mapped[1] ?? mapped[2])!, facts: { asks: true }, from: byVtd });
      const locked = ineligible.exec(text);
      const stays = locked ?? refused.exec(text);
      if (stays) tell({ kind: 'device', name: stays[1]!, facts: { direct: true }, from: locked ? byVtd : from });
      const acpi = namespaceDevice.exec(text);
      if (acpi) tell({ kind: 'device', name: acpi[1]!, facts: { says: `ACPI namespace device, ${acpi[2]}` }, from });
      return Boolean(mapped ?? stays ?? acpi);
    }
  };
