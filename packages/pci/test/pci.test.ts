import { conformance } from '@busward/conformance';
import { device, groupDevices } from '@busward/core';
import { pci, type PciFacts } from '@busward/pci';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';

/** Which of these functions share a group, by pci_device_group() (drivers/iommu/iommu.c). */
const groups = (...facts: readonly Partial<PciFacts>[]): readonly (string | undefined)[] =>
  groupDevices(
    facts.map((some, at) => device(pci, `0000:0${at + 1}:00.0`, { facts: some })),
    [pci],
  ).map(({ group }) => group);

conformance(pci, { describe, it, expect, reference: platform });

describe('pci', () => {
  it('is described by its host bridge, and known by its requester id', () => {
    expect(pci.firmware(device(pci, '0002:f9:00.1'))).toEqual({ node: 'pci0002', id: 'f9:00.1' });
  });

  it('groups: isolated functions are alone', () => expect(groups({}, {})).toEqual(['group 0', 'group 1']));
  it('groups: a bridge without ACS joins all below it', () =>
    expect(groups({ withoutAcsBelow: 'b' }, { withoutAcsBelow: 'b' }, {})).toEqual(['group 0', 'group 0', 'group 1']));
  it('groups: functions of one device without ACS', () =>
    expect(
      groups({ address: '0000:04:00.0', sharedFunctions: true }, { address: '0000:04:00.1', sharedFunctions: true }),
    ).toEqual(['group 0', 'group 0']));
  it('groups: an alias', () => expect(groups({ aliases: ['0000:02:00.0'] }, {})).toEqual(['group 0', 'group 0']));
  it('groups: what iommu-map makes one stream id', () =>
    expect(groups({ streams: ['smmu@0x11'] }, { streams: ['smmu@0x11'] })).toEqual(['group 0', 'group 0']));

  it('recognises addresses, and a bridge by its driver', () => {
    expect(pci.recognise('0000:01:00.0', 'nvme')).toMatchObject({ sure: true, bridge: false });
    expect(pci.recognise('0000:00:01.0', 'pcieport')).toMatchObject({ sure: true, bridge: true });
    expect(pci.recognise('3400000.sdhci', 'sdhci-tegra')).toBeUndefined();
  });

  it('knows that pcieport and pci-stub manage DMA, and are for nobody', () => {
    const flags = pci.managedDrivers.map(({ name, forUser }) => [name, forUser]);
    expect(flags).toEqual(
      expect.arrayContaining([
        ['pcieport', false],
        ['pci-stub', false],
        ['vfio-pci', true],
      ]),
    );
  });
  // `Kernel driver in use: mlx5_vfio_pci` (packages/topology/listings/pci-x86-connectx7-sriov-mfd.txt).
  it('knows VFIO drivers by the name that a listing has', () =>
    expect(pci.managedDrivers).toContainEqual({ name: 'mlx5_vfio_pci', managesDma: true, forUser: true }));

  it.each([
    ['5.10', '07397df29e57'],
    ['6.12', '512881eacfa7'],
    ['6.15.9', 'bcb81ac6ae3c'],
    ['6.15.10', '78447d4545b2'],
    ['6.16', 'bcb81ac6ae3c'],
    ['6.16.1', '78447d4545b2'],
    ['6.17', '78447d4545b2'],
    ['6.18', '78447d4545b2'],
    ['7.3', 'c41e2fb67e26'],
  ])('in Linux %s was that of %s', (version, commit) => expect(pci.at(version).revision?.commit).toBe(commit));

  it('has no past before its history, and no future after what was read', () => {
    expect(() => pci.at('2.6.32')).toThrow(
      "bus 'pci' has no revision for Linux 2.6.32; its history begins with 4.18 (07397df29e57)",
    );
    for (const version of ['7.4', '7.99.1', '99.0'])
      expect(() => pci.at(version)).toThrow(
        `bus 'pci' has no revision for Linux ${version}; what was read ends with 7.3`,
      );
    expect(pci.at('7.3.99').revision?.commit).toBe('c41e2fb67e26');
    expect(() => pci.at('next')).toThrow("'next' is no Linux version; write it like 6.12 or 6.1.176");
  });
});
