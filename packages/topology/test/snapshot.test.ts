import { readMachine, readSources, writeSnapshot, type FoundMachine } from '@busward/topology';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { machineOnDisk, planted } from './machine-on-disk.ts';

const { folder, done } = machineOnDisk();
afterAll(done);

const reread = (text: string): FoundMachine => readSources([{ file: 'snapshot', text }]);
/** Without evidence: what is, of everything. */
const facts = ({ devices, groups, kernel, model, commandLine, needsTold }: FoundMachine): unknown =>
  JSON.parse(
    JSON.stringify({ devices, groups, kernel, model, commandLine, needsTold }, (key, is: unknown) =>
      key === 'from' ? undefined : is,
    ),
  );
const ofText = (text: string): FoundMachine => readSources([{ file: 'text', text }]);

describe('a snapshot', () => {
  it('reads back as the machine, but for what identifies it', async () => {
    const found = await readMachine([folder]);
    const { kernel, commandLine, ...others } = facts(found) as Record<string, { is: string }>;
    const back = facts(reread(writeSnapshot(found))) as Record<string, unknown>;
    expect(back).toEqual({
      ...others,
      kernel: { is: '6.12.32-amd64' },
      commandLine: { is: 'intel_iommu=on vfio-pci.ids=10de:1c03' },
    });
    expect([kernel!.is, commandLine!.is.length > 40]).toEqual(['6.12.32-amd64-bob+', true]);
  });

  it('of a snapshot is the same snapshot', async () => {
    const text = writeSnapshot(await readMachine([folder]));
    expect(writeSnapshot(reread(text))).toBe(text);
  });

  it('holds nothing of what was planted, and is small', async () => {
    const text = writeSnapshot(await readMachine([folder]));
    for (const [what, secret] of Object.entries(planted)) expect([what, text.includes(secret)]).toEqual([what, false]);
    for (const part of [planted.host, planted.uuid.slice(0, 8), planted.mac.slice(0, 8), '192.168', 'eno1', 'root='])
      expect([part, text.includes(part)]).toEqual([part, false]);
    expect(text.length).toBeLessThan(2500);
  });

  it.each([
    ['a UUID, as mediated devices have', 'c9d2a9a0-57b7-4b2a-9f7a-0d1f4e2b6a55'],
    ['a MAC address', '52:54:00:ab:cd:ef'],
    ['a bare MAC address', 'x525400abcdef'],
    ['an IP address', 'nfs-192.168.1.20'],
    ['a mail address', 'bob@example.org'],
  ])('renames a device that is called by %s, wherever it is named', (_, name) => {
    const found = ofText(`vfio_mdev ${name}: Adding to iommu group 7\npci 0000:00:01.0: Adding to iommu group 1\n`);
    const text = writeSnapshot({
      ...found,
      devices: found.devices.map((one, at) => (at === 1 ? { ...one, parent: { is: name, from: { file: '' } } } : one)),
    });
    expect(text).not.toContain(name);
    expect(reread(text).devices).toMatchObject([
      { name: 'device-1' },
      { name: '0000:00:01.0', parent: { is: 'device-1' } },
    ]);
  });

  it.each([
    ['10003000.pcie'],
    ['dpni.3'],
    ['host1x-ctx.0'],
    ['13e10000.host1x:ctx0'],
    ['HISI0162:01'],
    ['INT33C2:00'],
    ['830000000000.smmu0'],
    ['10000:e1:00.0'],
    ['sound'],
    ['smmu_benchmark'],
  ])('keeps the name %s', (name) => {
    const text = writeSnapshot(ofText(`platform ${name}: Adding to iommu group 7\n`));
    expect(reread(text).devices[0]!.name).toBe(name);
  });

  it.each([
    ['6.12.32-amd64', '6.12.32-amd64'],
    ['6.17.0-kenny+', '6.17.0'],
    ['5.14.0-427.13.1.el9_4.x86_64', '5.14.0-427.13.1.el9_4.x86_64'],
    ['6.8.0-31-generic', '6.8.0-31-generic'],
    ['6.13.0-rc6-next-20250110-00006-g8af20d375c86', '6.13.0-rc6'],
    ['6.8.12-4-pve', '6.8.12-4-pve'],
    ['mine', undefined],
  ])('keeps of the kernel %s: %s', (kernel, kept) => {
    const text = writeSnapshot(ofText(`Linux version ${kernel}\npci 0000:00:01.0: Adding to iommu group 1\n`));
    expect(reread(text).kernel?.is).toBe(kept);
  });

  it('keeps nothing of texts that look like numbers of things and people', () => {
    const secret = fc.oneof(
      fc.uuid(),
      fc.ipV4(),
      fc.emailAddress(),
      fc
        .array(fc.integer({ min: 16, max: 255 }), { minLength: 6, maxLength: 6 })
        .map((bytes) => bytes.map((byte) => byte.toString(16)).join(':')),
    );
    fc.assert(
      fc.property(secret, fc.constantFrom('model', 'kernel', 'commandLine'), (text, where) => {
        const found = ofText('pci 0000:00:01.0: Adding to iommu group 1\n');
        const written = writeSnapshot({ ...found, [where]: { is: `6.1 pci=${text} ${text}`, from: { file: '' } } });
        expect(written.includes(text)).toBe(false);
      }),
    );
  });

  it('keeps 1:1 regions of devices whose class nothing tells, and which table told of each', () => {
    const found = ofText(
      'pci 0000:00:1f.2: Adding to iommu group 1\npci 0000:00:1f.2: DMAR: Setting identity map [0xe8000 - 0xe8fff]\n' +
        'pci 0000:06:00.0: [14e4:1657] type 00 class 0x020000\npci 0000:06:00.0: Adding to iommu group 2\n' +
        'pci 0000:06:00.0: DMAR: Setting identity map [0xe8000 - 0xe8fff]\n',
    );
    const ivmd = { is: true, from: { file: 'ivrs.dat', at: 'IVMD at 0x48' } };
    const back = reread(writeSnapshot({ ...found, groups: { 2: { direct: ivmd } } }));
    expect(back.devices).toMatchObject([
      { asks: { is: true, from: { at: 'RMRR' } } },
      { direct: { is: true, from: { at: 'RMRR' } } },
    ]);
    expect([back.groups['2']!.direct!.from.at, back.says]).toEqual([
      'IVMD',
      [expect.stringMatching(/1:1 regions for 0000:00:1f\.2;/)],
    ]);
    expect(reread('{"device":"0000:00:01.0","direct":true,"table":"?"}\n').unread.length).toBe(1);
  });

  it('keeps that something of a group could not be read, and not what it says', () => {
    const text = writeSnapshot(ofText('1 0000:01:00.0 vfio-pci\n1;0000:01:00.1;bobs-secret\n'));
    expect(text).not.toContain('bobs');
    expect(reread(text).unread).toMatchObject([{ groups: ['1'] }]);
    expect(writeSnapshot(reread(text))).toBe(text);
  });

  it('cut off or changed, is read but for the lines that suffered', async () => {
    const lines = writeSnapshot(await readMachine([folder])).split('\n');
    const cut = [...lines.slice(0, -2), lines.at(-2)!.slice(0, 30)].join('\n');
    const { devices, unread } = reread(cut);
    expect([devices.length, unread.map(({ line }) => line)]).toEqual([7, [lines.length - 1]]);
    const odd = reread('{"device":"0000:00:01.0","group":1,"driver":"nvme"}\n');
    expect([odd.devices[0]!.driver?.is, odd.devices[0]!.group, odd.unread.length]).toEqual(['nvme', undefined, 1]);
  });

  it('of a newer busward is read as far as it is known, and that is said', () => {
    const { says, devices } = reread('{"busward snapshot":2,"shape":"round"}\n{"device":"0000:00:01.0","group":"1"}\n');
    expect([devices.length, says]).toEqual([
      1,
      ['snapshot: a snapshot of a newer busward; what this one knows of it is read'],
    ]);
  });
});
