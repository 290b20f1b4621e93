import { describe, expect, it } from '@jest/globals';
import { busward, file } from './command-line.ts';

const rzg2h = 'packages/topology/test/firmware/blobs/r8a774e1-hihope-rzg2h-ex.dtb.gz';

/** Two devices behind one IPMMU, in two groups. */
const moved = ['ee100000.mmc 0', 'ee140000.mmc 1']
  .map((one) => one.replace(' ', ': Adding to iommu group '))
  .map((one) => `[    1.0] platform ${one}\n`)
  .join('');

describe('predict', () => {
  it('groups by the firmware; compares with the boot log of the board; and says what is no firmware', async () => {
    const log = 'packages/topology/listings/iommu-arm64-renesas-rzg2h-a.txt';
    const [alone, against, wrong, none] = await Promise.all([
      busward('predict', rzg2h),
      busward('predict', rzg2h, '--against', log, '--as', 'json'),
      busward('predict', rzg2h, '--against', file('moved.txt', moved)),
      busward('predict', log),
    ]);
    expect([alone.code, alone.err]).toEqual([0, '']);
    expect(alone.out).toContain('as predicted from');
    const { prediction, score } = JSON.parse(against.out) as {
      prediction: { devices: unknown[] };
      score: { verdict: string };
    };
    expect([against.code, prediction.devices.length > 0, score.verdict]).toEqual([0, true, 'agrees']);
    expect([wrong.code, wrong.out]).toEqual([1, expect.stringContaining('moved.txt: disagrees')]);
    expect(none).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/expected a compiled device tree/) });
  });

  it('says where there is nothing to compare with: another board, or no groups', async () => {
    const [other, none] = await Promise.all([
      busward('predict', rzg2h, '--against', 'packages/topology/listings/iommu-arm64-db845c.txt'),
      busward('predict', rzg2h, '--against', file('nnk.txt', '01:00.0 VGA [0300]: N [10de:1c03]\n')),
    ]);
    expect([other.code, other.out]).toEqual([
      0,
      expect.stringMatching(/: cannot know\n.* is it of the same machine\?\n/),
    ]);
    expect([none.code, none.err]).toEqual([2, expect.stringMatching(/nnk\.txt: no device of it .*find \/sys/)]);
  });
});
