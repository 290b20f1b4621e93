import { amba } from '@busward/amba';
import { principles, type Bus } from '@busward/core';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import { cdx } from '../../../../examples/4-cdx/bus.js';
import { alone, callsOf, compared, shared, side, theDifference, under } from './sides.ts';

/*
 * What maintainers said of the buses and strategies, found without being told. Each says where it is from; none was
 * executed on a kernel.
 */

const buses = { amba, platform, 'fsl-mc': fslMc, pci, host1x, cdx } as unknown as Readonly<Record<string, Bus>>;
const at = (name: string, version: string): Bus => buses[name]!.at(version);

describe('two reads of dev->driver race with the IOMMU that registers (M20)', () => {
  // Robin Murphy on cdx, 20250425133929.646493-2-robin.murphy@arm.com; drivers/amba/bus.c of 7.3.4 still reads twice.
  it.each([
    ['amba', '7.3'],
    // 95deee37a123 put platform right in 6.15; before it, in bcb81ac6ae3c, platform was as amba still is.
    ['platform', 'bcb81ac6ae3c'],
  ])('%s as in %s crashes where platform as in 7.3 does not', (name, version) => {
    const [right, racy] = [at('platform', '7.3'), at(name, version)];
    const found = compared(
      [side('platform', under('7.3'), right, pci), side(name, under('7.3'), racy, pci)],
      [[alone(right, { iommu: 'later' }), alone(racy, { iommu: 'later' })]],
    );
    const difference = theDifference(found);
    expect(difference).toMatchObject({ by: 1, operations: 2, standing: 'second is weaker' });
    expect(callsOf(difference)).toBe('bind A to kernel, register the IOMMU of g');
    expect(difference.shows).toBe('register the IOMMU of g = crash');
    expect(difference.traces.map(({ breaks }) => breaks)).toEqual([[], ['P14']]);
    const { witness, differsAt } = difference.traces[1];
    expect(witness.steps[differsAt]!.happenings.join()).toContain('NULL dereference');
  });
  it('cdx as in 7.3 does, too; but it differs sooner, since it drops a deferral', () => {
    const [right, racy] = [at('platform', '7.3'), at('cdx', '7.3')];
    const sides = [side('platform', under('7.3'), right, pci), side('cdx', under('7.3'), racy, pci)] as const;
    const machines = [[alone(right, { iommu: 'later' }), alone(racy, { iommu: 'later' })]] as const;
    const onlyP14 = principles.filter(({ id }) => id === 'P14');
    const crash = theDifference(compared(sides, machines, { by: 'principles', principles: onlyP14 }));
    expect(crash).toMatchObject({ by: 1, operations: 2, shows: 'P14 at A' });
    expect(callsOf(crash)).toBe('bind A to kernel, register the IOMMU of g');
    expect(callsOf(theDifference(compared(sides, machines)))).toBe('bind A to kernel');
  });
  it('where the IOMMU is there from the start, nothing tells them apart', () => {
    const [one, other] = [at('platform', '7.3'), at('amba', '7.3')];
    const found = compared(
      [side('platform', under('7.3'), one, pci), side('amba', under('7.3'), other, pci)],
      [[alone(one), alone(other)]],
    );
    expect(found.finding).toEqual({ kind: 'same' });
  });
});

describe('a count that leaves its range', () => {
  const sides = [side('6.1', under('6.1'), at('pci', '6.1')), side('v8', under('v8'), at('pci', '6.1'))] as const;
  const machines = [
    [alone(at('pci', '6.1'), { testRemove: true }), alone(at('pci', '6.1'), { testRemove: true })],
  ] as const;
  const judgedBy = (...ids: readonly string[]) =>
    compared(sides, machines, { by: 'principles', principles: principles.filter(({ id }) => ids.includes(id)) });
  it('tells two sides apart by P4, with who takes part', () => {
    const found = judgedBy('P1', 'P4');
    expect(theDifference(found)).toMatchObject({ by: 1, shows: 'P4 at A', standing: 'second is weaker' });
    expect(theDifference(found).traces.map(({ breaks }) => breaks)).toEqual([[], ['P4']]);
    expect(found.bound.join()).not.toContain('not followed');
  });
  it('is not followed where P4 is not judged, and the bound says so', () => {
    const { finding, bound } = judgedBy('P1');
    const says = expect.stringMatching(/^not followed, where P4 is not judged: v8: g.owner_cnt /);
    expect(finding).toEqual({ kind: 'undecided', covered: says });
    expect(bound).toContainEqual(says);
  });
});

describe('cdx drops the verdict (M22; drivers/cdx/cdx.c, cdx_dma_configure(), 6.12.117)', () => {
  const [platformThen, cdxThen] = [at('platform', '6.12'), at('cdx', '6.12')];
  const sides = [side('platform', under('6.12'), platformThen, pci), side('cdx', under('6.12'), cdxThen, pci)] as const;
  it('in a shared group a kernel driver gets in beside the owner: cdx is weaker', () => {
    const found = compared(sides, [[shared(platformThen), shared(cdxThen)]]);
    expect(found.finding).toMatchObject({ kind: 'different', smallest: true, standing: 'second is weaker' });
    const difference = theDifference(found);
    expect(callsOf(difference)).toBe('bind B to vfio, u0: claim g, bind A to kernel');
    expect(difference.traces.map(({ breaks }) => breaks)).toEqual([[], ['P1', 'P2']]);
  });
  it('behind a group of one device it is the same', () =>
    expect(compared(sides, [[alone(platformThen), alone(cdxThen)]]).finding).toEqual({ kind: 'same' }));
  it('but where the IOMMU comes later it drops the deferral, too, whatever the group (M19)', () => {
    const found = compared(sides, [[alone(platformThen, { iommu: 'later' }), alone(cdxThen, { iommu: 'later' })]]);
    expect(callsOf(theDifference(found))).toBe('bind A to kernel');
    expect(theDifference(found).instead.concat(theDifference(found).shows).toSorted()).toEqual([
      'A: active',
      'bind A to kernel = EAGAIN',
    ]);
  });
  it('of all scenarios that tell them apart, this one is in every other', () => {
    const { finding } = compared(sides, [[shared(platformThen), shared(cdxThen)]], { all: true, most: 5 });
    if (finding.kind !== 'different') throw new Error(finding.kind);
    expect(finding.differences.map(callsOf)).toEqual(['bind B to vfio, u0: claim g, bind A to kernel']);
  });
});

describe('domain comparison (S9) against the count and the owner (6.1)', () => {
  const sides = [side('domain-compare', under('domain-compare'), pci), side('6.1', under('6.1'), pci)] as const;
  const machine = shared(pci as Bus);
  // 20211115193904.GR2105516@nvidia.com: "the group is on default_domain whether or not a driver is bound".
  it('a kernel driver is bound first, then a user attaches: nothing shorter breaks P1', () => {
    const onlyP1 = principles.filter(({ id }) => id === 'P1');
    const found = compared(sides, [[machine, machine]], { by: 'principles', principles: onlyP1 });
    const difference = theDifference(found);
    expect(callsOf(difference)).toBe('bind A to kernel, bind B to vfio, u0: claim g, u0: attach g');
    expect(difference).toMatchObject({ by: 0, operations: 4, shows: 'P1 at A', standing: 'first is weaker' });
    expect(found.finding).toMatchObject({ smallest: true });
  });
  it('what can be seen differs sooner: a claim blocks nothing', () =>
    expect(callsOf(theDifference(compared(sides, [[machine, machine]])))).toBe('bind A to vfio, u0: claim g'));
});

it('fsl-mc differs from platform exactly where a device gets no group (drivers/bus/fsl-mc, fsl_mc_dma_configure())', () => {
  const [one, other] = [at('platform', '7.3'), at('fsl-mc', '7.3')];
  const sides = [side('platform', under('7.3'), one, pci), side('fsl-mc', under('7.3'), other, pci)] as const;
  const withGroup = (['present', 'later'] as const).map(
    (iommu) => [shared(one, { iommu }), shared(other, { iommu })] as const,
  );
  expect(compared(sides, withGroup).finding).toEqual({ kind: 'same' });
  const without = alone(other, { groups: [] }, { group: undefined as never });
  expect(theDifference(compared(sides, [[alone(one), without]]))).toMatchObject({
    operations: 0,
    instead: ['A: on none'],
  });
});

it('host1x stands apart: its hook never checked (drivers/gpu/host1x/bus.c, to 6.9)', () => {
  const [one, other] = [at('platform', '6.6'), at('host1x', '6.6')];
  const sides = [side('platform', under('6.6'), one, pci), side('host1x', under('6.6'), other, pci)] as const;
  const found = compared(sides, [[shared(one), shared(other)]]);
  expect(found.finding).toMatchObject({ kind: 'different', standing: 'second is weaker' });
  expect(theDifference(found).traces[1].breaks).toEqual(['P1', 'P2']);
});
