import {
  alias,
  andd,
  component,
  drhd,
  hid,
  ivhd,
  ivmd,
  makeDmar,
  makeIort,
  makeIvrs,
  range,
  reserved,
  rmrr,
  rootComplex,
  scope,
  select,
  smmuV2,
  smmuV3,
} from './make-table.ts';

/** Two components that share a stream at an SMMUv2, two at an SMMUv3, a root complex at each, and a 1:1 region. */
export const iort = makeIort([
  smmuV2(0x15000000),
  smmuV3(0x9050000),
  component('\\_SB.GPU0', [{ output: 0x400, to: 0, single: true }]),
  component('\\_SB.VID0', [
    { output: 0x400, to: 0, single: true },
    { output: 0x401, to: 0, single: true },
  ]),
  component('\\_SB.DMA0', [{ output: 7, to: 1, single: true }]),
  component('\\_SB.DMA1', [{ output: 7, to: 1, single: true }]),
  component('\\_SB.MCE0', [{ input: 0, count: 0xff, output: 0x4000, to: 0 }]),
  rootComplex(0, [{ count: 0xffff, output: 0, to: 1 }]),
  rootComplex(1, [{ count: 0xff, output: 0x400, to: 0 }]),
  reserved(0x80000000, 0x10000, [{ output: 0x401, to: 0, single: true }]),
]);

export const dmar = makeDmar([
  drhd(0xfed90000, 0, [scope(1, 0, 0, 2, 0)]),
  drhd(0xfed91000, 1, [scope(3, 2, 0xf0, 0x1f, 0), scope(5, 1, 0, 0x15, 1), scope(5, 2, 0, 0x15, 2)]),
  rmrr(0xbdd6a000, 0xbdd8afff, [scope(1, 0, 0, 0x14, 0)]),
  rmrr(0xbf800000, 0xcf9fffff, [scope(1, 0, 0, 2, 0), scope(1, 0, 0, 0x1c, 4, 0, 0)]),
  andd(1, '\\_SB.PCI0.I2C0'),
  andd(2, '\\_SB.PCI0.I2C1'),
]);

export const ivrs = makeIvrs([
  ivhd(0x10, 0xfeb80000, [select(0x8)]),
  ivhd(0x40, 0xfeb80000, [
    range(0x3, 0xfffe),
    alias(0x100, 0x98),
    hid(0xa5, 'AMDI0020', 0),
    hid(0xa5, 'AMDI0020', 1),
    hid(0xa6, 'AMDI0010', 3),
  ]),
  ivmd(0x21, 1, 0x98, 0, 0x7f000000, 0x1000),
  ivmd(0x22, 8, 0x200, 0x2ff, 0x80000000, 0x2000),
  ivmd(0x20, 0, 0, 0, 0x1000, 0x1000),
]);

export const sampleTables: readonly (readonly [string, Uint8Array])[] = [
  ['an IORT', iort],
  ['a DMAR', dmar],
  ['an IVRS', ivrs],
];
