import { conformance } from '@busward/conformance';
import { device, groupDevices } from '@busward/core';
import { host1x } from '@busward/host1x';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';

const onOneChannel = { facts: { channel: 'channel 0' } };
conformance(host1x, {
  describe,
  it,
  expect,
  reference: platform,
  devices: [device(host1x, 'gr2d', onOneChannel), device(host1x, 'vic', onOneChannel)],
});

describe('host1x', () => {
  it('is described by nobody, or by its own node', () => {
    expect(host1x.firmware(device(host1x, 'drm', { facts: { node: '' } }))).toBeUndefined();
    expect(host1x.firmware(device(host1x, 'drm', { facts: { node: '/host1x/drm' } }))).toEqual({ node: '/host1x/drm' });
  });

  it('has no group: it does no DMA itself (traced: arm-labmod, device H)', () =>
    expect(groupDevices([device(host1x, 'drm', { facts: { node: '' } })], [host1x])[0]!.group).toBeUndefined());

  it('recognises its own bus only, not that of its contexts', () => {
    expect(host1x.recognise('drm', 'host1x')?.sure).toBe(true);
    expect(host1x.recognise('host1x-ctx.0', 'host1x-context')).toBeUndefined();
    expect(host1x.recognise('13e00000.host1x', 'tegra-host1x')).toBeUndefined();
  });

  it('refines: clients of one channel see each other', () => {
    const [gr2d, vic, other] = ['c0', 'c0', 'c1'].map((channel, at) =>
      device(host1x, `client${at}`, { facts: { channel } }),
    );
    expect(host1x.refine!.of(gr2d!, [gr2d!, vic!, other!])).toEqual([vic]);
  });

  it('never checked upstream, and lost its hook in 6.9 (8ab58f6841b1)', () => {
    for (const version of ['5.10', '6.8', '6.9', '7.3']) expect(host1x.at(version).callsUse).toBe(false);
    expect(host1x.at('6.8').revision?.commit).toBe('07397df29e57');
    expect(host1x.at('6.1.192').revision?.commit).toBe('8ab58f6841b1');
    expect(host1x.callsUse).toBe(true);
  });
});
