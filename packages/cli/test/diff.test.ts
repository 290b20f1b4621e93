import { describe, expect, it } from '@jest/globals';
import { busward, file, plugin } from './command-line.ts';

/* How `diff`, `verify-certificate` and `matrix` are to people; what they find is tested where it is found. */

const broken = plugin(
  'broken',
  `history: [{ commit: 'c0ffee', title: '', since: ['4.0'], says: 'a mistake', *dma_configure() { throw new Error('as it was'); }, *dma_unconfigure() {} }]`,
);
const quick = ['--max-devices', '1', '--iommu', 'present'];

describe('busward diff', () => {
  it('tells the smallest scenario, marks where the sides part, and exits as --fail-on says', async () => {
    const args = ['diff', 'v8', '6.1', ...quick, '--fail-on', 'weaker'];
    const { code, out } = await busward(...args);
    expect(out).toContain('v8 is weaker than 6.1');
    expect(out).toContain('The smallest scenario that tells them apart takes 2 operations');
    expect(out).toMatch(/^ +> \d+ +iommu_group_claim_dma_owner/m);
    expect(code).toBe(1);
    expect((await busward('diff', '6.1', 'v8', ...quick, '--fail-on', 'weaker')).code).toBe(0);
  });
  it('says the same as JSON', async () => {
    const { out } = await busward('diff', 'v8', '6.1', ...quick, '--as', 'json');
    expect(JSON.parse(out)).toMatchObject({
      sides: ['v8', '6.1'],
      finding: 'different',
      standing: 'first is weaker',
      differences: [{ operations: 2 }],
    });
  });
  it('writes a certificate that holds, and no longer does for another side', async () => {
    const path = file('certificate.json', '');
    expect((await busward('diff', 'platform', 'amba', ...quick, '--certificate', path)).code).toBe(0);
    const { code, out } = await busward('verify-certificate', path);
    expect([code, out]).toEqual([0, expect.stringContaining('holds: platform and amba are the same on')]);
  });
  it.each([
    [['diff', 'platfrm', 'pci'], "no bus, strategy or profile 'platfrm'; did you mean 'platform'?"],
    [['diff', 'pci', 'v8'], "'pci' is a bus and 'v8' a strategy or profile"],
    [['diff', 'pci'], "bus 'pci' has no refinement to be taken without; give another bus"],
    [['diff', 'v7'], "diff compares two; give another strategy or profile behind 'v7'"],
    [['diff', 'v8'], 'as in busward diff v8 v7'],
    [['diff', 'host1x@7.3'], "diff compares two; give another bus behind 'host1x@7.3'"],
    [['diff', 'pci', './packages'], './packages: a folder without a package'],
    [['diff', 'pci', 'platform@2.6'], "bus 'platform' has no revision for Linux 2.6"],
    [['diff', 'pci@7.99', 'pci'], "bus 'pci' has no revision for Linux 7.99; what was read ends with 7.3"],
    [['diff', 'pci', 'amba', '--machine', 'none.txt'], 'none.txt: cannot be read: there is no such file'],
    [['diff', 'v8', '6.1', ...quick, '--certificate', 'x.json'], 'x.json: not written'],
    [['matrix', 'v9'], "no strategy or profile 'v9'; did you mean 'v"],
    [['matrix', '6.1', 'v8', '6.1'], "two kernels are called '6.1'; give one of each name"],
    [['matrix', 'linux@6.1', '--bus', './examples/4-cdx'], '--bus: linux@6.1 has no cdx yet; give a newer kernel'],
    [['matrix', 'linux@5.10', '--bus', broken], "bus 'mine', dma_configure threw 'as it was'"],
    [['verify-certificate', 'package.json'], "package.json: is no certificate: its format is 'undefined'"],
  ])('%j: one clear message, exit code 2', async (args, message) => {
    const { code, err } = await busward(...args);
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });
  it('tells what it found, too, where there is no certificate for it', async () => {
    const { code, out } = await busward('diff', 'v8', '6.1', ...quick, '--certificate', 'x.json');
    expect([code, out]).toEqual([2, expect.stringContaining('v8 is weaker than 6.1')]);
  });
  it('compares two kernels on a bus that is loaded', async () => {
    const { code, out } = await busward('diff', 'linux@6.12', 'linux@7.3', ...quick, '--bus', './examples/4-cdx');
    expect([code, out]).toEqual([0, expect.stringMatching(/^linux@6\.12 and linux@7\.3: /)]);
  });
  it('tells two files apart whose plugins have one name', async () => {
    const [before, after] = [plugin('before', ''), plugin('after', '*dma_unconfigure() {}')];
    const { out } = await busward('diff', before, after, ...quick, '--kernel', '6.1');
    expect(out.replaceAll(/\s+/g, ' ')).toContain(`${after} is weaker than ${before}`);
    const strategy = file(
      'lax.mjs',
      `import { defineStrategy, linux612 } from '@busward/core';
       const ownership = (section, bus) => {
         const own = linux612.ownership(section, bus);
         return { ...own, use: (dev) => section(dev, 'iommu_device_use_default_domain', ['OK'], (group) => {
           if (group) group.ownerCount += 1;
           return 'OK';
         }) };
       };
       export const lax = defineStrategy({ ...linux612, ownership });`,
    );
    const kernels = await busward('diff', strategy, '6.12', '--iommu', 'present', '--max-groups', '1');
    expect(kernels.out.replaceAll(/\s+/g, ' ')).toContain(`${strategy} is weaker than 6.12`);
    const { code, err } = await busward('compare', '--strategy', `${strategy},6.12`);
    expect([code, err]).toEqual([2, expect.stringContaining("two strategies are called '6.12'")]);
  });
  it('loads a bus from a path, and tells one that never gives back from platform', async () => {
    const forgetful = plugin('forgetful', '*dma_unconfigure() {}');
    const { out } = await busward('diff', 'platform', forgetful, ...quick, '--kernel', '6.1');
    expect(out).toContain(`${forgetful} is weaker than platform`);
  });
});

it('busward matrix tells what 6.1 breaks while an IOMMU registers', async () => {
  const { out } = await busward('matrix', 'linux@6.1', '--bus', 'pci', '--as', 'json');
  expect(JSON.parse(out)).toMatchObject({ kernels: [{ breaks: { pci: ['P6', 'P9', 'P17'] } }] });
});

it('busward matrix tells which buses behave alike', async () => {
  const { code, out } = await busward('matrix', '6.1', '--bus', 'platform,amba');
  expect([code, out]).toEqual([0, expect.stringContaining('6.1: amba platform')]);
});
