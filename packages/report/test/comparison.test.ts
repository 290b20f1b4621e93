import { device, groupDevices, machine, principles, strategies, type Bus } from '@busward/core';
import { compare, type Comparison } from '@busward/explorer';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { comparisonJson, comparisonText, plainPage, table, wrap, type Page } from '@busward/report';
import { describe, expect, it } from '@jest/globals';

const buses: readonly Bus[] = [platform, pci];
const facts = { streams: ['smmu@0x11'] };
const devices = groupDevices([device(platform, 'dma', { facts }), device(pci, '0000:01:00.0', { facts })], buses);
const comparison: Comparison = compare({
  machine: machine('two buses', { devices }),
  buses,
  strategies: strategies.filter(({ name }) => ['domain-compare', 'v8', '6.1'].includes(name)),
  principles,
});
const page = (width: number): Page => ({ ...plainPage, width });

describe('the comparison as text', () => {
  const text = comparisonText(comparison, page(100));

  it('is a table of strategies by buses: outcome and steps', () => {
    expect(text).toMatch(/^strategy {8}platform +pci +breaks$/m);
    expect(text).toMatch(/^domain-compare {2}mixed \d+ +mixed \d+ +P1 P2$/m);
    expect(text).toMatch(/^6\.1 {13}isolated {3}isolated$/m);
  });

  it('says what spans buses, and the bound', () => {
    expect(text).toContain('2 devices in 1 group; group 0 spans platform and pci: dma, 0000:01:00.0');
    expect(text).toMatch(/^Bound\n {2}- 2 operations in flight/m);
  });

  it('tells the witness of each strategy that differs, with kernel functions and only what changes', () => {
    expect(text).toMatch(/^domain-compare: mixed \(P1, never a mixture\) at/m);
    expect(text).toMatch(/iommu_attach_group {2}= OK/);
    expect(text).not.toMatch(/device_lock|READ_ONCE/);
  });

  it('tells the story of a bus that stands apart, when a member is moved to it', () => {
    const old = pci.at('5.10');
    const both = [platform, old] as readonly Bus[];
    const alone = groupDevices([device(platform, 'A', { facts }), device(platform, 'B', { facts })], buses);
    const apart = compare({
      machine: machine('one bus', { devices: alone }),
      buses: both,
      strategies: strategies.slice(-1),
      principles,
    });
    expect(comparisonText(apart, page(100))).toMatch(/^7\.3, B on pci: mixed \(P1, never a mixture\)/m);
  });

  it('leaves out a bus without a device, and a second table that says what the first does', () => {
    const alone = groupDevices([device(pci, 'A', { facts }), device(pci, 'B', { facts })], buses);
    const one = compare({
      machine: machine('one bus', { devices: alone }),
      buses,
      strategies: strategies.slice(-2),
      principles,
    });
    expect(comparisonText(one, page(100))).toMatch(
      /^strategy +pci +breaks\n.*\n6\.12 +isolated\n7\.3 +isolated\n\nNo device is on platform\.\nThe same for B of group 0, if it were on platform\.\n/m,
    );
  });

  it('has one column for buses that are alike, where the first table does not say it', () => {
    const { moved, rows } = comparison;
    const others = { ...comparison, rows: rows.map((row) => ({ ...row, verdicts: rows.at(-1)!.verdicts })) };
    expect(moved!.rows[0]!.verdicts.size).toBe(2);
    expect(comparisonText(others, page(100))).toMatch(
      /if it were on another bus:\n\nstrategy +any of the 2 +breaks\n.*\ndomain-compare +mixed \d+ +P1 P2$/m,
    );
  });

  it('with differences only: leaves out who keeps every device isolated', () => {
    const only = comparisonText(comparison, page(100), { differences: true });
    expect(only).not.toMatch(/^6\.1 /m);
    expect(only).toMatch(/^v8 /m);
  });

  it.each([40, 60, 72, 80, 100, 160])('fits a terminal of %i columns', (width) => {
    for (const line of comparisonText(comparison, page(width)).split('\n'))
      expect(line.length).toBeLessThanOrEqual(width);
  });

  it('paints outcomes without moving columns', () => {
    const painted = comparisonText(comparison, { width: 100, paint: (outcome, cell) => `<${outcome}>${cell}</>` });
    expect(painted).toContain('<mixed>');
    expect(painted.replaceAll(/<[^>]*>/g, '')).toBe(text);
  });
});

describe('the comparison as JSON', () => {
  const json = JSON.parse(JSON.stringify(comparisonJson(comparison)));

  it('says the same as the text, cell by cell', () => {
    const text = comparisonText(comparison, page(100));
    for (const { strategy, verdicts } of json.strategies)
      for (const bus of json.buses) {
        const { outcome, steps } = verdicts[bus];
        const row = text.split('\n').find((line: string) => line.startsWith(`${strategy} `))!;
        expect(row).toContain(steps === undefined ? outcome : `${outcome} ${steps}`);
      }
  });

  it('carries the whole witness, locks included', () => {
    const { witness } = json.strategies[0].verdicts.pci;
    expect(witness[0]).toMatchObject({ lane: 0, starts: true, call: '__driver_probe_device' });
    expect(witness[0].changes[0].cell).toMatch(/\.device_lock$/);
  });
});

describe('layout', () => {
  it('wraps at blanks, never inside a change, and indents what follows', () => {
    expect(wrap('owner none -> u0, held 0 -> 1', 20, '- ', '  ')).toEqual(['- owner none -> u0,', '  held 0 -> 1']);
    expect(wrap('a word-that-is-longer-than-the-page', 10)).toEqual(['a', 'word-that-is-longer-than-the-page']);
  });
  it('aligns columns, or makes blocks of them', () => {
    const rows = [
      ['strategy', 'pci'],
      ['6.1', 'isolated'],
    ].map((row) => row.map((text) => ({ text })));
    expect(table(rows, page(80))).toEqual(['strategy  pci', '--------  --------', '6.1       isolated']);
    expect(table(rows, page(12))).toEqual(['strategy 6.1', '  pci  isolated']);
  });
  it('wraps the last column before it makes blocks', () => {
    const rows = [
      ['strategy', 'breaks'],
      ['v7', 'P1 P2 P4 P5 P6 P7 P10'],
    ].map((row) => row.map((text) => ({ text })));
    expect(table(rows, page(26)).slice(2)).toEqual(['v7        P1 P2 P4 P5 P6', '          P7 P10']);
    expect(table(rows, page(25))[0]).toBe('strategy v7');
  });
});
