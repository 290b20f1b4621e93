import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { busward, file, root, strategyPlugin } from './command-line.ts';

describe('busward replay', () => {
  const recorded = 'packages/traces/recordings/x86-amdvi/core-6.1.jsonl.gz';
  it('replays what booted kernels did, and says what they broke', async () => {
    const { code, out } = await busward('replay');
    expect(code).toBe(0);
    expect(out).toContain('1671 of 1671 scenarios agree');
    expect(out).toMatch(/P14 in 45 scenarios \(45 of linux@5\.10\)/);
  });
  it('replays under other profiles, as a matrix', async () => {
    const { code, out } = await busward('replay', recorded, '--profile', 'linux@6.1,legacy');
    expect(code).toBe(0);
    expect(out).toMatch(/^linux@6\.1 +31 of 31$/m);
    expect(out).toMatch(/^legacy +\d+ of 31$/m);
  });
  it('replays under variants of them, and under a strategy of a file', async () => {
    const same = 'linux@6.1 but vfio.lastDevice=detaches, pci=6.1.176';
    const unmanaged = 'linux@6.1 but pcieport.driver_managed_dma=no';
    const mine = strategyPlugin('my-6.1', 'use: linux61.ownership(section, bus).use');
    const asked = ['--profile', `${same},${unmanaged}`, '--profile', mine];
    const { out } = await busward('replay', recorded, ...asked);
    // What a profile has already changes nothing.
    expect(out).toMatch(new RegExp(`^${same} +31 of 31$`, 'm'));
    expect(out).toMatch(new RegExp(`^${unmanaged} +(?!31)\\d+ of 31$`, 'm'));
    expect(out).toMatch(/^mine +31 of 31$/m);
    const { code, err } = await busward('replay', recorded, '--profile', 'v8 but x=y');
    expect([code, err]).toEqual([2, expect.stringMatching(/^busward: --profile: 'x=y' is no setting; write /)]);
  });
  it('tells a divergence with both sides and the state, and ends with 1', async () => {
    const text = gunzipSync(readFileSync(join(root, recorded)))
      .toString('utf8')
      .replace('"result":"EBUSY"', '"result":"ok"');
    const { code, out } = await busward('replay', file('altered.jsonl', text));
    expect(code).toBe(1);
    expect(out).toMatch(
      /altered\.jsonl,\s+\S+,\s+step\s+\d+\s+\(bind\s[^)]*\):\s+result\n {2}the kernel: ok; linux@6\.1: EBUSY\n {2}the model: /,
    );
    expect(out).toContain('30 of 31 scenarios agree');
  });
  it('replays the other files when one is wrong, and ends with 2', async () => {
    const { code, out, err } = await busward('replay', file('cut.jsonl', '{"schema":1,'), recorded);
    expect(code).toBe(2);
    expect(err).toMatch(/cut\.jsonl:1:13: is no JSON; expected one recorded scenario a line/);
    expect(out).toContain('31 of 31 scenarios agree');
  });
  it('knows no profile of another name', async () => {
    const { code, err } = await busward('replay', '--profile', 'linux@6.2');
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^busward: --profile: no profile or strategy 'linux@6\.2'; did you mean 'linux@6\.1'\?/),
    ]);
  });
  it('lists profiles', async () => {
    const { out } = await busward('profiles');
    expect(out).toMatch(/^linux@5\.10\n {4}strategy legacy/m);
  });
});
