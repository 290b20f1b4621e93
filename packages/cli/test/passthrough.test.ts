import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { busward, commandLine, file, root } from './command-line.ts';

const listing = (name: string): string => `packages/topology/listings/${name}.txt`;
const eve = listing('issue-eve-5670');
const folder = (): string => mkdtempSync(join(tmpdir(), 'busward-'));

describe('inspect', () => {
  it('tells who is in the way, at which call, and where that stands', async () => {
    const { code, out } = await busward('inspect', eve, '--kernel', '6.12');
    expect(code).toBe(0);
    expect(out).toContain('group 19: 0000:80:1f.4 is on i801_smbus (line 5); VFIO_GROUP_SET_CONTAINER = EPERM');
  });

  it('of a group without a VFIO driver what is told first, and what once a device of it has one', async () => {
    const two = file(
      'two.txt',
      '1 0000:01:00.0 igb\n2 0000:02:00.0 igb\n2 0000:02:00.1 none\n3 0000:03:00.0 igb\n3 0000:03:00.1 igb\n',
    );
    const { out } = await busward('inspect', two, '--kernel', '6.12');
    const told = out.replaceAll(/\s+/g, ' ');
    expect(told).toContain('igb (line 1); open /dev/vfio/1 = ENOENT -');
    expect(told).toContain(
      'open /dev/vfio/2 = ENOENT, and with a VFIO driver on another device VFIO_GROUP_SET_CONTAINER = EPERM',
    );
    expect(told).toContain(
      'open /dev/vfio/3 = ENOENT, and with a VFIO driver on one device only VFIO_GROUP_SET_CONTAINER = EPERM',
    );
  });

  it('counts every group, those of bridges, too', async () => {
    const { out } = await busward('inspect', listing('iommu-arm64-cn80xx-newport'));
    expect(out).toMatch(/12 groups; .* can own no group\snow; 7 are blocked; 5 hold only bridges$/m);
  });

  it('says of groups that are unknown why, and not that nobody can own them', async () => {
    const [all, some] = await Promise.all([
      busward('inspect', file('all.txt', '1 0000:01:00.0\n2 0000:02:00.0 vfio-pci\n2 0000:02:00.1 x (y)\n')),
      busward('inspect', file('some.txt', '1 0000:01:00.0\n2 0000:02:00.0 igb\n')),
    ]);
    expect(all.out.replaceAll(/\s+/g, ' ')).toContain(
      'it is unknown whether a user (QEMU, DPDK: whoever opens VFIO) can own any of 2 groups ',
    );
    expect(all.out).toMatch(/^1 .* unknown +no driver in the evidence$/m);
    expect(all.out).toMatch(/^2 .* unknown +manages DMA itself, members not known$/m);
    expect(all.out).toContain('Unknown groups\n  - group 2, 0000:02:00.0: ');
    expect(some.out).toMatch(/own no group for\scertain now; 1 is blocked; 1 is unknown\n/);
  });

  it('draws a picture and makes a page that load nothing, with what the text says', async () => {
    const into = folder();
    const [svg, html] = [join(into, 'a.svg'), join(into, 'a.html')];
    const odd = file('a<script>\u0007.txt', '1 0000:01:00.0 igb\n1 0000:01:00.1 vfio-pci\n');
    expect((await busward('inspect', odd, '--svg', svg, '--html', html)).code).toBe(0);
    for (const path of [svg, html]) {
      const text = readFileSync(path, 'utf8');
      expect(text).toContain('0000:01:00.0');
      expect(text).toContain('in the way');
      expect(text).not.toContain('<script');
      expect(text).not.toContain('\u0007');
      expect(text.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|src=|url\(/);
    }
  });

  it('has one place for many devices that are alike, and tells their names and how many they are', async () => {
    const into = folder();
    const [svg, html] = [join(into, 'a.svg'), join(into, 'a.html')];
    const log = 'examples/machines/iommu-arm64-lx2160a-clearfog-fsl-mc.txt';
    const { out } = await busward('inspect', log, '--svg', svg, '--html', html);
    expect(out).toMatch(/^ +dpcon\.0-95 +fsl-mc +fsl_mc_allocator +96 devices, in the way$/m);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('dpcon.0-95 are on fsl_mc_allocator (line 69 and 95 more)');
    expect(readFileSync(svg, 'utf8')).toMatch(/>dpcon\.0-95<.*>96 x fsl_mc_allocator in the way</);
    expect(Number(/height="(\d+)" role/.exec(readFileSync(svg, 'utf8'))![1])).toBeLessThan(500);
    expect(readFileSync(html, 'utf8')).toMatch(
      /<details><summary><code>dpcon\.0-95<\/code>.*<small>dpcon\.31, .*dpcon\.95.*<\/details>/,
    );
  });

  it('keeps apart what a number at the end does not make alike: three, other drivers, what is above others', async () => {
    const lines = ['0.0 igb', '0.1 igb', '0.2 igb', '0.4 vfio-pci', '0.6 ixgbe', '0.7 ixgbe'];
    const few = file('few.txt', lines.map((line) => `1 0000:01:0${line}\n`).join(''));
    expect((await busward('inspect', few)).out).not.toContain('devices,');
    const many = file('many.txt', [...lines, '0.3 igb'].map((line) => `1 0000:01:0${line}\n`).join(''));
    expect((await busward('inspect', many)).out).toMatch(/ 0000:01:00\.0-3 +pci +igb .*4 devices, in the way$/m);
  });

  it('tells a group that a user can own from one that he could', async () => {
    const svg = join(folder(), 'a.svg');
    const two = file('two.txt', '1 0000:01:00.0 vfio-pci\n2 0000:02:00.0 none\n');
    await busward('inspect', two, '--svg', svg);
    const stripes = readFileSync(svg, 'utf8').match(/width="4" [^>]*class="(\w+)"/g)!;
    expect(stripes.map((stripe) => /class="(\w+)"/.exec(stripe)![1])).toEqual(['can', 'could']);
  });

  it('tells the regrouping of Linux 5.9', async () => {
    const { out } = await busward(
      'inspect',
      listing('pci-x86-x99-groups-5.8-vs-5.9-b'),
      '--against',
      listing('pci-x86-x99-groups-5.8-vs-5.9-c'),
    );
    expect(out).toContain('10 groups have become one group, 11 devices');
    expect(out).toContain('35 groups have the same devices in both');
  });

  it('tells who came to which group, and whose group is not told', async () => {
    const one = file('one.txt', '1 0000:01:00.0 igb\n');
    const two = file('two.txt', '1 0000:01:00.0 igb\n1 0000:01:00.1 igb\n');
    const lspci = file('lspci.txt', '01:00.0 Ethernet controller [0200]: x [8086:1521]\n');
    const [came, went, untold] = await Promise.all([
      busward('inspect', one, '--against', two),
      busward('inspect', two, '--against', one),
      busward('inspect', one, '--against', lspci),
    ]);
    expect(came.out).toContain('0 groups have the same devices in both');
    expect(came.out).toContain('  - the group of 0000:01:00.0 gains 0000:01:00.1\n');
    expect(went.out).toContain('  - the group of 0000:01:00.0 loses 0000:01:00.1\n');
    expect(untold.out.replaceAll(/\s+/g, ' ')).toMatch(/ - \S+lspci\.txt does not tell the group of 0000:01:00\.0 /);
    expect(untold.out).not.toMatch(/nothing differs|Regrouped|Another verdict/);
  });
});

describe('plan, explain and what-if', () => {
  it('a plan is printed, exit code 0; a refusal with its reason, exit code 1', async () => {
    const [good, bad] = await Promise.all([
      busward('plan', eve, '80:1f.6'),
      busward('plan', 'examples/machines/tegra-tegra186-p2771-c.txt', '01:00.0'),
    ]);
    expect([good.code, bad.code]).toEqual([0, 1]);
    expect(good.out).toContain('echo vfio-pci > /sys/bus/pci/devices/0000:80:1f.4/driver_override\n');
    expect(bad.out).toContain('10003000.pcie: it is on platform');
  });

  it('a plan says of unbinding what is to be known, unless nothing is unbound: not on a kernel command line', async () => {
    const machine = file(
      'named.txt',
      '80:1f.6 Ethernet [0200]: x [8086:15bc]\n\tKernel driver in use: e1000e\n\tIOMMU group: 19\n',
    );
    const told = async (idiom: string): Promise<string> =>
      (await busward('plan', machine, '80:1f.6', '--for', idiom)).out.replaceAll('\n# ', ' ');
    const [cmdline, ...others] = await Promise.all(['cmdline', 'sysfs', 'driverctl', 'libvirt'].map(told));
    for (const other of others) {
      expect(other).toContain('nothing tells the driver_override of 0000:80:1f.6; the way back takes it to have none');
      expect(other).toContain('stop whoever uses the devices before the way back: the unbind waits for him');
    }
    expect(cmdline).toContain('vfio-pci.ids=8086:15bc');
    expect(cmdline).not.toMatch(/unbind|driver_override/);
  });

  it('a plan says what two files say that cannot both be true, and which kernel is taken', async () => {
    const [one, other] = [file('one.txt', '1 0000:01:00.0 vfio-pci\n'), file('other.txt', '1 0000:01:00.0 nvme\n')];
    const { out } = await busward('plan', one, other, '01:00.0');
    const notes = out.replaceAll(/\s+(?:# )?/g, ' ');
    expect(notes).toContain('kernel 7.3, the newest, since nothing tells which one runs');
    expect(notes).toContain(`0000:01:00.0, driver: vfio-pci (${one}:1), and nvme (${other}:1)`);
  });

  it('what a snapshot of somebody else calls a driver is a word, and no command', async () => {
    const driver = 'x;touch${IFS}PWNED;:';
    const device = { device: '0000:80:1f.4', bus: 'pci', group: '19', driver, override: 'a $(id)' };
    const snapshot = file('theirs.txt', `{"busward snapshot":1,"kernel":"6.12"}\n${JSON.stringify(device)}\n`);
    const { out } = await busward('plan', snapshot, '80:1f.4');
    expect(out).toContain(`echo '${driver}' > /sys/bus/pci/devices/0000:80:1f.4/driver_override\n`);
    expect(out).toContain(`echo 0000:80:1f.4 > '/sys/bus/pci/drivers/${driver}/bind' && break\n`);
    expect(out).toContain(`echo 'a $(id)' > /sys/bus/pci/devices/0000:80:1f.4/driver_override\n`);
    expect(out.replaceAll(/'[^']*'/g, '')).not.toMatch(/touch|\$\(/);
  });

  it('a message is explained for the machine', async () => {
    const { code, out } = await busward('explain', 'vfio: group 19 is not viable', '--machine', eve);
    expect(code).toBe(0);
    expect(out).toContain('this fits: a driver that does not manage DMA itself');
  });

  it('what another kernel, a bus or a strategy would change', async () => {
    const { out } = await busward(
      'what-if',
      eve,
      '--kernel',
      '6.1',
      '--to',
      '6.12',
      '--bus',
      'pci=pci@5.10',
      '--strategy',
      '7.3',
      '--load',
      'none=80:1f.4',
    );
    expect(out).toContain(`${eve}, under Linux 6.1\n`);
    expect(out).toContain('With Linux 6.12\n  - nothing changes for any group');
    expect(out).toContain('With pci as pci@5.10');
    expect(out).toContain('With 0000:80:1f.4 without a driver\n  - group 19: a user can own it now');
  });

  it('of what uname -r prints it is said how it is read, in a plan, too', async () => {
    const told = '6.1.0-50-amd64 is read as Linux 6.1; what its distribution';
    const [inspected, planned, changed] = await Promise.all([
      busward('inspect', eve, '--kernel', '6.1.0-50-amd64'),
      busward('plan', eve, '80:1f.6', '--kernel', '6.1.0-50-amd64'),
      busward('what-if', eve, '--to', '4.4'),
    ]);
    expect(inspected.out).toMatch(/under Linux 6\.1 a user/);
    for (const { out } of [inspected, planned]) expect(out.replaceAll(/[\s#]+/g, ' ')).toContain(told);
    expect(changed.out).toContain('Linux 4.4 is older than what is modelled');
  });

  it('what cannot be told does not stay as it is', async () => {
    const [driver, group] = await Promise.all([
      busward('what-if', listing('issue-harvester-10499'), '--to', '5.10'),
      busward('what-if', file('lspci.txt', '01:00.0 VGA [0300]: x [10de:1b80]\n'), '--to', '5.10'),
    ]);
    expect(driver.out).toContain('cannot tell whether anything changes for group 0: no driver in the evidence');
    expect(group.out).toContain('As it is\n  - no source tells of a group\n');
    expect(group.out).toContain('cannot tell whether anything changes: no source tells of a group');
    for (const { out } of [driver, group]) expect(out).not.toContain('nothing changes');
  });

  it('names a device in capitals, too, and a file that begins with a dash', async () => {
    for (const name of ['0000:80:1F.6', '80:1F.6']) expect((await busward('plan', eve, name)).code).toBe(0);
    expect((await busward('what-if', eve, '--add', '81:0A.5@20=nvme')).out).toContain('With 0000:81:0a.5 in group 20');
    const { code, err } = await busward('inspect', '--', '-x');
    expect([code, err]).toEqual([2, expect.stringMatching(/^busward: -x: cannot be read: there is no such file/)]);
  });

  it('a device that appears is named as Linux names it', async () => {
    const { out } = await busward('what-if', eve, '--add', '80:1f.5@20=nvme');
    expect(out).toContain('With 0000:80:1f.5 in group 20, on nvme\n  - group 20: in the way: 0000:80:1f.5 on nvme');
  });
});

describe('audit', () => {
  it('a row a machine, errors among them; goes on where it was, and reads again what has changed', async () => {
    const machines = folder();
    mkdirSync(join(machines, 'more'));
    writeFileSync(join(machines, 'a.txt'), '19 0000:80:1f.4 i801_smbus\n19 0000:80:1f.6 vfio-pci\n');
    writeFileSync(join(machines, 'more', 'b.txt'), '1 0000:01:00.0 vfio-pci\n');
    writeFileSync(join(machines, 'broken.txt'), 'nothing here\n');
    // What it writes stands among what it reads, and is no machine.
    const [rows, csv] = [join(machines, 'rows.jsonl'), join(machines, 'rows.csv')];
    const audit = () => busward('audit', machines, '--output', rows, '--csv', csv, '--workers', '1');
    const read = (): Record<string, unknown>[] =>
      readFileSync(rows, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);

    const { code, out } = await audit();
    expect(code).toBe(0);
    expect(out).toContain('2 machines, 3 devices, 2 groups; 1 file could not be read');
    expect(out).toContain('can own 1 group now; 1 is blocked\n');
    expect(read().map((row) => [String(row['file']).slice(machines.length + 1), row['blockers'] ?? 'error'])).toEqual([
      ['a.txt', { i801_smbus: 1 }],
      ['broken.txt', 'error'],
      ['more/b.txt', {}],
    ]);
    expect(readFileSync(csv, 'utf8').split('\n')).toHaveLength(5);

    // One that was interrupted while it wrote a line; and a machine that has changed since.
    const [first, , third] = readFileSync(rows, 'utf8').split('\n');
    writeFileSync(rows, `${first}\n${third!.replace('"devices":1', '"devices":77')}\n{"file":"${machines}/bro`);
    appendFileSync(join(machines, 'a.txt'), '20 0000:81:00.0 igb\n');
    expect((await audit()).out).toContain('2 machines, 80 devices, 3 groups; 1 file could not be read');
    expect(read()).toHaveLength(3);
  }, 120_000);

  it('tells of kernels that were not recorded how near the model comes to them, as inspect does', async () => {
    const machines = folder();
    writeFileSync(join(machines, 'a.txt'), 'Linux version 6.8.12\n1 0000:01:00.0 vfio-pci\n');
    const { err } = await busward('audit', machines, '--between', '6.12,99.1');
    expect(err.replaceAll(/\s+/g, ' ')).toMatch(
      / Notes - no kernel of the 6\.8 series was recorded; .* - Linux 99\.1 is newer than what is modelled; it is judged as 7\.3 $/,
    );
  });

  it('counts a machine once, whoever names it, reads nothing that it writes, and overwrites no machine', async () => {
    const machines = folder();
    const machine = join(machines, 'a.txt');
    writeFileSync(machine, '1 0000:01:00.0 vfio-pci\n');
    const twice = await busward('audit', machines, machine, `${machines}/../${machines.split('/').at(-1)}`);
    expect(twice.err).toContain('1 machine, 1 device, 1 group\n');
    const into = await busward('audit', machines, '--csv', machine);
    expect([into.code, into.err]).toEqual([2, expect.stringMatching(/--csv .*a\.txt: is a file that is read; give/)]);
    const rows = join(machines, 'rows.jsonl');
    execFileSync('sh', ['-c', `"$@" > ${rows}`, 'sh', process.execPath, commandLine, 'audit', machines], {
      cwd: root,
      stdio: 'ignore',
    });
    expect(
      readFileSync(rows, 'utf8')
        .split('\n')
        .map((row) => row.length > 0),
    ).toEqual([true, false]);
  });

  it('says of nothing but a broken file once what is wrong with it, and counts nothing', async () => {
    const machines = folder();
    writeFileSync(join(machines, 'broken.txt'), 'nothing here\n');
    const { code, out, err } = await busward('audit', machines);
    expect([code, err]).toEqual([2, 'no machine: 1 file could not be read\n']);
    expect(JSON.parse(out).error).toContain('nothing tells of a device');
    expect((await busward('audit', machines, '--output', join(folder(), 'rows.jsonl'))).out).toMatch(
      /^no machine: 1 file could not be read\n\nNot read\n {2}- .*broken\.txt/,
    );
  });
});

describe('bad input is one clear message and exit code 2', () => {
  it.each<[string, () => string[], RegExp]>([
    [
      'a device that is not there',
      () => ['plan', eve, '80:1f.7'],
      /^busward: .*eve-5670\.txt: no device '80:1f\.7'; .*it has 0000:80:1f\.4, 0000:80:1f\.6$/,
    ],
    ['no machine', () => ['inspect'], /^busward: no machine: give what tells of one machine/],
    ['a device that is there', () => ['what-if', eve, '--add', '80:1f.4@20'], /has a device '0000:80:1f\.4' already$/],
    [
      'a device twice',
      () => ['what-if', eve, '--add', '80:1f.5@20', '--add', '0000:80:1f.5@21'],
      /^busward: --add: '0000:80:1f\.5' is added twice; add it once$/,
    ],
    [
      'two drivers for one device',
      () => ['what-if', eve, '--load', 'vfio-pci=80:1f.4', '--load', 'none=0000:80:1f.4'],
      /^busward: --load: a driver for '0000:80:1f\.4' is given twice; give one$/,
    ],
    [
      'a bus twice',
      () => ['what-if', eve, '--bus', 'pci=pci@5.10', '--bus', 'pci=pci@6.1'],
      /^busward: --bus: 'pci' is given twice; give it once$/,
    ],
    [
      'no PCI function',
      () => ['what-if', eve, '--add', '80:1f.9@20'],
      /'80:1f\.9' is no PCI function; expected one, as /,
    ],
    ['no device', () => ['what-if', eve, '--add', 'foo bar@19'], /'foo bar' is no name of a device; expected one as /],
    ['no group', () => ['what-if', eve, '--add', '80:1f.5@x'], /'x' is no number of a group; expected one, as 19$/],
    [
      'no driver',
      () => ['what-if', eve, '--add', '80:1f.5@19=vfio-pci@5'],
      /'vfio-pci@5' is no name of a driver; expected one, as vfio-pci$/,
    ],
    ['no schema', () => ['schema', 'foo'], /^busward: foo: expected scenario, diff or matrix$/],
    [
      'no kernel',
      () => ['inspect', eve, '--kernel', 'new'],
      /expected a Linux version like 6\.12 or 6\.1\.112, or what uname -r prints$/,
    ],
    [
      'a picture into nowhere',
      () => ['inspect', eve, '--svg', '/nowhere/a.svg'],
      /^busward: --svg \/nowhere\/a.svg: cannot be written: there is no folder \/nowhere;/,
    ],
    [
      'a text that says nothing',
      () => ['explain', 'hello'],
      /^busward: 'hello': nothing in it is known; give the line as it was printed/,
    ],
    ['nothing to change', () => ['what-if', eve], /^busward: nothing to change: give --to/],
    [
      'a bus that is not there',
      () => ['what-if', eve, '--bus', 'pcii=pci@5.10'],
      /no bus 'pcii'; did you mean 'pci'\?/,
    ],
    [
      'an audit of nothing',
      () => ['audit', 'nowhere'],
      /^busward: nowhere: cannot be read: there is no such file or folder; give folders/,
    ],
    [
      'a PCI tool for another bus',
      () => ['plan', 'examples/machines/tegra-tegra186-p2771-c.txt', '3510000.hda', '--for', 'libvirt'],
      /nodedev-detach takes PCI devices only/,
    ],
  ])('%s', async (_, args, message) => {
    const { code, err } = await busward(...args());
    expect(err.trim()).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });
});
