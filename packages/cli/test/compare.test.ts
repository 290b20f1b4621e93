import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { busward, file, plugin, strategyPlugin } from './command-line.ts';

const log = 'examples/machines/tegra-tegra186-p2771-c.txt';

describe('busward compare', () => {
  it('without a machine compares on the textbook machine', async () => {
    const { code, out } = await busward('compare', '--strategy', 'domain-compare,6.1');
    expect(code).toBe(0);
    expect(out).toMatch(/^domain-compare +mixed \d+ +mixed \d+ +P1 P2$/m);
    expect(out).toMatch(/^6\.1 +isolated +isolated$/m);
    expect(out).toContain('No device is on amba, fsl-mc or host1x.');
    expect(out).toMatch(/\n1 of 2 strategies keeps every device isolated: 6\.1; mixed: domain-compare \(table/);
  });

  it('reads the log of a real machine, whose group 4 spans platform and pci', async () => {
    const { code, out, err } = await busward('compare', log, '--strategy', 'v7,6.1');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('13 devices in 9 groups; group 4 spans platform and pci');
    expect(out).toMatch(/^v7 +mixed \d+ +mixed \d+ +P1 /m);
  });

  it('tells a witness of each outcome, and of each strategy that is named', async () => {
    const { out } = await busward('compare');
    expect(out.match(/^\S.*: (?:mixed|exposed|refused without cause) \(P/gm)).toEqual([
      'legacy: mixed (P',
      'v1, v4, v4-lost-error: exposed (P',
      'sibling-scan: refused without cause (P',
    ]);
    expect(out).toMatch(/^Others come to the same .* --strategy domain-compare,v7,v8$/m);
    const named = await busward('compare', '--strategy', 'legacy,domain-compare');
    expect(named.out).toMatch(/^legacy: mixed \(P1/m);
    expect(named.out).toMatch(/^domain-compare: mixed \(P1/m);
    expect(named.out).not.toContain('Others come to the same');
  });

  it('speaks of all 163 devices of a group, of which no picture is left out', async () => {
    const { code, out } = await busward(
      'compare',
      'examples/machines/iommu-arm64-lx2160a-clearfog-fsl-mc.txt',
      '--strategy',
      '7.3',
    );
    expect(code).toBe(0);
    expect(out).toContain('163 devices in 1 group');
    expect(out).toMatch(/^7\.3 +isolated$/m);
    expect(out).toContain('group 0: 163 like devices on fsl-mc are a crowd');
  });

  it('asks about as many users as are wanted: two see the group that a claim without a check gives away twice', async () => {
    const forgetful = file(
      'forgetful.mjs',
      `import { defineStrategy, strategies } from '@busward/core';
       const linux = strategies.find(({ name }) => name === '6.12');
       export const forgetful = defineStrategy({ ...linux, name: 'forgetful', ownership: (section, bus) => ({
         ...linux.ownership(section, bus), claim: ({ group }) => section(group, 'claim', ['OK'], () => 'OK'),
       }) });`,
    );
    const asked = (users: string) =>
      busward('compare', '--strategy', forgetful, '--principle', 'P3,P4', '--in-flight', '1', '--users', users);
    const { out } = await asked('iommufd,iommufd');
    expect(out).toMatch(/^forgetful .* mixed \d+ .* P3 P4$/m);
    expect(out).toMatch(/users u0 \(iommufd\),\s+u1 \(iommufd\)/);
    expect((await asked('iommufd')).out).toMatch(/^forgetful .* not restored \d+ .* P4$/m);
  });

  it('prints JSON', async () => {
    const { out } = await busward('compare', '--strategy', '6.1', '--bus', 'pci', '--as', 'json');
    expect(JSON.parse(out).strategies[0].verdicts).toEqual({ pci: { outcome: 'isolated' } });
  });

  it('judges one principle', async () => {
    const { out } = await busward('compare', '--strategy', 'legacy', '--principle', 'P14', '--bus', 'pci');
    expect(out).toMatch(/^legacy +crash \d+ +P14$/m);
    expect(out).toMatch(/kernel BUG in\s+vfio_iommu_group_notifier\(\)/);
    expect(out).toContain('principles judged: P14;');
  });

  it('takes a bus as Linux had it', async () => {
    const { code, out } = await busward('compare', '--bus', 'pci@5.10', '--strategy', '6.1');
    expect(code).toBe(0);
    expect(out).toMatch(/^6\.1 +mixed \d+/m);
  });

  it('takes a bus and a strategy from files', async () => {
    const { code, out } = await busward('compare', '--bus', plugin('good', ''), '--strategy', '6.1');
    expect([code, out]).toEqual([0, expect.stringMatching(/^No device is on mine\.$/m)]);
    expect(out).toMatch(/^6\.1 +isolated$/m);
    const mine = await busward(
      'compare',
      '--strategy',
      strategyPlugin('lax', `*use() { return 'OK'; }`),
      '--bus',
      'pci',
    );
    expect(mine.out).toMatch(/^mine +mixed/m);
  });

  it('heads a bus as Linux had it with its version, and says what that was', async () => {
    const { out } = await busward('compare', '--bus', 'pci@5.10', '--strategy', '6.1');
    expect(out).toMatch(/^strategy +pci@5\.10/m);
    expect(out).toContain('pci: as in Linux 5.10 (07397df29e57, firmware only)');
  });

  it('gives a plugin its own copy of the packages, so that it needs none installed', async () => {
    const bare = file(
      'bare.mjs',
      readFileSync(plugin('bare-source', ''), 'utf8').replace(/from ".*?"/, `from '@busward/core'`),
    );
    const { code, out } = await busward('compare', '--bus', bare, '--strategy', '6.1');
    expect([code, out]).toEqual([0, expect.stringMatching(/^6\.1 +isolated$/m)]);
  });

  it('says at a limit that there may be worse', async () => {
    const { out } = await busward('compare', '--strategy', 'legacy', '--bus', 'pci', '--max-states', '300');
    expect(out).toMatch(/^legacy +exposed \d+ or worse/m);
    expect(out).toContain('a search ends undecided after 300');
  });

  it('says undecided at a limit', async () => {
    const { out } = await busward('compare', '--strategy', '6.1', '--bus', 'pci', '--max-states', '20');
    expect(out).toMatch(/^6\.1 +undecided$/m);
  });
});
