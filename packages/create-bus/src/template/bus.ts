import { exampleOf } from './facts.ts';
import type { Written } from './package-files.ts';

/** The bus: its two hooks, and everything that the other files know. */
export function busFile(written: Written): string {
  const { name, bus, factsType, grouping, vfio, language } = written;
  const checks = grouping !== 'none';
  const core = ['defineBus', 'OK', ...(vfio === undefined ? [] : ['userDriver'])].join(', ');
  return `${language === 'ts' ? '' : '// @ts-check\n'}import { ${core} } from '@busward/core';
import { firmware${language === 'ts' ? `, type ${factsType}` : ''} } from './firmware.${language}';
import { isolation } from './grouping.${language}';
import { history } from './history.${language}';

/** The ${name} bus. */
export const ${bus} = defineBus${language === 'ts' ? `<'${name}', ${factsType}>` : ''}({
  name: '${name}',
  contract: 1,
  // The file and function in Linux, and what is special about it, in a sentence.
  source: 'not in Linux',
  says: '${saysOf(written)}',
${checks ? checkingHooks : bypassingHooks}
  firmware,
  isolation,
${checks ? '' : "  ungrouped: 'no IOMMU is above this bus',\n"}  example: factsOf,
  // How a line of a boot log shows that a device is on this bus: by its name, or by what is printed before it.
${recognise(name)}
  // Drivers that set driver_managed_dma: userDriver for VFIO's, stubDriver for others.
  managedDrivers: [${vfio === undefined ? '' : `userDriver('${vfio}')`}],
  history,
});

${example(written)}`;
}

/** In one line, if it fits. */
function recognise(name: string): string {
  const test = `/^${name}[-.:]?\\d/.test(name) ? { facts: factsOf(name), sure: true } : undefined`;
  const line = `  recognise: (name) => (${test}),`;
  return line.length <= 120 ? line : `  recognise: (name) =>\n    ${test},`;
}

function example(written: Written): string {
  const says = 'Facts of a plain device: to try the hooks with, and to move devices of other buses to this one.';
  const body = `return ${exampleOf(written)};`;
  return written.language === 'ts'
    ? `/** ${says} */\nfunction factsOf(name: string): ${written.factsType} {\n  ${body}\n}\n`
    : `/**
 * ${says}
 * @param {string} name
 * @returns {import('./firmware.js').${written.factsType}}
 */
function factsOf(name) {
  ${body}
}
`;
}

const checkingHooks = `
  *dma_configure(device, kernel) {
    // A device that a device tree describes joins its group here, so the check comes after it (rule 2).
    const configured = yield* kernel.firmware.configure(device, firmware(device));
    if (configured !== OK) return configured;

    // One read: nobody holds device_lock while an IOMMU registers, and there may be no driver then (rules 5 and 6).
    const driver = yield* kernel.driver.read(device);
    if (driver === undefined || driver.managesDma) return kernel.ownership.notNeeded(driver);

    // The shared check; what it says is returned as it is, and a refusal is undone (rules 1 and 3).
    const verdict = yield* kernel.ownership.use(device);
    if (verdict !== OK) yield* kernel.dma.teardown(device);
    return verdict;
  },

  *dma_unconfigure(device, kernel) {
    // By the same flag as above, so that exactly what was granted is given back (rule 4).
    const driver = yield* kernel.driver.read(device);
    if (driver && !driver.managesDma) yield* kernel.ownership.unuse(device);
  },
`;

const bypassingHooks = `
  *dma_configure(device, kernel) {
    const configured = yield* kernel.firmware.configure(device, firmware(device));
    return configured === OK ? kernel.ownership.bypass('no IOMMU is above this bus') : configured;
  },

  *dma_unconfigure() {},
`;

function saysOf({ firmware, grouping }: Written): string {
  const node = firmware === 'own' ? 'its own firmware node' : 'the node of its parent, by an id';
  const group = {
    streams: 'stream ids decide the group',
    parent: 'all below one parent share a group',
    none: 'no group',
  };
  return `${node}; ${group[grouping]}`;
}
