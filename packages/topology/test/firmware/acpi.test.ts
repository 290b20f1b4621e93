import type { Bus } from '@busward/core';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { groupsOf, predict, readFirmware, readSources, type Prediction } from '@busward/topology';
import { describe, expect, it } from '@jest/globals';
import { component, makeIort, makeIvrs, hid, ivhd, range, smmuV2 } from './make-table.ts';
import { dmar, iort, ivrs } from './sample-tables.ts';

const buses: readonly Bus[] = [platform, pci];
const reading = (bytes: Uint8Array) => {
  const firmware = readFirmware('table', bytes);
  if (firmware.kind !== 'ACPI table') throw new Error('no table');
  return firmware;
};
const predicted = (bytes: Uint8Array): Prediction => predict(reading(bytes), buses);
const members = (prediction: Prediction): readonly (readonly string[])[] =>
  [...groupsOf(prediction).values()].map((all) => all.map(({ device }) => device.name));

describe('an IORT', () => {
  it('tells of SMMUs, of the streams of components, and of what a root complex maps', () => {
    const { facts, table } = reading(iort);
    expect(table.damage).toEqual([]);
    expect(facts.iommus.map(({ name }) => name)).toEqual(['SMMU at 0x15000000', 'SMMUv3 at 0x9050000']);
    expect(facts.devices.map(({ name, streams }) => [name, streams])).toEqual([
      ['\\_SB.GPU0', ['SMMU at 0x15000000@0x400']],
      ['\\_SB.VID0', ['SMMU at 0x15000000@0x400', 'SMMU at 0x15000000@0x401']],
      ['\\_SB.DMA0', ['SMMUv3 at 0x9050000@0x7']],
      ['\\_SB.DMA1', ['SMMUv3 at 0x9050000@0x7']],
    ]);
    expect(facts.behind.map(({ name, maps }) => [name, maps])).toEqual([
      ['\\_SB.MCE0', ['0x0..0xff -> SMMU at 0x15000000@0x4000']],
      ['PCI segment 0', ['0x0..0xffff -> SMMUv3 at 0x9050000@0x0']],
      ['PCI segment 1', ['0x0..0xff -> SMMU at 0x15000000@0x400']],
    ]);
  });

  it('SMMUv2: devices with a stream in common share a group, and one with functions of a segment; SMMUv3: one is refused', () => {
    const prediction = predicted(iort);
    expect(members(prediction)).toEqual([['\\_SB.GPU0', '\\_SB.VID0'], ['\\_SB.DMA0'], ['\\_SB.DMA1']]);
    expect(prediction.behind.map((one) => one.with)).toEqual([[], [], ['\\_SB.GPU0', '\\_SB.VID0']]);
    expect(prediction.provided.map(({ says }) => says)).toContainEqual(
      expect.stringMatching(/SMMUv3 gives it to the one that joins first/),
    );
  });

  it('a component without a single mapping gets no stream from Linux', () => {
    expect(predicted(iort).without.map(({ about }) => about)).toEqual([['\\_SB.MCE0']]);
  });

  it('a reserved memory range makes the device with its stream direct; and functions, which another source names', () => {
    expect(
      predicted(iort)
        .devices.filter(({ direct }) => direct)
        .map(({ device }) => device.name),
    ).toEqual(['\\_SB.VID0']);
    const listing = {
      file: 'lspci',
      text: '0001:00:00.1 VGA compatible controller [0300]: X [10de:1234]\n0001:00:00.2 Audio device [0403]: Y [10de:1235]\n',
    };
    const { devices } = readSources([{ file: 'IORT', firmware: iort }, listing], buses);
    expect(devices.filter(({ direct }) => direct?.is).map(({ name }) => name)).toEqual(['0001:00:00.1', '\\_SB.VID0']);
  });

  it('a mapping to what is no SMMU (an ITS) is none, and one to itself ends', () => {
    const { facts } = reading(makeIort([smmuV2(1), component('\\A', [{ output: 1, to: 1, single: true }])]));
    expect(facts.devices).toEqual([]);
  });
});

describe('a DMAR', () => {
  it('tells which unit serves which function and namespace device', () => {
    const { facts, table } = reading(dmar);
    expect(table.damage).toEqual([]);
    expect(facts.behind.map(({ name, iommu }) => [name, iommu])).toEqual([
      ['0000:00:02.0', 'DRHD at 0xfed90000'],
      ['all other functions of PCI segment 0', 'DRHD at 0xfed91000'],
    ]);
    expect(facts.devices.map(({ name, streams }) => [name, streams])).toEqual([
      ['\\_SB.PCI0.I2C0', ['DRHD at 0xfed91000@0000:00:15.1']],
      ['\\_SB.PCI0.I2C1', ['DRHD at 0xfed91000@0000:00:15.2']],
    ]);
  });

  it('RMRR: whether a 1:1 region stays depends on the class; a function behind a bridge cannot be named', () => {
    const { facts } = reading(dmar);
    expect(facts.regions.map(({ first, last, of }) => [first, last, of])).toEqual([
      [0xbdd6a000n, 0xbdd8afffn, ['0000:00:14.0']],
      [0xbf800000n, 0xcf9fffffn, ['0000:00:02.0', '0000:00:1c.4 / 00.0']],
    ]);
    const classes = (usb: string): Uint8Array | string =>
      `00:14.0 X [${usb}]: X [8086:1234]\n00:02.0 VGA [0300]: Y [8086:1235]\n`;
    const direct = (usb: string): unknown =>
      readSources(
        [
          { file: 'DMAR', firmware: dmar },
          { file: 'lspci', text: String(classes(usb)) },
        ],
        buses,
      )
        .devices.filter((one) => one.direct)
        .map((one) => [one.name, one.direct?.is]);
    expect(direct('0c03')).toEqual([
      ['0000:00:14.0', false],
      ['0000:00:02.0', false],
    ]);
    expect(direct('0104')).toEqual([
      ['0000:00:14.0', true],
      ['0000:00:02.0', false],
    ]);
  });
});

describe('an IVRS', () => {
  it('tells of functions, aliases and namespace devices, as its newest blocks have them', () => {
    const { facts, table } = reading(ivrs);
    expect(table.damage).toEqual([]);
    expect(facts.iommus).toHaveLength(1);
    expect(facts.behind.map(({ name, maps }) => [name, maps])).toEqual([
      ['0000:00:00.3..ff:1f.6', []],
      ['0000:01:00.0', ['requests as 0000:00:13.0']],
    ]);
  });

  it('namespace devices with one requester id share a group', () => {
    expect(members(predicted(ivrs))).toEqual([['AMDI0020:0', 'AMDI0020:1'], ['AMDI0010:3']]);
  });

  it('IVMD: functions in the range are direct, exclusion ranges included; a block without either is nothing', () => {
    const { facts } = reading(ivrs);
    expect(facts.regions.map(({ of }) => of)).toEqual([['0000:00:13.0'], ['0000:02:00.0..02:1f.7']]);
    const text = '00:13.0 X [0c03]: X [1022:1]\n02:01.0 Y [0200]: Y [1022:2]\n03:00.0 Z [0108]: Z [1022:3]\n';
    const { devices } = readSources(
      [
        { file: 'IVRS', firmware: ivrs },
        { file: 'lspci', text },
      ],
      buses,
    );
    expect(devices.filter(({ direct }) => direct?.is).map(({ name }) => name)).toEqual([
      '0000:00:13.0',
      '0000:02:01.0',
    ]);
  });

  it('ranges that do not begin, or do not end, are damage with a place', () => {
    const [from, to] = [range(8, 0x10).slice(0, 4), range(8, 0x10).slice(4)];
    const damage = (...entries: (readonly number[])[]): unknown =>
      reading(makeIvrs([ivhd(0x11, 0x1000, entries)])).table.damage.map(({ at }) => at);
    expect(damage(to)).toEqual(['offset 0x58: a range of devices ends here and none was begun']);
    expect(damage(from, hid(1, '', 0))).toEqual([
      'offset 0x5c: a device entry has an empty hardware id',
      'offset 0x58: a range of devices is begun here and does not end',
    ]);
  });
});

describe('a table that is wrong', () => {
  it.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    ['a checksum', (bytes) => bytes.with(9, bytes[9]! ^ 1), /^offset 0x9: the checksum is wrong/],
    ['cut', (bytes) => bytes.slice(0, 70), /^offset 0x4: says it is \d+ bytes long; the file has 70/],
    [
      'a node without a length',
      (bytes) => bytes.with(49, 0),
      /^offset 0x30: a node says it is 0 bytes long; expected 16 to/,
    ],
    [
      'more mappings than there is room for',
      (bytes) => bytes.with(48 + 76 + 68 + 8, 200),
      /says there are 200 entries; there is room for/,
    ],
  ])('%s: it is read in part, and said', (_, change, says) => {
    const { table } = reading(change(iort));
    expect(table.damage.map(({ at }) => at)).toContainEqual(expect.stringMatching(says));
  });

  it('alone it tells of no device, and the message says what to add', () => {
    expect(() => readSources([{ file: 'DMAR', firmware: makeIort([smmuV2(1)]) }], buses)).toThrow(
      /^DMAR: nothing tells of a device/,
    );
  });
});
