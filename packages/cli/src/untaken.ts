import {
  assemble,
  busesOf,
  kernelDriver,
  machine,
  menuOf,
  profiles,
  stubDriver,
  userDriver,
  type Bus,
  type Device,
  type Operation,
} from '@busward/core';
import { compile, transitionsOf } from '@busward/explorer';
import { checked } from './checked.ts';
import { loadScenario, scenarioFilesIn, shippedScenarios } from './files/scenario-files.ts';

/** What the profiles can do that neither `recorded` nor the search of any shipped scenario has come by. */
export async function untakenTransitions(
  recorded: ReadonlySet<string>,
  buses: readonly Bus[],
): Promise<{ readonly all: number; readonly byScenarios: number; readonly untaken: readonly string[] }> {
  const all = new Set<string>();
  for (const profile of profiles)
    for (const bus of busesOf(profile, buses))
      for (const { of, menu } of machinesOf(bus)) {
        const system = assemble(of, profile.strategy, [bus], { kind: 'open', inFlight: 1, menu });
        transitionsOf(compile(system)).forEach((one) => all.add(one));
      }
  const searched = new Set<string>();
  for (const file of scenarioFilesIn(shippedScenarios))
    for (const { taken } of checked(await loadScenario(file)).results) taken.forEach((one) => searched.add(one));
  const left = [...all].filter((one) => !recorded.has(one));
  const untaken = left.filter((one) => !searched.has(one));
  return { all: all.size, byScenarios: left.length - untaken.length, untaken };
}

/** Small machines on which every operation has every step: one as it is, one whose IOMMU comes later. */
function machinesOf(bus: Bus) {
  const drivers = [
    { ...kernelDriver('kernel'), ownDomain: true as const },
    { ...kernelDriver('failing'), failsAt: 'probe' as const },
    userDriver('user'),
    stubDriver('stub'),
  ];
  const device = (name: string): Device => ({
    name,
    bus: bus.name,
    facts: bus.example(name),
    group: 'g',
    joins: 'at first bind',
    direct: true,
    bridge: false,
    drivers,
  });
  return (['container', 'iommufd'] as const).flatMap((through) =>
    (['present', 'later'] as const).map((iommu) => {
      const devices = [
        { ...device('A'), returnsAs: 'B' },
        { ...device('B'), absent: true as const },
      ];
      const of = machine('every step', {
        devices,
        users: [{ name: 'u0', through }],
        iommu,
        types: { now: {}, auto: 'DMA' },
      });
      return { of, menu: everyOperation(of, through) };
    }),
  );
}

function everyOperation(of: ReturnType<typeof machine>, through: 'container' | 'iommufd'): readonly Operation[] {
  const [user, group, device, driver] = ['u0', 'g', 'A', 'kernel'];
  return [
    ...menuOf(of, { hotplug: true }),
    { do: 'die', user },
    ...(through === 'iommufd'
      ? []
      : ([
          { do: 'detach', user, group },
          ...(['open group', 'close group', 'set container'] as const).map((verb) => ({ do: verb, user, group })),
          { do: 'claim directly', user, device },
          { do: 'release directly', user, device },
          { do: 'set type', group, type: 'identity' },
          { do: 'override and bind', device, driver },
          { do: 'find driver', device, driver },
          { do: 'rescan' },
          { do: 'reset', device },
        ] as const)),
  ];
}
