import { conformance } from '@busward/conformance';
import { amba } from '@busward/amba';
import { device, groupDevices } from '@busward/core';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';

conformance(amba, { describe, it, expect, reference: platform });

describe('amba', () => {
  it('is described by its own node', () =>
    expect(amba.firmware(device(amba, '6048000.etr'))).toEqual({ node: '/6048000.etr' }));

  it('groups by stream id, or alone', () => {
    const streams = ['smmu@0x5e0'];
    const grouped = groupDevices(
      [
        device(amba, '6048000.etr', { facts: { streams } }),
        device(amba, '6049000.etr', { facts: { streams } }),
        device(amba, '7ff00000.dma'),
      ],
      [amba],
    );
    expect(grouped.map(({ group }) => group)).toEqual(['group 0', 'group 0', 'group 1']);
  });

  it('recognises its bus and the drivers of primecells, and leaves the rest to platform', () => {
    for (const prefix of ['amba', 'coresight-tmc-etr', 'dma-pl330', 'rtc-pl031', 'mmci-pl18x'])
      expect([prefix, amba.recognise('x', prefix)?.sure]).toEqual([prefix, true]);
    expect(amba.recognise('3400000.sdhci', 'sdhci-tegra')).toBeUndefined();
  });

  it('reads dev->driver twice from 6.15 to 7.3.4 (M20, unfixed)', () => {
    for (const version of ['6.15', '6.17', '7.3.4']) expect(amba.at(version).revision?.commit).toBe('bcb81ac6ae3c');
  });
});
