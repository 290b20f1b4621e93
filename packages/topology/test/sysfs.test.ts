import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readMachine, readSources, writeSnapshot, type FoundMachine } from '@busward/topology';
import { afterAll, describe, expect, it } from '@jest/globals';
import { machineOnDisk } from './machine-on-disk.ts';

const { folder, tar, done } = machineOnDisk();
afterAll(done);

/** Without where facts stand: a tar is called otherwise than its folder. */
const facts = ({ devices, groups, kernel, model, commandLine, needsTold }: FoundMachine): unknown =>
  JSON.parse(
    JSON.stringify({ devices, groups, kernel, model, commandLine, needsTold }, (key, is: unknown) =>
      key === 'file' ? undefined : is,
    ),
  );

describe('a sysfs tree', () => {
  it('tells of groups, buses, drivers, overrides, classes, ids and what is above', async () => {
    const { devices, model, kernel, sources, unread, contradictions } = await readMachine([folder]);
    expect(devices.find(({ name }) => name === '0000:01:00.0')).toEqual({
      name: '0000:01:00.0',
      group: { is: '1', from: { file: folder, at: 'sys/kernel/iommu_groups/1/devices/0000:01:00.0' } },
      bus: { is: 'pci', from: { file: folder, at: 'sys/bus/pci/devices/0000:01:00.0' } },
      driver: {
        is: 'vfio-pci',
        from: expect.objectContaining({ at: expect.stringMatching(/0000:01:00\.0\/driver$/) }),
      },
      override: { is: 'vfio-pci', from: expect.anything() },
      class: { is: '030000', from: expect.anything() },
      ids: { is: '10de:1c03', from: expect.anything() },
      parent: { is: '0000:00:01.0', from: expect.anything() },
    });
    expect([model?.is, kernel?.is]).toEqual([
      'LENOVO 20NE/20NE0001, BIOS R11ET32W (1.12 ) 12/23/2019',
      '6.12.32-amd64-bob+',
    ]);
    expect([sources[0]!.as, unread, contradictions]).toEqual([['sysfs'], [], []]);
  });

  it('tells what the running system needs: the disk below a volume, the card that is up, the screen', async () => {
    const { devices, needsTold } = await readMachine([folder]);
    const needed = devices.flatMap(({ name, needed: list = [] }) => list.map(({ is }) => [name, is]));
    expect(needed).toEqual([
      ['0000:00:02.0', 'console'],
      ['0000:00:1d.0', 'root disk'],
      ['0000:00:1f.6', 'active network'],
    ]);
    expect(needsTold.map(({ is }) => is).toSorted()).toEqual(['active network', 'console', 'root disk']);
  });

  it('tells types of groups, 1:1 regions, and devices that have no group, no driver, no override', async () => {
    const { devices, groups } = await readMachine([folder]);
    expect(Object.entries(groups).map(([name, { type, direct }]) => [name, type?.is, direct?.is])).toEqual([
      ['0', 'DMA-FQ', false],
      ['1', 'DMA-FQ', false],
      ['2', 'identity', false],
      ['3', 'DMA-FQ', false],
      ['4', 'DMA-FQ', true],
      ['5', 'DMA-FQ', false],
    ]);
    const without = devices.find(({ name }) => name === '0000:00:1f.5')!;
    expect([without.group?.is, without.driver?.is, without.override?.is]).toEqual([null, null, null]);
  });

  it.each(['machine.tar', 'machine.tar.gz'])('is the same out of %s', async (name) => {
    const packed = await readMachine([tar(name)]);
    expect(facts(packed)).toEqual(facts(await readMachine([folder])));
  });

  it('is the same wherever in an archive it is, and as /sys alone but for what /proc tells', async () => {
    const deep = join(folder, 'deep.tar');
    execFileSync('tar', ['-C', folder, '--transform', 's,^,case-17/host/,S', '-cf', deep, 'sys', 'proc']);
    expect(facts(await readMachine([deep]))).toEqual(facts(await readMachine([folder])));
    const alone = join(folder, 'alone.tar');
    execFileSync('tar', ['-C', join(folder, 'sys'), '-cf', alone, '.']);
    const { devices, kernel, needsTold } = await readMachine([alone]);
    expect(devices.length).toBe(8);
    expect(kernel).toBeUndefined();
    expect(needsTold.map(({ is }) => is)).not.toContain('root disk');
  });

  it('tells groups of iommu_groups alone, and leaves the rest unknown', async () => {
    const part = join(folder, 'part.tar');
    execFileSync('tar', ['-C', folder, '-cf', part, 'sys/kernel/iommu_groups']);
    const { devices } = await readMachine([part]);
    expect(devices.length).toBe(7);
    expect(devices.every(({ group, driver }) => typeof group?.is === 'string' && driver === undefined)).toBe(true);
  });

  it.each(['physfn', 'virtfn0'])('tells whose virtual function a device is, by either end: %s', async (end) => {
    const part = join(folder, `part-${end}`);
    const [physical, virtual] = ['0000:01:00.0', '0000:01:10.0'];
    for (const name of [physical, virtual]) mkdirSync(join(part, 'sys/bus/pci/devices', name), { recursive: true });
    const [at, to] = end === 'physfn' ? [virtual, physical] : [physical, virtual];
    symlinkSync(`../${to}`, join(part, 'sys/bus/pci/devices', at, end));
    const found = await readMachine([part]);
    expect(found.devices.map(({ name, physfn }) => [name, physfn])).toEqual([
      [physical, undefined],
      [virtual, { is: physical, from: { file: part, at: `sys/bus/pci/devices/${at}/${end}` } }],
    ]);
    const back = readSources([{ file: 'snapshot', text: writeSnapshot(found) }]);
    expect(back.devices[1]!.physfn?.is).toBe(physical);
  });

  it('tells the controller of a root bus, which is no bridge of it', async () => {
    const part = join(folder, 'controllers');
    const paths = [
      'platform/10003000.pcie/pci0000:00/0000:00:01.0',
      'pci0001:00/0001:00:0e.0/pci10000:e0/10000:e0:06.0',
    ].map((path) => `sys/devices/${path}`);
    mkdirSync(join(part, 'sys/bus/pci/devices'), { recursive: true });
    for (const path of [...paths, dirname(dirname(paths[1]!))]) {
      mkdirSync(join(part, path), { recursive: true });
      symlinkSync(`../../../../${path}`, join(part, 'sys/bus/pci/devices', basename(path)));
    }
    const { devices } = await readMachine([part]);
    const links = `lrwxrwxrwx ${paths.map((path) => `/sys/bus/pci/devices/${basename(path)} -> ../../../../${path.slice(4)}\n`).join('')}`;
    for (const read of [devices, readSources([{ file: 'ls', text: links }]).devices])
      expect(read.map(({ name, parent, bridge }) => [name, parent?.is, bridge])).toEqual(
        [
          ['0000:00:01.0', '10003000.pcie', undefined],
          ['0001:00:0e.0', undefined, undefined],
          ['10000:e0:06.0', '0001:00:0e.0', undefined],
        ].filter(([name]) => read.some((one) => one.name === name)),
      );
  });

  it('of a kernel without IOMMUs tells that each device has no group', async () => {
    const none = join(folder, 'none.tar');
    const args = ['-C', folder, '--exclude', 'sys/kernel/iommu_groups', '--exclude', 'iommu_group', '-cf', none, 'sys'];
    execFileSync('tar', args);
    const { devices } = await readMachine([none]);
    expect([devices.length, devices.every(({ group }) => group?.is === null)]).toEqual([8, true]);
  });

  it('that is cut off in its tar is read as far as it goes, and it is said', async () => {
    const whole = readFileSync(tar('whole.tar.gz'));
    const cut = join(folder, 'cut.tar.gz');
    writeFileSync(cut, whole.subarray(0, whole.length / 2));
    const { says, devices } = await readMachine([cut]);
    expect(devices.length).toBeGreaterThan(0);
    expect(says.join('\n')).toContain('its packing (gzip) is cut off; what was before is read');
  });

  it('that is cut off anywhere in its tar tells of no device that it has no driver or no group', async () => {
    const whole = readFileSync(tar('whole.tar'));
    const cut = join(folder, 'cut.tar');
    const uncut = (await readMachine([folder])).devices;
    // At the ends of blocks, too, where nothing but the missing end tells.
    for (let length = 20 * 512; length < whole.length - 20 * 512; length += 23 * 512) {
      writeFileSync(cut, whole.subarray(0, length));
      const { devices, says } = await readMachine([cut]).catch(() => ({ devices: [], says: ['it is cut off'] }));
      expect(says.join()).toContain('it is cut off');
      const known = devices.map(({ name }) => uncut.find((one) => one.name === name)!);
      for (const fact of ['group', 'driver'] as const)
        expect(devices.map((device, at) => [device.name, device[fact]?.is ?? known[at]![fact]?.is])).toEqual(
          known.map((one) => [one.name, one[fact]?.is]),
        );
      expect(devices.flatMap(({ group, driver }) => [group?.is, driver?.is])).not.toContain(null);
    }
  });

  it('does not lead out of itself, on disk or in an archive', async () => {
    const evil = join(folder, 'evil');
    mkdirSync(join(evil, 'sys/bus/pci/devices'), { recursive: true });
    mkdirSync(join(evil, 'sys/kernel/iommu_groups/0/devices'), { recursive: true });
    mkdirSync(join(folder, 'secret'));
    writeFileSync(join(folder, 'secret/class'), '0x0c0330\n');
    symlinkSync('../../../../../secret', join(evil, 'sys/bus/pci/devices/0000:00:01.0'));
    symlinkSync('/etc', join(evil, 'sys/bus/pci/devices/0000:00:02.0'));
    symlinkSync('0000:00:03.0', join(evil, 'sys/bus/pci/devices/0000:00:03.0'));
    symlinkSync('../../../../devices/x', join(evil, 'sys/kernel/iommu_groups/0/devices/0000:00:04.0'));
    mkdirSync(join(evil, 'sys/devices'));
    symlinkSync('../../../secret', join(evil, 'sys/devices/x'));
    execFileSync('tar', ['-C', evil, '-cf', join(folder, 'evil.tar'), 'sys']);
    for (const path of [evil, join(folder, 'evil.tar')]) {
      const { devices, unread } = await readMachine([path]);
      expect(devices.map(({ name }) => name).toSorted()).toEqual(['1', '2', '3', '4'].map((at) => `0000:00:0${at}.0`));
      expect(devices.some((device) => device.class)).toBe(false);
      expect(unread.map(({ text }) => text)).toContain('a link that leads out of the tree: ../../../../../secret');
    }
  });

  // Whoever may not look into a folder sees the same; root may, and only a circle keeps him out.
  it('with a folder that is there and cannot be read: that is told, and what is not there is not', async () => {
    const part = join(folder, 'closed');
    mkdirSync(join(part, 'sys/bus/pci/devices/0000:01:00.0'), { recursive: true });
    mkdirSync(join(part, 'sys/kernel/iommu_groups'), { recursive: true });
    symlinkSync('../../../../kernel/iommu_groups/1', join(part, 'sys/bus/pci/devices/0000:01:00.0/iommu_group'));
    symlinkSync('1', join(part, 'sys/kernel/iommu_groups/1'));
    const { devices, unread } = await readMachine([part]);
    expect(devices.map(({ name, group }) => [name, group?.is])).toEqual([['0000:01:00.0', '1']]);
    const at = 'sys/kernel/iommu_groups/1/devices';
    const text = 'a folder that cannot be read: links lead in a circle';
    expect(unread).toEqual([{ file: part, at, text, groups: ['1'] }]);
  });

  it('in an archive with paths that lead out of it: those are left out, and it is said', async () => {
    const path = join(folder, 'traversal.tar');
    execFileSync('tar', ['-C', folder, '-P', '--transform', 's,^sys/bus,../../sys/bus,S', '-cf', path, 'sys']);
    const { says } = await readMachine([path]);
    expect(says.join('\n')).toMatch(/\d+ paths lead out of the archive and were left out/);
  });
});
