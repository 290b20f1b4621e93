import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { amba } from '@busward/amba';
import type { Bus } from '@busward/core';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { groupsOf, predict, readFirmware, readSources, score, type Prediction, type Score } from '@busward/topology';
import { describe, expect, it } from '@jest/globals';
import { makeBlob, type MadeNode } from './make-blob.ts';

const buses: readonly Bus[] = [amba, platform, fslMc, pci, host1x];
const blobOf = (name: string): Uint8Array => {
  const bytes = readFileSync(new URL(`blobs/${name}`, import.meta.url));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
};
const top = new URL('../../../../', import.meta.url);

/** Scores the prediction of a blob against the log of the same board, or of another file. */
function scored(blob: string, log: string): Score {
  const { devices } = readSources([{ file: log, text: readFileSync(new URL(log, top), 'utf8') }], buses);
  const logged = devices.flatMap(({ name, group }) =>
    typeof group?.is === 'string' ? [{ name, group: group.is }] : [],
  );
  const prediction = predict(
    readFirmware(blob, blobOf(blob)),
    buses,
    logged.map(({ name }) => name),
  );
  return score(prediction, logged);
}

/** The groups of a log, by a plain count of its lines. */
function groupsIn(log: string): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [, name, group] of readFileSync(new URL(log, top), 'utf8').matchAll(
    /(\S+): Adding to iommu group (\d+)$/gm,
  ))
    groups.set(group!, [...(groups.get(group!) ?? []), name!]);
  return groups;
}

describe('the blob of a board predicts the groups of its log', () => {
  it.each([
    ['tegra186-p2771-0000.dtb.gz', 'examples/machines/tegra-tegra186-p2771-c.txt', 9],
    ['sdm845-db845c.dtb.gz', 'packages/topology/listings/iommu-arm64-db845c.txt', 10],
    ['r8a774e1-hihope-rzg2h-ex.dtb.gz', 'packages/topology/listings/iommu-arm64-renesas-rzg2h-a.txt', 2],
    ['tegra210-smaug.dtb.gz', 'packages/topology/listings/tegra-tegra210-media-engines-a.txt', 5],
  ])('%s', (blob, log, groups) => {
    const { verdict, groups: compared, unknown, cannotKnow } = scored(blob, log);
    expect(groupsIn(log).size).toBe(groups);
    expect(Object.fromEntries(compared.map(({ group, members }) => [group, members]))).toEqual(
      Object.fromEntries(groupsIn(log)),
    );
    expect([verdict, compared.flatMap(({ wrong }) => wrong), unknown, cannotKnow]).toEqual(['agrees', [], [], []]);
  });

  it('P2771: a PCIe controller shares a group with the functions behind it, and three heads of the display share one', () => {
    const members = groupsIn('examples/machines/tegra-tegra186-p2771-c.txt');
    expect(members.get('4')).toEqual(['10003000.pcie', '0000:00:01.0', '0000:01:00.0']);
    expect(members.get('8')).toEqual(['15200000.display', '15210000.display', '15220000.display']);
  });

  it('LX2160A: firmware fills in its maps, so that nobody can know', () => {
    const { verdict, groups, cannotKnow } = scored(
      'fsl-lx2160a-clearfog-cx.dtb.gz',
      'examples/machines/iommu-arm64-lx2160a-clearfog-fsl-mc.txt',
    );
    expect([verdict, groups, cannotKnow.length]).toEqual(['cannot know', [], 163]);
    expect(cannotKnow[0]!.says).toMatch(/iommu-map of 80c000000\.fsl-mc maps nothing: a placeholder/);
  });

  it('another board is told from the board of the log', () => {
    const log = 'packages/topology/listings/iommu-arm64-db845c.txt';
    const { verdict, unknown } = scored('tegra186-p2771-0000.dtb.gz', log);
    expect([verdict, unknown.length]).toEqual(['cannot know', [...groupsIn(log).values()].flat().length]);
  });

  it('a log that is not as predicted is said to disagree, with who is where', () => {
    const prediction = predict(readFirmware('f', blobOf('tegra186-p2771-0000.dtb.gz')), buses);
    const { verdict, groups } = score(prediction, [
      { name: '15200000.display', group: '1' },
      { name: '15210000.display', group: '2' },
      { name: '3510000.hda', group: '2' },
    ]);
    expect(verdict).toBe('disagrees');
    expect(groups.map(({ wrong }) => wrong)).toEqual([
      ['predicted to be with them: 15210000.display, which is in 2'],
      ['predicted apart: 15210000.display | 3510000.hda', 'predicted to be with them: 15200000.display, which is in 1'],
    ]);
  });
});

const smmu = (more: MadeNode['props'] = {}, name = 'iommu@1000'): MadeNode => ({
  name,
  props: { compatible: 'arm,mmu-500', reg: [0x1000, 0x100], phandle: [1], '#iommu-cells': [1], ...more },
});
const cells = { '#address-cells': [1], '#size-cells': [1] };
const dev = (address: number, props: MadeNode['props'], name = 'dev'): MadeNode => ({
  name: `${name}@${address.toString(16)}`,
  props: { reg: [address, 0x10], ...props },
});
const predicted = (nodes: readonly MadeNode[], found: readonly string[] = []): Prediction =>
  predict(readFirmware('made', makeBlob({ props: cells, nodes })), buses, found);
const members = (prediction: Prediction): readonly string[] =>
  [...groupsOf(prediction).values()].map((all) => all.map(({ device }) => device.name).join(' '));

describe('what an IOMMU makes of stream ids', () => {
  it('SMMUv2: a mask covers, whichever comes first in the tree, and the order of joining is said to matter', () => {
    const prediction = predicted([
      smmu({ '#iommu-cells': [2] }),
      dev(0x10, { iommus: [1, 0x705, 0] }),
      dev(0x20, { iommus: [1, 0x704, 0x3] }),
      dev(0x30, { iommus: [1, 0x708, 0] }),
    ]);
    expect(members(prediction)).toEqual(['10.dev 20.dev', '30.dev']);
    expect(prediction.provided.map(({ about, says }) => [about, says.split(':')[0]])).toEqual([
      [['20.dev', '10.dev'], '1000.iommu@0x704/0x3 covers 1000.iommu@0x705'],
    ]);
  });

  it('SMMUv2: masks that overlap and cover neither are refused to the later one', () => {
    const { provided } = predicted([
      smmu({ '#iommu-cells': [2] }),
      dev(0x10, { iommus: [1, 0x10, 0x3] }),
      dev(0x20, { iommus: [1, 0x12, 0x5] }),
    ]);
    expect(provided.map(({ says }) => says)).toEqual([expect.stringMatching(/overlap, and neither covers the other/)]);
  });

  it("SMMUv2: stream-match-mask is everybody's mask", () => {
    expect(
      members(
        predicted([
          smmu({ 'stream-match-mask': [0x7f80] }),
          dev(0x10, { iommus: [1, 9] }),
          dev(0x20, { iommus: [1, 0x89] }),
        ]),
      ),
    ).toEqual(['10.dev 20.dev']);
  });

  it('SMMUv2: a device with streams of two others holds them together, if it is not refused', () => {
    const prediction = predicted([
      smmu(),
      dev(0x10, { iommus: [1, 1] }),
      dev(0x20, { iommus: [1, 2] }),
      dev(0x30, { iommus: [1, 1, 1, 2] }),
    ]);
    expect(members(prediction)).toEqual(['10.dev 20.dev 30.dev']);
    expect(prediction.provided[0]!.says).toMatch(/no stream is common to all of them/);
  });

  it('SMMUv3: the same stream is given to one device alone', () => {
    const prediction = predicted([
      smmu({ compatible: 'arm,smmu-v3' }),
      dev(0x10, { iommus: [1, 7] }),
      dev(0x20, { iommus: [1, 7] }),
    ]);
    expect(members(prediction)).toEqual(['10.dev', '20.dev']);
    expect(prediction.provided).toMatchObject([{ about: ['10.dev', '20.dev'], says: expect.stringMatching(/SMMUv3/) }]);
  });

  it('others have one group for each instance, across buses', () => {
    const prediction = predicted([
      smmu({ compatible: 'rockchip,iommu', '#iommu-cells': [0] }),
      dev(0x10, { iommus: [1] }),
      dev(0x20, { iommus: [1], compatible: 'arm,primecell' }),
    ]);
    expect(members(prediction)).toEqual(['10.dev 20.dev']);
    expect(prediction.devices.map(({ device }) => device.bus)).toEqual(['platform', 'amba']);
  });

  it('an IOMMU that no driver is known for leaves its devices unknown', () => {
    const { devices, cannotKnow } = predicted([smmu({ compatible: 'acme,iommu' }), dev(0x10, { iommus: [1, 7] })]);
    expect([devices, cannotKnow.map(({ about }) => about)]).toEqual([[], [['10.dev']]]);
  });

  it.each<[string, readonly MadeNode[], readonly unknown[]]>([
    ['disabled itself', [smmu(), dev(0x10, { iommus: [1, 7], status: 'disabled' })], []],
    [
      'below a disabled bus',
      [
        smmu(),
        { name: 'bus', props: { status: 'fail', ...cells, ranges: [] }, nodes: [dev(0x10, { iommus: [1, 7] })] },
      ],
      [],
    ],
    [
      'behind a disabled IOMMU',
      [smmu({ status: 'disabled' }), dev(0x10, { iommus: [1, 7] })],
      ['its IOMMU, 1000.iommu, is disabled'],
    ],
    [
      'with a phandle to nowhere',
      [smmu(), dev(0x10, { iommus: [99, 7] })],
      ['its iommus names phandle 99, which no node has'],
    ],
    ['with nothing in it', [smmu(), dev(0x10, { iommus: [] })], ['its iommus is empty']],
  ])('a device %s gets no group', (_, nodes, says) => {
    const { devices, without } = predicted(nodes);
    expect(devices).toEqual([]);
    expect(without.map((one) => one.says)).toEqual(says);
  });
});

describe('what a controller maps', () => {
  const pcie = (props: MadeNode['props'], address = 0x4000): MadeNode =>
    dev(address, { device_type: 'pci', ...props }, 'pcie');
  const names = ['0000:00:00.0', '0000:01:00.0'];

  it('entries have one cell for their output where the IOMMU has two, and lengths of 1 (until 7.2)', () => {
    const prediction = predicted(
      [smmu({ '#iommu-cells': [2] }), pcie({ 'iommu-map': [0, 1, 0x10, 1, 0x100, 1, 0x11, 1] })],
      names,
    );
    expect(prediction.behind[0]!.maps).toEqual(['0x0 -> 1000.iommu@0x10', '0x100 -> 1000.iommu@0x11']);
    expect(prediction.devices.map(({ streams }) => streams)).toEqual([['1000.iommu@0x10'], ['1000.iommu@0x11']]);
  });

  it('entries have as many cells as the IOMMU (from 7.2)', () => {
    const map = [0, 1, 0x10, 0xf, 1, 0x100, 1, 0x20, 0, 1];
    expect(predicted([smmu({ '#iommu-cells': [2] }), pcie({ 'iommu-map': map })]).behind[0]!.maps).toEqual([
      '0x0 -> 1000.iommu@0x10/0xf',
      '0x100 -> 1000.iommu@0x20',
    ]);
  });

  it('a mask of zero gives all functions one stream, and its controller that has it, too, one group with them', () => {
    const prediction = predicted(
      [smmu(), pcie({ iommus: [1, 0x11], 'iommu-map': [0, 1, 0x11, 0x1000], 'iommu-map-mask': [0] })],
      names,
    );
    expect(members(prediction)).toEqual(['4000.pcie 0000:00:00.0 0000:01:00.0']);
    expect(prediction.behind).toMatchObject([{ allIn: '1000.iommu@0x11', with: ['4000.pcie'] }]);
  });

  it("a controller's own stream may cover some of its functions' (17 Qualcomm boards of Linux 6.1)", () => {
    const { behind } = predicted([
      smmu({ '#iommu-cells': [2] }),
      pcie({ iommus: [1, 0x1c10, 0xf], 'iommu-map': [0, 1, 0x1c10, 1] }),
    ]);
    expect(behind[0]!.with).toEqual(['4000.pcie']);
  });

  it('functions of two controllers are told apart by segment, or not at all', () => {
    const two = (segments: boolean): readonly MadeNode[] => [
      smmu(),
      pcie({ 'iommu-map': [0, 1, 0x100, 0x100], ...(segments && { 'linux,pci-domain': [0] }) }),
      pcie({ 'iommu-map': [0, 1, 0x200, 0x100], ...(segments && { 'linux,pci-domain': [1] }) }, 0x5000),
    ];
    const seen = predicted(two(true), ['0001:00:01.0']);
    expect(seen.devices.map(({ streams }) => streams)).toEqual([['1000.iommu@0x208']]);
    const unseen = predicted(two(false), ['0001:00:01.0']);
    expect([unseen.devices, unseen.cannotKnow[0]!.about]).toEqual([[], ['0001:00:01.0']]);
  });

  it('a function that the map leaves out, or whose controller has none, gets no group', () => {
    const left = predicted([smmu(), pcie({ 'iommu-map': [0, 1, 0x100, 8] })], ['0000:02:00.0']);
    expect(left.without.map(({ says }) => says)).toEqual([expect.stringMatching(/has nothing for requester id 0x200/)]);
    const none = predicted([pcie({})], ['0000:02:00.0']);
    expect(none.without.map(({ says }) => says)).toEqual(['its controller, 4000.pcie, has no iommu-map']);
  });

  it('a fsl-mc with a real map has its objects in the group of their container, if there are dma-ranges', () => {
    const complex = (props: MadeNode['props']): Prediction =>
      predicted(
        [smmu(), dev(0x8000, { compatible: 'fsl,qoriq-mc', 'iommu-map': [0, 1, 0x4000, 0x100], ...props }, 'fsl-mc')],
        ['dprc.1', 'dpni.3'],
      );
    expect(members(complex({ 'dma-ranges': [] }))).toEqual(['dprc.1 dpni.3']);
    expect(members(complex({}))).toEqual([]);
  });

  it('a map that cannot be read leaves all behind it unknown', () => {
    const complex = dev(0x8000, { compatible: 'fsl,qoriq-mc', 'iommu-map': [0, 99, 0x4000, 0x100] }, 'fsl-mc');
    const { cannotKnow, devices } = predicted([smmu(), complex, pcie({ 'iommu-map': [0, 1] })], ['dpni.3', names[0]!]);
    expect(devices).toEqual([]);
    expect(cannotKnow.map(({ about, says }) => [about, says])).toEqual([
      [['dpni.3'], 'the iommu-map of 8000.fsl-mc names phandle 99, which no node has'],
      [[names[0]], 'the iommu-map of 4000.pcie ends within an entry'],
      [['fsl-mc devices behind 8000.fsl-mc'], 'the iommu-map of 8000.fsl-mc names phandle 99, which no node has'],
      [['PCI functions behind 4000.pcie'], 'the iommu-map of 4000.pcie ends within an entry'],
    ]);
  });

  it('msi-map says where interrupts go', () => {
    const its = dev(0x9000, { phandle: [2], '#msi-cells': [1] }, 'its');
    expect(
      predicted([smmu(), its, pcie({ 'iommu-map': [0, 1, 0, 0x100], 'msi-map': [0, 2, 0, 0x100] })]).behind[0]!.msi,
    ).toEqual(['9000.its']);
  });
});

describe('what else a blob tells', () => {
  it("devices are called as Linux calls them: by the address as the CPU sees it, or by their parents' names", () => {
    const soc: MadeNode = {
      name: 'soc@0',
      props: { ...cells, ranges: [0, 0x80000000, 0x10000000] },
      nodes: [
        dev(0x30000, { iommus: [1, 1] }, 'dma'),
        dev(0x40000, { mask: [4], iommus: [1, 2] }, 'masked'),
        { name: 'remote', nodes: [{ name: 'cb@3', props: { reg: [3], iommus: [1, 3] } }] },
      ],
    };
    expect(predicted([smmu(), soc]).devices.map(({ device }) => device.name)).toEqual([
      '80030000.dma',
      '80040000.2.masked',
      'soc@0:remote:cb@3',
    ]);
  });

  it('a region that is mapped where it is must stay: its device is direct; elsewhere it is only reserved', () => {
    const regions = (address: number): MadeNode => ({
      name: 'reserved-memory',
      props: { ...cells, ranges: [] },
      nodes: [
        {
          name: 'framebuffer@80000000',
          props: { reg: [0x80000000, 0x1000], phandle: [5], 'iommu-addresses': [6, address, 0x1000] },
        },
      ],
    });
    const display = dev(0x10, { iommus: [1, 1], phandle: [6], 'memory-region': [5] }, 'display');
    const direct = (address: number): unknown =>
      predicted([smmu(), regions(address), display]).devices.map((one) => [one.device.direct, one.direct?.at]);
    expect(direct(0x80000000)).toEqual([[true, '/reserved-memory/framebuffer@80000000, iommu-addresses']]);
    expect(direct(0x90000000)).toEqual([[false, undefined]]);
  });

  it('an overlay is no machine, and says so', () => {
    const { cannotKnow, devices } = predict(
      readFirmware('fan.dtbo', blobOf('r8a779g3-sparrow-hawk-fan-pwm.dtbo')),
      buses,
    );
    expect([devices, cannotKnow.map(({ says }) => says)]).toEqual([[], [expect.stringMatching(/^this is an overlay/)]]);
  });

  it('characters that no name has do not reach a terminal', () => {
    const { devices } = predicted([smmu(), dev(0x10, { iommus: [1, 1] }, 'a\u001b[31m')]);
    expect(devices.map(({ device }) => device.name)).toEqual(['10.a?[31m']);
  });
});

describe('a blob among the sources of a machine', () => {
  const blob = { file: 'p2771.dtb', firmware: blobOf('tegra186-p2771-0000.dtb.gz') };
  const log = {
    file: 'dmesg',
    text: readFileSync(new URL('examples/machines/tegra-tegra186-p2771-c.txt', top), 'utf8'),
  };

  it('alone: groups are the predicted ones, and that is said', () => {
    const { devices, says, model } = readSources([blob], buses);
    expect(model?.is).toBe('NVIDIA Jetson TX2 Developer Kit');
    const groupOf = (name: string) => devices.find((device) => device.name === name)?.group;
    expect(groupOf('15210000.display')).toEqual({
      is: groupOf('15200000.display')?.is,
      from: { file: 'p2771.dtb', at: '/host1x@13e00000/display-hub@15200000/display@15210000, iommus' },
    });
    // dtc writes 21 nodes with `iommus`, one of them disabled.
    expect(says[0]).toMatch(/^no source tells of IOMMU groups: those of 20 devices are predicted from p2771\.dtb/);
  });

  it('beside a log: groups are those of the log, and it is said how well they were predicted', () => {
    const { devices, says } = readSources([blob, log], buses);
    expect(devices.find(({ name }) => name === '0000:01:00.0')?.group?.is).toBe('4');
    expect(says.filter((one) => one.includes('predicts'))).toEqual(['p2771.dtb predicts 9 of 9 groups as they are']);
  });
});
