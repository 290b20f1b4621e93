import { explain, judgedBy, type Explanation } from '@busward/passthrough';
import { describe, expect, it } from '@jest/globals';
import { errnoIn } from '../src/errno-text.ts';
import { resultIn } from '../src/result-in.ts';
import { situations, type SituationName } from '../src/situations.ts';
import { buses, found } from './machines.ts';

const kernels = ['5.10', '6.1', '6.6', '6.12', '7.3'].map((version) => judgedBy(version, buses));
const newest = [judgedBy('7.3', buses)];
const machine = found(
  [
    '19 0000:80:1f.4 i801_smbus',
    '19 0000:80:1f.6 vfio-pci',
    '20 0000:04:00.0 pcieport',
    '20 0000:05:00.0 vfio-pci',
    '21 0000:06:00.0 igb',
    '- 0000:07:00.0 -',
    '22 0000:0a:00.0 vfio-pci',
  ],
  {
    facts: {
      '0000:04:00.0': { class: '060400' },
      '0000:0a:00.0': { direct: true },
      '0000:06:00.0': { override: 'igb' },
    },
  },
);
const one = (text: string, on = machine): Explanation => explain(text, newest, on)[0]!;
const first = (text: string): string => `${one(text).causes[0]!.fit?.is}: ${one(text).causes[0]!.says}`;

/*
 * As people pasted them. What each is expected to mean was read in their threads and in the kernel, not computed.
 */
describe('messages that people paste', () => {
  it.each<[string, RegExp]>([
    ['vfio 0000:80:1f.6: group 19 is not viable', /^fits: a driver that does not manage DMA itself/],
    [
      'Please ensure all devices within the iommu_group are bound to their vfio bus driver. group 19',
      /^fits: a driver that/,
    ],
    [
      'vfio: error getting device 0000:80:1f.4 from group 19: No such device',
      /^fits: the device itself has no VFIO driver/,
    ],
    ['vfio 0000:80:1f.6: failed to set container for group 19: Operation not permitted', /^fits: a driver that/],
    [
      'EAL: 0000:80:1f.6 cannot add VFIO group to container, error 1 (Operation not permitted) group 19',
      /^fits: a driver that/,
    ],
    ["Wrong driver devices: [('0000:04:00.0', 'pcieport')]", /^fits: the device is a PCI bridge/],
    ['/dev/vfio/20: [Errno 16] Device or resource busy', /^cannot tell: another process has the group open/],
    ["Could not open '/dev/vfio/21': No such file or directory", /^fits: no device of the group has a VFIO driver/],
    ["Could not open '/dev/vfio/vfio': Permission denied", /^cannot tell: the file belongs to somebody else/],
    ['vfio: VFIO_GROUP_SET_CONTAINER failed: [Errno 25] Inappropriate ioctl for device', /the file is no VFIO group/],
    ['failed to setup container for group 11: Failed to set iommu: Input/output error', /VFIO made up/],
    ['vfio_iommu_type1_attach_group: No interrupt remapping support', /does not remap interrupts/],
    [
      'sh: echo: write error: File exists  (echo 8086 15bc > /sys/bus/pci/drivers/vfio-pci/new_id)',
      /has that id already/,
    ],
    [
      'echo 0000:06:00.0 > /sys/bus/pci/drivers/vfio-pci/bind: write error: No such device',
      /^fits: its driver_override names another driver/,
    ],
    [
      'echo 0000:06:00.0 > /sys/bus/pci/drivers/vfio-pci/bind: Device or resource busy',
      /^fits: the device has a driver already/,
    ],
    ['vfio-pci: probe of 0000:07:00.0 failed with error -22', /^fits: the device has no IOMMU group/],
    ['echo 0000:04:00.0 > vfio-pci/bind: Invalid argument', /^fits: the device is a PCI bridge/],
    ['e1000e: probe of 0000:80:1f.4 failed with error -16', /a user owns the group|has a driver already/],
    [
      'Firmware has requested this device have a 1:1 IOMMU mapping, rejecting configuring the device 0000:0a:00.0',
      /^fits: firmware asks for a 1:1 region/,
    ],
    [
      '0000:0a:00.0: Device is ineligible for IOMMU domain attach due to platform RMRR requirement.',
      /^fits: firmware asks/,
    ],
    ['VfioNoIommuGroup 0000:07:00.0', /^fits: the device has no IOMMU group/],
    ["unsupported configuration: host doesn't support passthrough of host PCI devices", /no IOMMU group/],
    [
      'Requested operation is not valid: PCI device 0000:80:1f.6 is in use by driver QEMU, domain win10',
      /another process has the group open/,
    ],
    ['VFIO_MAP_DMA failed: Cannot allocate memory', /limit of the process is lower/],
    [
      'vfio /dev/vfio/devices/vfio0: error bind device fd=31 to iommufd=30: Operation not permitted, group 19',
      /^fits: a driver that/,
    ],
    [
      'sh: /sys/kernel/iommu_groups/19/type: write error: Operation not permitted',
      /^fits: a kernel driver is bound in the group/,
    ],
    ["printf '' > /sys/bus/pci/devices/0000:06:00.0/driver_override  # still igb", /^fits: its driver_override names/],
  ])('%s', (text, cause) => expect(first(text)).toMatch(cause));

  it.each<[string, RegExp]>([
    ['kernel BUG at drivers/vfio/vfio.c:794! RIP: vfio_iommu_group_notifier', /until 5\.18 .* stopped the machine/],
    ['vfio-pci 0000:05:00.0: Device 0000:05:00.1 added to live group 20!', /joined a group that a user owns/],
    ['pci 0000:01:00.0: late IOMMU probe at driver bind, something fishy here!', /its driver was bound already/],
    ['WARNING: CPU: 1 at drivers/iommu/iommu.c:3123 iommu_device_unuse_default_domain+0x60', /never counted/],
    ['WARNING: at drivers/iommu/iommu.c iommu_group_release_dma_owner', /had none any more/],
    ['DMAR: Device uses a private identity domain.', /different types/],
    ['vfio-pci 0000:01:00.0: Adding kernel taint for vfio-noiommu group on device', /nothing is isolated/],
    ["vfio-pci 0000:01:00.0: BAR 1: can't reserve [mem 0xc0000000-0xcfffffff]", /mostly the console/],
    ['vfio-pci 0000:01:00.0: Relaying device request to user (#10)', /waits until the last file/],
    ['DMAR: [DMA Write NO_PASID] Request device [01:00.0] fault addr 0x1000', /stopped a DMA/],
  ])('%s', (text, means) => {
    const explanation = one(text);
    expect(explanation.means).toMatch(means);
    expect(explanation.todo).toBeDefined();
  });

  describe('a 1:1 region', () => {
    const tells = 'Firmware has requested this device have a 1:1 IOMMU mapping, rejecting configuring the device';
    const ineligible = 'DMAR: Device is ineligible for IOMMU domain attach due to platform RMRR requirement.';
    const fits = (text: string, on: typeof machine): string =>
      one(text, on)
        .causes.map(({ says, fit }) => `${fit?.is}: ${says}`)
        .join('\n');

    /* The machine has no word of firmware, and somebody in the way: what the kernel said is so all the same. */
    it.each([tells, ineligible])('is there if the kernel says so: %s', (text) => {
      const silent = found(['19 0000:80:1f.4 i801_smbus', '19 0000:80:1f.6 vfio-pci']);
      expect(fits(`vfio-pci 0000:80:1f.6: ${text}`, silent)).toMatch(/^fits: firmware asks for a 1:1 region/);
      expect(explain(text, newest)[0]!.causes[0]!.fit).toEqual({ is: 'fits', because: 'the message itself says so' });
    });
    it('is possible where nothing is told of firmware, and not where it is told to ask for none', () => {
      const refusal = 'vfio 0000:01:00.0: failed to set container for group 1: Invalid argument';
      const lines = ['1 0000:01:00.0 vfio-pci', '1 0000:01:00.1 igb'];
      const groups = { '1': { direct: { is: false, from: { file: 'reserved_regions' } } } };
      expect(fits(refusal, found(lines))).toMatch(/^cannot tell: firmware asks/m);
      expect(fits(refusal, found(lines, { groups }))).toMatch(/^does not fit: firmware asks/m);
    });

    const refusal =
      'vfio 0000:06:00.0: failed to setup container for group 23: Failed to set iommu for container: Operation not permitted';
    const direct = { is: true, from: { file: 'dmesg', line: 5, at: 'RMRR' } };
    const rmrr = found(['23 0000:06:00.0 vfio-pci'], { groups: { '23': { direct } } });
    it('is why VT-d refuses a domain, before anybody asks of interrupts', () => {
      const [cause] = explain(refusal, [judgedBy('5.10', buses)], rmrr)[0]!.causes;
      expect(`${cause!.fit!.is}: ${cause!.says}`).toMatch(/^fits: firmware asks for a 1:1 region \(RMRR\)/);
    });
    it.each([
      ['5.10', 'EPERM', true],
      ['6.5', 'EPERM', true],
      ['6.6', 'EPERM', false],
      ['6.12', 'EPERM', false],
    ])('is behind an EPERM until 6.5: %s', (version, errno, is) => {
      const says = explain(errno, [judgedBy(version, buses)])[0]!.causes.map((cause) => cause.says);
      expect(says.some((text) => text.includes('RMRR'))).toBe(is);
    });
  });

  describe('names that the machine does not have', () => {
    it('a group of another number: the device tells which one it is here', () => {
      const { group, notes, causes } = one('vfio 0000:80:1f.6: group 77 is not viable');
      expect([group, causes[0]!.fit!.is]).toEqual(['19', 'fits']);
      expect(notes).toEqual(['0000:80:1f.6 is in group 19 here: the message is of another boot, or another machine']);
    });
    it('a device: its group may be another one', () => {
      const { notes, causes } = one('vfio 0000:99:00.0: group 19 is not viable');
      expect(notes.join()).toMatch(/has no device 0000:99:00\.0, so that group 19 of the message may be another one/);
      expect(causes[0]!.fit).toEqual({
        is: 'cannot tell',
        because: 'nothing is judged: the message is of 0000:99:00.0, which listing.txt does not have',
      });
    });
    it('no group: then none is judged', () => {
      const { causes } = one('Please ensure all devices within the iommu_group are bound');
      expect(causes[0]!.fit!.because).toBe('the message names no group of the machine');
    });
    it('none, if all are there', () => expect(one('vfio 0000:80:1f.6: group 19 is not viable').notes).toEqual([]));
  });

  describe('a call that is refused before', () => {
    const none = found(['1 0000:01:00.0 nvidia', '2 0000:02:00.0 nvidia', '2 0000:02:00.1 snd_hda_intel']);
    const fitOf = (text: string, on: typeof machine) => one(text, on).causes[0]!.fit!;

    it('without a VFIO driver in the group nobody comes as far as the driver in the way', () =>
      expect(fitOf('vfio 0000:01:00.0: group 1 is not viable', none)).toEqual({
        is: 'does not fit',
        because:
          'group 1: in the way: 0000:01:00.0 on nvidia; the message is of 0000:01:00.0 itself; but no device of it has a VFIO driver here, so that open /dev/vfio/1 = ENOENT comes first',
      }));
    it('unless a sibling is in the way once the device has one', () => {
      const { is, because } = fitOf('vfio 0000:02:00.0: group 2 is not viable', none);
      expect(is).toBe('cannot tell');
      expect(because).toMatch(/open \/dev\/vfio\/2 = ENOENT comes first$/);
    });
    it('of a sibling it is not said that the message is of it', () =>
      expect(fitOf('vfio 0000:80:1f.6: group 19 is not viable', machine)).toEqual({
        is: 'fits',
        because: 'group 19: in the way: 0000:80:1f.4 on i801_smbus',
      }));
    it('a group with a VFIO driver has a file, though somebody is in the way', () => {
      const text = (group: number): string => `Could not open '/dev/vfio/${group}': No such file or directory`;
      expect(fitOf(text(19), machine)).toMatchObject({
        is: 'does not fit',
        because: expect.stringMatching(/has a VFIO driver$/),
      });
      expect(fitOf(text(1), none).is).toBe('fits');
    });
  });

  it('a kernel that was not recorded is said to be none', () => {
    const notes = (kernel: string) => explain('EBUSY', [judgedBy(kernel, buses)])[0]!.notes;
    expect(notes('6.5')).toEqual([expect.stringMatching(/^no kernel of the 6\.5 series was recorded/)]);
    expect(notes('6.12')).toEqual([]);
    expect(explain('EBUSY', kernels)[0]!.notes).toEqual([]);
  });

  it('echo makes no ioctl', () => {
    const { causes, means } = one('echo: write error: Invalid argument');
    expect(means).toMatch(/^a write to a file of sysfs was refused/);
    expect(causes.length).toBeGreaterThan(0);
    for (const { byKernel } of causes)
      for (const { action } of byKernel) expect(action).toMatch(/^(?:bind|set the type)/);
  });

  it('a file that may not be opened: by its mode, or by the list of a container', () => {
    const says = (error: string) => one(`could not open /dev/vfio/20: ${error}`).causes.map((cause) => cause.says);
    expect(says('Permission denied')).toEqual([expect.stringMatching(/^the file belongs to somebody else/)]);
    expect(says('Operation not permitted')).toEqual([expect.stringMatching(/the devices cgroup/)]);
  });

  it('of several lines each that is known, once; and nothing of a text without any', () => {
    const log =
      'qemu: starting\nvfio: group 19 is not viable\nvfio: group 19 is not viable\nDMAR: [DMA Read] fault addr 0';
    expect(explain(log, newest).map(({ line }) => line)).toEqual([
      'vfio: group 19 is not viable',
      'DMAR: [DMA Read] fault addr 0',
    ]);
    expect(explain('segmentation fault', newest)).toEqual([]);
  });

  it('an error number alone is every step that can tell it', () => {
    const says = explain('EPERM', kernels)[0]!
      .causes.map((cause) => cause.says)
      .join('\n');
    expect(says).toMatch(/a driver that does not manage DMA itself/);
    expect(says).not.toMatch(/no IOMMU group/);
  });
});

describe('errors as they are written', () => {
  it.each([
    ['[Errno 16] Device or resource busy', 'EBUSY'],
    ['failed with error -22', 'EINVAL'],
    ['error 1 (Operation not permitted)', 'EPERM'],
    ['ENXIO: No such device or address', 'ENXIO'],
    ['No such device or address', 'ENXIO'],
    ['No such device', 'ENODEV'],
    ['errno: 19', 'ENODEV'],
    ['-517', 'EPROBE_DEFER'],
    ['all is well', undefined],
  ])('%s', (text, errno) => expect(errnoIn(text)).toBe(errno));
});

/* 89395ccedbc1 is in 6.2, 49a22aae7d9c in 6.4, a48ce36e2786 in 6.6: what changed between 6.1 and 6.6. */
describe('a kernel between those that were recorded is not taken for the one before', () => {
  const between = ['6.1', '6.2', '6.3', '6.4', '6.5', '6.6'].map((version) => judgedBy(version, buses));
  it.each<[SituationName, string]>([
    ['busyIommufd', 'not there EPERM EPERM EPERM EPERM EPERM'],
    ['busyType', 'EINVAL EINVAL EINVAL EPERM EPERM EPERM'],
    ['vfioType', 'EINVAL EINVAL EINVAL OK OK OK'],
    ['regionClaim', 'OK OK OK OK OK EINVAL'],
  ])('%s', (name, results) =>
    expect(between.map((judged) => resultIn(situations[name], judged)).join(' ')).toBe(results),
  );
});

/*
 * From reading drivers/vfio and drivers/iommu of 5.10, 6.1, 6.6, 6.12 and 7.3, not from the model; 'not there': the kernel has no way to get there.
 */
describe('what a situation comes to, kernel by kernel', () => {
  it.each<[SituationName, string]>([
    ['ownedBind', 'crash EBUSY EBUSY EBUSY EBUSY'],
    ['boundAlready', 'ENODEV EBUSY EBUSY EBUSY EBUSY'],
    ['noGroup', 'ENODEV EINVAL EINVAL EINVAL EINVAL'],
    ['noVfio', 'ENOENT ENOENT ENOENT ENOENT ENOENT'],
    ['openedTwice', 'EBUSY EBUSY EBUSY EBUSY EBUSY'],
    ['busyClaim', 'OK EPERM EPERM EPERM EPERM'],
    ['regionClaim', 'OK OK EINVAL EINVAL EINVAL'],
    ['busyOpen', 'EINVAL not there not there not there not there'],
    ['busyIommufd', 'not there not there EPERM EPERM EPERM'],
    ['otherIommufd', 'not there not there EPERM EPERM EPERM'],
    ['vfioType', 'EACCES EINVAL OK OK OK'],
    ['busyType', 'EACCES EINVAL EPERM EPERM EPERM'],
    ['resetClaim', 'OK OK OK OK EBUSY'],
  ])('%s', (name, results) =>
    expect(kernels.map((judged) => resultIn(situations[name], judged)).join(' ')).toBe(results),
  );
});
