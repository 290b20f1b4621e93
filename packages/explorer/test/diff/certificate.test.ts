import { amba } from '@busward/amba';
import type { Bus } from '@busward/core';
import { certify, verifyCertificate, type Certificate } from '@busward/explorer';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import { bruteForce, isBranchingBisimulation, ltsOf, union } from './brute-force.ts';
import { alone, side, under } from './sides.ts';

const buses = [platform, amba] as unknown as readonly [Bus, Bus];
const sides = [side('platform', under('6.12'), platform), side('amba', under('6.12'), amba)] as const;
const machine = [alone(buses[0]), alone(buses[1])] as const;

// Every alteration is checked from the beginning, so that the machine has to be small: nobody but root.
const small = [alone(buses[0], { users: [] }), alone(buses[1], { users: [] })] as const;

function made(inFlight: number, on = machine): Certificate {
  const certificate = certify({ sides, machines: [on], inFlight });
  if (typeof certificate === 'string') throw new Error(certificate);
  return certificate;
}

describe('a certificate', () => {
  const certificate = made(1, small);
  const [relation] = certificate.relations;
  const { blocks } = relation!;
  const states = ltsOf(bruteForce(sides[0], small[0], 1)).names.length;

  it('has a block for every state that running the generators comes by, and is accepted', () => {
    expect(blocks.map(({ length }) => length)).toEqual([states, states]);
    expect(verifyCertificate(certificate, sides)).toEqual({ holds: true, machines: 1, states: 2 * states });
    expect(verifyCertificate(made(2), sides).holds).toBe(true);
  });

  // By the definition of a branching bisimulation, on states found by brute force in their own order.
  it('is rejected after every alteration of one entry that is no bisimulation any more', () => {
    const [a, b] = [ltsOf(bruteForce(sides[0], small[0], 1)), ltsOf(bruteForce(sides[1], small[1], 1))];
    const place = [a, b].map(({ names }) => names.toSorted().map((name) => names.indexOf(name)));
    const all = union(a, b);
    const fresh = Math.max(...blocks.flat()) + 1;
    let rejected = 0;
    let accepted = 0;
    for (const at of [0, 1] as const)
      for (const [entry, old] of blocks[at].entries())
        for (const instead of [fresh, (old + 1) % fresh]) {
          const altered: readonly [number[], number[]] = [[...blocks[0]], [...blocks[1]]];
          altered[at][entry] = instead;
          const block = all.map(() => -1);
          altered[0].forEach((one, order) => (block[place[0]![order]!] = one));
          altered[1].forEach((one, order) => (block[a.names.length + place[1]![order]!] = one));
          const is = block[0] === block[a.names.length] && isBranchingBisimulation(all, block);
          const { holds } = verifyCertificate(
            { ...certificate, relations: [{ ...relation!, blocks: altered }] },
            sides,
          );
          if (holds !== is) throw new Error(`entry ${entry} of side ${at} as ${instead}: ${holds}, and it is ${is}`);
          if (is) accepted++;
          else rejected++;
        }
    expect(rejected).toBeGreaterThan(states);
    expect(accepted + rejected).toBe(4 * states);
  });

  it('is rejected with a state too few, without a machine, and for another plugin', () => {
    const short = { ...relation!, blocks: [blocks[0].slice(1), blocks[1]] as const };
    expect(verifyCertificate({ ...certificate, relations: [short] }, sides)).toMatchObject({ holds: false });
    expect(verifyCertificate({ ...certificate, relations: [] }, sides).holds).toBe(false);
    const changed = side('amba', under('6.12'), { ...amba, *dma_unconfigure() {} });
    const verified = verifyCertificate(certificate, [sides[0], changed]);
    expect(verified).toMatchObject({
      holds: false,
      why: expect.stringContaining('made for another amba, its hash is '),
    });
  });
});

it('there is none for what is not the same', () => {
  const forgetful = side('forgetful', under('6.12'), { ...platform, *dma_unconfigure() {} });
  expect(certify({ sides: [sides[0], forgetful], machines: [[machine[0], machine[0]]], inFlight: 1 })).toBe(
    'not the same on alone',
  );
});
