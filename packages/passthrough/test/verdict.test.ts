import { explain, inspect, judgedBy, plan, verdictText, versionOf, type Verdict } from '@busward/passthrough';
import { readSources } from '@busward/topology';
import { describe, expect, it } from '@jest/globals';
import { buses, found } from './machines.ts';

/** What is said of the groups of a machine, by group number. */
function told(
  lines: readonly string[],
  version: string,
  more: Parameters<typeof found>[1] = {},
): Readonly<Record<string, Verdict>> {
  const { groups } = inspect(found(lines, more), judgedBy(version, buses));
  return Object.fromEntries(groups.map(({ group, verdict }) => [group, verdict]));
}
const text = (verdict: Verdict | undefined): string => verdictText(verdict!);

/*
 * Expected by reading: drivers that set driver_managed_dma are a grep in the sources of 6.1, 6.12 and 7.3; who is told what
 * is drivers/vfio and drivers/iommu of 5.10, 6.1, 6.6, 6.12, 7.3. What recordings tell of it is in recordings.test.ts.
 */
describe('who is in the way of a user', () => {
  const eve = ['19 0000:80:1f.4 i801_smbus', '19 0000:80:1f.6 vfio-pci'];

  it.each([
    ['5.10', 'open', 'EINVAL'],
    ['6.1', 'claim', 'EPERM'],
    ['6.6', 'claim', 'EPERM'],
    ['6.12', 'claim', 'EPERM'],
    ['7.3', 'claim', 'EPERM'],
  ])('is a kernel driver on a sibling; %s says so at %s, %s', (version, step, result) => {
    expect(told(eve, version)['19']).toMatchObject({
      kind: 'blocked',
      by: [{ device: '0000:80:1f.4', driver: 'i801_smbus', from: { file: 'listing.txt', line: 1 } }],
      refused: { step, result },
    });
  });

  it('is each of several, and nobody else of their group', () => {
    const verdict = told(
      ['1 0000:01:00.0 pcieport', '1 0000:02:00.0 nvme', '1 0000:03:00.0 igb', '1 0000:04:00.0 -'],
      '6.12',
    )['1'];
    expect(verdict).toMatchObject({ kind: 'blocked', by: [{ device: '0000:02:00.0' }, { device: '0000:03:00.0' }] });
  });

  /* vfio_group has no file before vfio_register_group_dev(); in the model `u0: claim g` = ENOENT. */
  it.each(['5.10', '6.1', '6.12', '7.3'])(
    'without a VFIO driver the group has no file to begin with (%s)',
    (version) => {
      const refused = { step: 'open group', result: 'ENOENT' };
      expect(told(['1 0000:01:00.0 mlx5_core'], version)['1']).toEqual({
        kind: 'blocked',
        by: [expect.objectContaining({ device: '0000:01:00.0' })],
        refused,
        unknown: [],
      });
      const later = version === '5.10' ? { step: 'open', result: 'EINVAL' } : { step: 'claim', result: 'EPERM' };
      for (const sibling of ['-', 'igb'])
        expect(told(['1 0000:01:00.0 mlx5_core', `1 0000:01:00.1 ${sibling}`], version)['1']).toMatchObject({
          refused,
          later,
        });
      const facts = { '0000:00:01.0': { class: '060400' } };
      expect(told(['1 0000:00:01.0 pcieport', '1 0000:01:00.0 mlx5_core'], version, { facts })['1']).not.toHaveProperty(
        'then',
      );
    },
  );

  it('is nobody where the siblings have no driver, or pci-stub', () => {
    expect(told(['1 0000:01:00.0 vfio-pci', '1 0000:01:00.1 -', '1 0000:01:00.2 pci-stub'], '6.1')['1']).toEqual({
      kind: 'ready',
    });
  });

  it('nobody has a VFIO driver yet, where all is free', () => {
    expect(told(['1 0000:01:00.0 -'], '6.1')['1']).toEqual({ kind: 'free' });
  });
});

describe('a bridge is judged by what its driver does', () => {
  const facts = { '0000:00:01.0': { class: '060400' } };
  const under = (driver: string, version: string): string =>
    text(told([`1 0000:00:01.0 ${driver}`, '1 0000:01:00.0 vfio-pci'], version, { facts })['1']);

  it.each(['5.10', '5.19', '6.1', '6.12', '7.3'])("pcieport is in nobody's way (%s)", (version) =>
    expect(under('pcieport', version)).toBe('a user can own it now'),
  );
  it('5.10 tolerates any driver on it, later kernels do not', () => {
    expect(under('shpchp', '5.10')).toBe('a user can own it now');
    expect(under('shpchp', '5.19')).toBe('in the way: 0000:00:01.0 on shpchp');
    expect(under('shpchp', '7.3')).toBe('in the way: 0000:00:01.0 on shpchp');
  });
  it('a host bridge is no such bridge: its header is the normal one', () => {
    const host = told(['1 0000:00:00.0 skl_uncore', '1 0000:01:00.0 vfio-pci'], '5.10', {
      facts: { '0000:00:00.0': { class: '060000' } },
    });
    expect(host['1']!.kind).toBe('blocked');
  });
  it('a group of nothing else has nothing to own', () => {
    expect(told(['1 0000:00:01.0 pcieport'], '6.12', { facts })['1']).toEqual({ kind: 'bridges' });
  });
});

describe('by kernel version', () => {
  it('fsl-pci, which shares its group with what is behind it, has the flag since 6.5 (139a57a9918e; M26)', () => {
    const lines = ['0 ffe200000.pcie fsl-pci', '0 0000:01:00.0 vfio-pci'];
    for (const without of ['6.1', '6.4.16']) expect(told(lines, without)['0']!.kind).toBe('blocked');
    for (const having of ['6.5', '6.6', '6.12']) expect(told(lines, having)['0']!.kind).toBe('ready');
  });
  it('a 1:1 region is refused since 6.6, whoever is bound (a48ce36e2786)', () => {
    const facts = { '0000:0a:00.0': { direct: true } };
    expect(told(['1 0000:0a:00.0 vfio-pci'], '6.6', { facts })['1']).toMatchObject({
      kind: 'impossible',
      refused: { step: 'claim', result: 'EINVAL' },
    });
    expect(told(['1 0000:0a:00.0 igb'], '7.3', { facts })['1']!.kind).toBe('impossible');
  });
  /* device_is_rmrr_locked(); d3aedf94f480 (6.6), 35a99c54dd60 (6.2), 0286300e6045 (5.19). */
  describe('before 6.6 VT-d alone refuses a 1:1 region', () => {
    const under = (at: string | undefined, version: string): Verdict => {
      const direct = { is: true, from: { file: 'region', ...(at !== undefined && { at }) } };
      return told(['1 0000:0a:00.0 vfio-pci', '1 0000:0a:00.1 vfio-pci'], version, { groups: { '1': { direct } } })[
        '1'
      ]!;
    };
    it.each([
      ['5.4', 'attach'],
      ['5.10', 'attach'],
      ['5.19', 'claim'],
      ['6.1.112', 'claim'],
      ['6.2', 'attach'],
      ['6.5', 'attach'],
    ])('of an RMRR a user is told under %s at %s', (version, step) =>
      expect(under('offset 0x90, RMRR', version)).toMatchObject({
        kind: 'impossible',
        refused: { step, result: 'EPERM' },
        from: [{ file: 'region' }],
      }),
    );
    it('of what another table names nobody', () =>
      expect(under('offset 0x90, IVMD', '6.1')).toEqual({ kind: 'ready' }));
    it('where nothing tells whose it is, cannot be told', () =>
      expect(text(under(undefined, '6.1'))).toMatch(/^cannot tell: .* VT-d refuses a user that \(EPERM\)/));
  });
  it('a 1:1 region of a device whose class nothing tells may be one that can be given up', () => {
    const facts = { '0000:0a:00.0': { asks: true as const } };
    const lines = ['1 0000:0a:00.0 vfio-pci', '2 0000:0b:00.0 vfio-pci'];
    expect(text(told(lines, '6.12', { facts })['1'])).toMatch(/^cannot tell: .* unless it is a USB controller/);
    expect(told(lines, '6.12', { facts })['2']!.kind).toBe('ready');
    const groups = { '1': { direct: { is: false, from: { file: 'reserved_regions' } } } };
    expect(told(lines, '6.12', { facts, groups })['1']!.kind).toBe('ready');
  });
  it.each(['5.10.0', '6.1'])('what VT-d says in the log is about an RMRR, under %s', (version) => {
    const log = [
      'pci 0000:06:00.0: [14e4:1657] type 00 class 0x020000',
      'pci 0000:06:00.0: Adding to iommu group 23',
      'pci 0000:07:00.0: [14e4:1657] type 00 class 0x020000',
      'pci 0000:07:00.0: Adding to iommu group 24',
      'pci 0000:07:00.0: DMAR: Setting identity map [0xe8000 - 0xe8fff]',
      'vfio-pci 0000:06:00.0: enabling device (0000 -> 0003)',
      'vfio-pci 0000:06:00.0: DMAR: Device is ineligible for IOMMU domain attach due to platform RMRR requirement.',
    ];
    const dmesg = log.map((line, at) => `[    ${at}.0] ${line}`).join('\n');
    const { groups } = inspect(readSources([{ file: 'dmesg', text: dmesg }], buses), judgedBy(version, buses));
    expect(groups.map(({ verdict }) => verdictText(verdict))).toEqual([
      'impossible: firmware asks for a 1:1 region',
      'impossible: firmware asks for a 1:1 region',
    ]);
  });
  it('a region that sysfs tells of for the whole group counts as well', () => {
    const groups = { '1': { direct: { is: true, from: { file: 'sys', at: 'reserved_regions' } } } };
    expect(told(['1 0000:0a:00.0 -', '1 0000:0a:00.1 -'], '6.12', { groups })['1']).toMatchObject({
      kind: 'impossible',
      from: [{ file: 'sys' }],
    });
  });
  it('the version is the one that the evidence tells, or the newest, and it is said which', () => {
    expect(versionOf(found(['1 0000:01:00.0'], { kernel: '6.1.112-linuxkit' })).version).toBe('6.1.112');
    expect(versionOf(found(['1 0000:01:00.0'])).version).toBe('7.3');
    expect(judgedBy('4.19', buses).says).toEqual(['Linux 4.19 is older than what is modelled; it is judged as 5.10']);
    const newer = judgedBy('99.1', buses);
    expect(newer.says).toEqual(['Linux 99.1 is newer than what is modelled; it is judged as 7.3']);
    expect(newer.buses.map(({ asIn }) => asIn)).toEqual(buses.map(() => '7.3'));
    expect(judgedBy('6.8.12', buses).says[0]).toMatch(/^no kernel of the 6\.8 series was recorded/);
    expect(judgedBy('6.3', buses).says[0]).toMatch(/from the sources \(as 6\.1, with iommufd: 89395ccedbc1\)$/);
    expect(judgedBy('6.4', buses).says[0]).toMatch(/\(as 6\.1, with iommufd and 49a22aae7d9c\)$/);
    expect(judgedBy('6.5', buses).says[0]).toMatch(/\(as 6\.6, in which 1:1 regions are spared as well\)$/);
    for (const older of ['5.19', '6.0.9'])
      expect(judgedBy(older, buses).says[0]).toMatch(/\(as 6\.1, in which M10, M11 and M12 are mended\)$/);
    expect(judgedBy('6.12.49', buses).says).toEqual([]);
  });
});

describe('what the evidence does not tell is not guessed', () => {
  it('a driver', () => {
    expect(text(told(['1 0000:01:00.0', '1 0000:01:00.1 -'], '6.12')['1'])).toBe(
      'cannot tell: no driver in the evidence',
    );
  });
  it('what is in the way all the same is said', () => {
    expect(told(['1 0000:01:00.0', '1 0000:01:00.1 snd_hda_intel'], '6.12')['1']).toMatchObject({
      kind: 'blocked',
      by: [{ device: '0000:01:00.1' }],
      unknown: [{ device: '0000:01:00.0' }],
    });
  });
  it('a line of the group that could not be read: there may be others in it', () => {
    const rows = '1 0000:01:00.0 vfio-pci\n2 0000:02:00.0 vfio-pci\n3 0000:03:00.0 none\n';
    const machine = readSources([{ file: 'f', text: `${rows}1;0000:01:00.1;nvme\n3;0000:03:00.1;nvme\n` }]);
    const { groups } = inspect(machine, judgedBy('6.12', buses));
    expect(groups.map(({ verdict }) => text(verdict))).toEqual([
      'cannot tell: f:4 speaks of group 1 and could not be read',
      'a user can own it now',
      'cannot tell: f:5 speaks of group 3 and could not be read',
    ]);
    expect(plan(machine, ['0000:03:00.0'], judgedBy('6.12', buses))).toMatchObject({
      reasons: [{ device: '0000:03:00.0', why: 'cannot tell: f:5 speaks of group 3 and could not be read' }],
    });
  });
  it('a device that one file tells in two groups, and in which of two files it is', () => {
    const rows = ['1 0000:01:00.0 vfio-pci\n1 0000:01:00.1 vfio-pci\n', '2 0000:01:00.1 vfio-pci\n'];
    const kinds = (...texts: string[]) =>
      inspect(readSources(texts.map((one, at) => ({ file: `f${at}`, text: one }))), judgedBy('6.12', buses)).groups.map(
        ({ verdict }) => text(verdict),
      );
    const twice = 'cannot tell: 0000:01:00.1 is told in group 1 (f0:2) and in group 2 (f0:3)';
    expect(kinds(rows.join(''))).toEqual([twice, twice]);
    expect(kinds(...rows)).toEqual(['a user can own it now']);
  });
  it('a bus without a plugin', () => {
    expect(text(told(['1 cdx-00:01 vfio-cdx'], '6.12', { facts: { 'cdx-00:01': { bus: 'cdx' } } })['1'])).toBe(
      'cannot tell: no plugin for bus cdx',
    );
  });
  it('a VFIO driver that the bus does not know', () => {
    expect(text(told(['1 0000:01:00.0 igbvf_vfio_pci'], '6.12')['1'])).toMatch(
      /^cannot tell: igbvf_vfio_pci is called a VFIO driver/,
    );
    expect(told(['1 0000:01:00.0 mlx5_vfio_pci'], '6.12')['1']).toEqual({ kind: 'ready' });
  });
  it('no group: who says so, and what the command line says', () => {
    const from = { file: 'cmdline', line: 1 };
    const alone = (is: string) =>
      inspect(found(['- 0000:01:00.0 nvme'], { commandLine: { is, from } }), judgedBy('6.12', buses)).alone[0]!.why;
    expect(alone('ro quiet')).toMatch(/^listing.txt:1 says it has none.*does not turn one on \(cmdline:1\)/);
    expect(alone('intel_iommu=on')).toMatch(/firmware does not offer one/);
    expect(alone('iommu=off')).toMatch(/turns the IOMMU off \(iommu=off, cmdline:1\)/);
  });

  describe('no group where nothing tells of groups', () => {
    const lspci = '01:00.0 VGA compatible controller [0300]: N [10de:1c03]\n\tKernel driver in use: nvidia\n';
    const boot = 'Linux version 6.12.0\npci 0000:01:00.0: [10de:1c03] type 00 class 0x030000\n';
    const alone = (is: string) => inspect(readSources([{ file: 'f', text: is }]), judgedBy('6.12', buses)).alone[0]!;
    it.each([
      ['lspci -nnk', lspci],
      ['dpdk-devbind --status', "0000:01:00.0 'X 10fb' drv=vfio-pci unused=ixgbe\n"],
      ['driverctl list-devices', '0000:01:00.0 vfio-pci [*]\n'],
      ['the end of a log', boot.split('\n')[1]!],
    ])('%s: it is said how to tell, and not that no IOMMU is in use', (_, is) => {
      const { known, why } = alone(is);
      expect([known, why]).toEqual([false, expect.stringContaining("'find /sys/kernel/iommu_groups -type l' tells")]);
      expect(why).not.toMatch(/IOMMU seems|turns? it on/);
    });
    it('a log from its beginning on tells that there are none', () => {
      expect(alone(boot)).toMatchObject({ known: true, why: expect.stringContaining('no IOMMU seems to be in use') });
    });
    it('a plan asks for them, and a cause does not fit', () => {
      const machine = readSources([{ file: 'f', text: lspci }]);
      const judged = judgedBy('6.12', buses);
      const made = plan(machine, ['0000:01:00.0'], judged);
      expect(made).toMatchObject({
        kind: 'refused',
        reasons: [{ why: expect.stringMatching(/^nothing tells its IOMMU group.*find/) }],
      });
      const [explained] = explain('VfioNoIommuGroup 0000:01:00.0', [judged], machine);
      expect(explained!.causes[0]!.fit!.is).toBe('cannot tell');
    });
  });
});
