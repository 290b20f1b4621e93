import { amba } from '@busward/amba';
import { assemble, busesOf, profiles, type Bus } from '@busward/core';
import { interpreter, openState } from '@busward/explorer';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { agentOf } from '../src/agent.ts';
import { observe } from '../src/observe.ts';
import { profileOf } from '../src/profile-of.ts';
import { driversAtStart, recordedMachine } from '../src/recorded-machine.ts';
import { readTraces, type Trace } from '../src/trace.ts';

/* Scenarios that nobody recorded, on the recorded machines: what the agent would be told. */

const buses: readonly Bus[] = [amba, platform, fslMc, pci, host1x];

interface Found {
  readonly topology: string;
  readonly kernel: string;
  readonly iommu: string;
  /** Their groups at the first boot. */
  readonly devices: Readonly<Record<string, string | null>>;
}

function traceOf({ topology, kernel, iommu, devices }: Found, steps: readonly string[]): Trace {
  const named = Object.entries(devices);
  const drivers = named.map(([name]) => [name, { P: 'pcieport', R: 'shpchp' }[name] ?? null]);
  const groups = named.flatMap(([, group]) => (group === null ? [] : [[group, { type: 'DMA', node: false }]]));
  const state = { drivers: Object.fromEntries(drivers), groups: Object.fromEntries(groups) };
  const line = {
    schema: 1,
    kernel,
    kernel_version: '',
    iommu,
    topology,
    scenario: 'unrecorded',
    initial: state,
    devices: Object.fromEntries(named.map(([name, group]) => [name, { bus: 'any', group }])),
    steps: steps.map((text) => ({ do: text, result: 'ok', state })),
  };
  return readTraces('t', JSON.stringify(line))[0]!;
}

/** What each step comes to, and what can be seen at the end. */
function carryOut(found: Found, steps: readonly string[]) {
  const trace = traceOf(found, steps);
  const { strategy, ...profile } = profileOf(trace);
  const plugins = busesOf({ strategy, ...profile }, buses);
  const system = assemble(recordedMachine(trace, strategy, plugins), strategy, plugins, {
    kind: 'open',
    inFlight: 1,
    menu: [],
  });
  const model = interpreter(system);
  const cells = () => openState(model.state()).cells;
  const agent = agentOf(system, trace, (device) => model.link(device));
  for (const [device, driver] of driversAtStart(trace)) model.start({ do: 'bind', device, driver });
  const results: string[] = [];
  for (const step of steps) {
    const ordered = agent.operationsOf(step, cells());
    let result = typeof ordered === 'string' ? ordered : '';
    for (const operation of typeof ordered === 'string' ? [] : ordered) {
      result = model.start(operation).result;
      if (result !== 'OK') break;
    }
    results.push(result);
    if (result === 'crash') break;
  }
  const state = observe(system, cells(), trace, (device) => model.link(device), agent.usersOf);
  return { results: results.join(' '), state };
}

const onPort = (kernel: string): Found => ({
  topology: 'x86-vtd',
  kernel,
  iommu: 'intel',
  devices: { P: 'gP', Q: 'gP', N: 'gN' },
});
const behindBridge = (kernel: string): Found => ({
  topology: 'arm-smmuv3-bridge',
  kernel,
  iommu: 'smmuv3',
  devices: { R: 'gR', C: null, D: null },
});
const kernels = ['5.10.0', '6.1.0', '6.12.107', '6.18.15', '7.3.4'];

describe('drivers that take no such device', () => {
  const steps = ['unbind P', 'bind P vfio-pci', 'bind Q pcieport', 'bind P pcieport'];
  it.each([
    ['5.10.0', 'OK ENODEV ENODEV OK'],
    ['6.1.0', 'OK EINVAL ENODEV OK'],
    ['7.3.4', 'OK EINVAL ENODEV OK'],
  ])('%s: vfio-pci takes no bridge, pcieport no endpoint', (kernel, told) =>
    expect(carryOut(onPort(kernel), steps).results).toBe(told),
  );
});

describe('removal and rescan', () => {
  it.each(kernels)('%s: a port takes along what is behind it, and finds its driver again', (kernel) => {
    const gone = carryOut(onPort(kernel), ['bind Q vfio-pci', 'remove P']);
    expect(gone.state.drivers).toEqual({ P: '(absent)', Q: '(absent)', N: null });
    const back = carryOut(onPort(kernel), ['bind Q vfio-pci', 'remove P', 'remove N', 'rescan']);
    expect(back.state.drivers).toEqual({ P: 'pcieport', Q: null, N: 'e1000' });
  });
  it('what is not there has no file to write to', () =>
    expect(carryOut(onPort('6.12.107'), ['remove N', 'remove N', 'override N e1000', 'probe N']).results).toBe(
      'OK ENOENT ENOENT ENODEV',
    ));
  it('only PCI devices can be removed', () => {
    const onBoard = { topology: 'arm-smmuv3', kernel: '6.12.107', iommu: 'smmuv3', devices: { X: 'gX' } };
    expect(carryOut(onBoard, ['remove X', 'probe X']).results).toBe('ENOENT OK');
    expect(carryOut(onBoard, ['remove X', 'probe X']).state.drivers).toEqual({ X: 'pl061_gpio' });
  });
  it('6.1: the bridge above C and D is in their group, so that it never has one device', () => {
    const behind = { ...onPort('6.1.0'), devices: { C: 'gC', D: 'gC' } };
    expect(carryOut(behind, ['remove D', 'settype C identity']).results).toBe('OK EINVAL');
  });
});

describe('two devices behind a bridge of an SMMUv3 machine', () => {
  const steps = ['bind D vfio-pci', 'gopen u0 D', 'unbind R', 'cset u0 D', 'gopen u0 C', 'bind C uio_pci_generic'];
  it.each(['6.1.0', '6.12.107'])('%s: the one that is bound first is in the group', (kernel) =>
    expect(carryOut(behindBridge(kernel), steps).results).toBe('OK OK OK OK skip OK'),
  );
  it.each(['6.18.15', '7.3.4'])('%s: the first one is, from boot on', (kernel) =>
    expect(carryOut(behindBridge(kernel), steps).results).toBe('EINVAL skip OK skip ENOENT OK'),
  );
});

it('no walk makes the model throw', () => {
  const found = (topology: string, iommu: string, devices: Found['devices']): Omit<Found, 'kernel'> => ({
    topology,
    iommu,
    devices,
  });
  const x86 = { A: 'gA', C: 'gC', D: 'gC', E: 'gE', F: 'gE', P: 'gP', Q: 'gP', N: 'gN' };
  const nowhere = Object.fromEntries(Object.keys(x86).map((name) => [name, null]));
  const machines = [
    found('x86-vtd', 'intel', x86),
    found('x86-vtd-mfbit', 'intel', x86),
    found('x86-amdvi', 'amd', x86),
    found('x86-none', 'none', nowhere),
    found('arm-smmuv3', 'smmuv3', { ...x86, X: 'gX', Y: 'gY', Z: 'gZ', V: 'gV' }),
    found('arm-smmuv3-bridge', 'smmuv3', { ...nowhere, R: 'gR', P: 'gP', X: 'gX' }),
    found('arm-labmod', 'smmuv3', { ...x86, X: 'gX', Z: 'gZ', M: 'gM', H: null }),
    found('arm-labmod-nodmaranges', 'smmuv3', { ...x86, X: 'gX', Z: 'gZ', M: null, H: null }),
  ];
  const stepOn = (names: readonly string[]) => {
    const device = fc.constantFrom(...names);
    const user = fc.constantFrom('u0', 'u0', 'u1');
    const driver = fc.constantFrom('vfio-pci', 'vfio-pci', 'uio_pci_generic', 'pci-stub', 'e1000', 'pcieport');
    const withUser = fc.constantFrom('gopen', 'cset', 'dopen', 'dclose', 'gclose', 'cunset', 'claim', 'release');
    return fc.oneof(
      fc.tuple(fc.constantFrom('bind', 'bind', 'override'), device, driver),
      fc.tuple(fc.constantFrom('unbind', 'unbind', 'probe', 'remove'), device),
      { weight: 3, arbitrary: fc.tuple(withUser, user, device) },
      fc.tuple(fc.constant('cset'), user, device, device),
      fc.tuple(fc.constant('settype'), device, fc.constantFrom('identity', 'DMA', 'DMA-FQ', 'auto')),
      fc.tuple(fc.constant('die'), user),
      fc.constant(['rescan']),
    );
  };
  const walk = fc
    .tuple(fc.constantFrom(...machines), fc.constantFrom(...profiles), fc.nat())
    .chain(([on, { version }, pick]) => {
      const all = Object.keys(on.devices);
      const names = [0, 1, 2].map((next) => all[(pick + next) % all.length]!);
      const steps = fc.array(stepOn(names), { minLength: 25, maxLength: 25 });
      return steps.map((words) => ({ found: { ...on, kernel: version }, steps: words.map((word) => word.join(' ')) }));
    });
  fc.assert(
    fc.property(walk, ({ found: on, steps }) => {
      expect(carryOut(on, steps).results).not.toBe('');
    }),
    { numRuns: 300 },
  );
});
