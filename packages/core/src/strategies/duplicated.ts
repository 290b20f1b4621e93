import type { Strategy } from '../contract/strategy.ts';

/**
 * Each bus has its own copy of the check, and some have drifted: `duplicated(linux612, { pci: drifted })`. This is
 * "duplicated code into the 4 drivers" of the thread. What drifted upstream were the hooks around the check (M20), not
 * the check. Users ask the shared copy.
 */
export function duplicated(shared: Strategy, drifted: Readonly<Record<string, Strategy>>): Strategy {
  const names = Object.entries(drifted).map(([bus, strategy]) => `${bus}: ${strategy.name}`);
  return {
    ...shared,
    name: `duplicated(${shared.name}, ${names.join(', ')})`,
    says: `each bus has its own copy of ${shared.name}; drifted: ${names.join(', ')}`,
    source: '20211115155613.GA2388278@nvidia.com (Jason Gunthorpe: "duplicated code into the 4 drivers")',
    ownership(section, bus) {
      const { use, unuse } = (drifted[bus] ?? shared).ownership(section, bus);
      return { ...shared.ownership(section, bus), use, unuse };
    },
  };
}
