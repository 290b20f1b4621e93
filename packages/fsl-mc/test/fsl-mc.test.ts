import { conformance } from '@busward/conformance';
import { device, groupDevices, OK } from '@busward/core';
import { fslMc, type FslMcFacts } from '@busward/fsl-mc';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';

const groups = (...facts: readonly Partial<FslMcFacts>[]): readonly (string | undefined)[] =>
  groupDevices(
    facts.map((some, at) => device(fslMc, at === 0 ? 'dprc.1' : `dpni.${at}`, { facts: some })),
    [fslMc],
  ).map(({ group }) => group);

conformance(fslMc, {
  describe,
  it,
  expect,
  reference: platform,
  devices: [device(fslMc, 'dprc.1'), device(fslMc, 'dpni.1')],
});

describe('fsl-mc', () => {
  it('is described by the parent of the root container, and known by its ICID', () =>
    expect(fslMc.firmware(device(fslMc, 'dpni.0', { facts: { icid: 23 } }))).toEqual({ node: '/fsl-mc', id: 23 }));

  it('groups a container with its objects on SMMUv2', () =>
    expect(groups({}, {}, {})).toEqual(['group 0', 'group 0', 'group 0']));
  it('leaves the objects without a group on SMMUv3, which refuses a second device with a stream id', () =>
    expect(groups({ iommu: 'arm-smmu-v3' }, { iommu: 'arm-smmu-v3' })).toEqual(['group 0', undefined]));
  it('gives a child container a group of its own', () => {
    const child = device(fslMc, 'dprc.2', { facts: { container: 'dprc.1' } });
    const devices = [device(fslMc, 'dprc.1'), child, device(fslMc, 'dpni.2', { facts: { container: 'dprc.2' } })];
    expect(groupDevices(devices, [fslMc]).map(({ group }) => group)).toEqual(['group 0', 'group 1', 'group 1']);
  });
  it('has no group without dma-ranges (traced: arm-labmod-nodmaranges)', () =>
    expect(groups({ dmaRanges: false })).toEqual([undefined]));

  it('recognises the objects of the management complex', () => {
    for (const name of ['dprc.1', 'dpni.0', 'dpmcp.35', 'dpcon.84', 'dpio.7', 'dpbp.1'])
      expect([name, fslMc.recognise(name, 'fsl_mc_allocator')?.sure]).toEqual([name, true]);
    expect(fslMc.recognise('dma.0', 'x')).toBeUndefined();
  });

  it('tells a container from its objects', () => {
    expect(fslMc.role?.(device(fslMc, 'dprc.1'))).toBe('container');
    expect(fslMc.role?.(device(fslMc, 'dpni.0'))).toBe('object');
  });

  it('refines: looks at the container of an object, at nobody for a root container, and binds users to nothing', () => {
    const [dprc, dpni] = [device(fslMc, 'dprc.1'), device(fslMc, 'dpni.0')];
    expect(fslMc.refine!.of(dpni, [dprc, dpni])).toEqual([dprc]);
    expect(fslMc.refine!.of(dprc, [dprc, dpni])).toEqual([]);
    expect(fslMc.refine!.judge(dpni, 'user', [{ device: dprc, driver: undefined, ownedByUser: true }])).toBe(OK);
    expect(fslMc.refine!.judge(dpni, 'kernel', [{ device: dprc, driver: undefined, ownedByUser: true }])).toBe('EBUSY');
  });

  it('reads dev->driver twice from 6.15 to 6.15.2', () => {
    expect(['6.15', '6.15.2', '6.15.3', '6.16'].map((version) => fslMc.at(version).revision?.commit)).toEqual([
      'bcb81ac6ae3c',
      'bcb81ac6ae3c',
      '152f33ee30ee',
      '152f33ee30ee',
    ]);
  });
});
