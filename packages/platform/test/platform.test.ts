import { conformance } from '@busward/conformance';
import { device, groupDevices } from '@busward/core';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';

conformance(platform, { describe, it, expect });

describe('platform', () => {
  it('is described by its own node, else by its ACPI companion, else by nobody', () => {
    expect(platform.firmware(device(platform, 'uart'))).toEqual({ node: '/uart' });
    expect(platform.firmware(device(platform, 'uart', { facts: { node: '', acpi: 'ARMH0011:00' } }))).toEqual({
      node: 'ARMH0011:00',
    });
    expect(platform.firmware(device(platform, 'uart', { facts: { node: '' } }))).toBeUndefined();
  });

  it('groups by stream id, or all of one IOMMU', () => {
    const streams = ['smmu@0x9'];
    const grouped = groupDevices(
      [
        device(platform, 'dc0', { facts: { streams } }),
        device(platform, 'dc1', { facts: { streams } }),
        device(platform, 'uart'),
        device(platform, 'vop', { facts: { singleGroup: 'rockchip' } }),
        device(platform, 'vpu', { facts: { singleGroup: 'rockchip' } }),
      ],
      [platform],
    );
    expect(grouped.map(({ group }) => group)).toEqual(['group 0', 'group 0', 'group 1', 'group 2', 'group 2']);
  });

  it('recognises everything, and is sure of nothing', () =>
    expect(platform.recognise('3400000.sdhci', 'sdhci-tegra')).toEqual({
      facts: { node: '/3400000.sdhci' },
      sure: false,
    }));

  it('was right in 6.15 already: its fix went into 6.15-rc6', () => {
    expect(platform.at('6.14').revision?.commit).toBe('512881eacfa7');
    expect(platform.at('6.15').revision?.commit).toBe('95deee37a123');
  });
});
