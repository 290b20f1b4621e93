import { spawn } from 'node:child_process';
import { watchFile } from 'node:fs';
import { InputError, linux73, type Bus, type Machine, type Strategy } from '@busward/core';
import { triedText, type CheckedScenario } from '@busward/report';
import { checkScenario, onBus, variantOf } from '@busward/scenario';
import { buildCommand } from '@stricli/core';
import { findPlugin, loadPlugins } from '../plugins/load.ts';
import { pageOf } from '../terminal/page.ts';
import { loadScenario, scenarioFilesIn, shippedScenarios, type LoadedScenario } from '../files/scenario-files.ts';

interface Flags {
  readonly once: boolean;
}

export const tryCommand = buildCommand<Flags, [string]>({
  docs: {
    brief: 'the shipped scenarios on a bus or strategy from a file, again whenever it is saved',
    fullDescription:
      'A strategy is tried on every scenario, beside the newest one that comes with the tool. A bus takes the place of the ' +
      'PCI devices of every scenario, or of the bus of its name, under the kernels that the scenario expects something of.',
  },
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'a module that exports a bus or a strategy', parse: String, placeholder: 'plugin' }],
    },
    flags: { once: { kind: 'boolean', brief: 'do not wait for changes', withNegated: false, default: false } },
  },
  async func({ once }, named) {
    const file = findPlugin(named, process.cwd());
    if (file === undefined)
      throw new InputError(`${named}: no such file; give a module that exports a bus or a strategy`);
    if (!once) return again(file);
    const { buses, strategies } = await loadPlugins(file);
    if (buses.length + strategies.length === 0) throw new InputError(`${named}: exports no bus and no strategy`);
    const scenarios = await Promise.all(scenarioFilesIn(shippedScenarios).map((path) => loadScenario(path)));
    const tried = [
      ...strategies.map((strategy) => ({
        name: strategy.name,
        scenarios: scenarios.flatMap((one) => onStrategy(one, strategy)),
      })),
      ...buses.map((bus) => ({ name: bus.name, scenarios: onItsBus(scenarios, bus) })),
    ];
    const idle = tried.find((one) => one.scenarios.length === 0);
    if (idle)
      throw new InputError(
        `${named}: no scenario that comes with busward has a device for ${idle.name} to be tried on`,
      );
    for (const one of tried) process.stdout.write(triedText(one, pageOf(process.stdout)));
  },
});

/** Beside the newest kernel's strategy, which is what a new one would replace; nothing, where that has no answer. */
function onStrategy({ scenario, vocabulary }: LoadedScenario, strategy: Strategy): readonly CheckedScenario[] {
  const others = vocabulary.strategies.filter(({ name }) => name !== strategy.name);
  const under = (name: string) =>
    checkScenario(scenario, variantOf(name, { ...vocabulary, strategies: [...others, strategy] }));
  const { verdict } = under(newest);
  if (verdict !== 'holds' && verdict !== 'fails') return [];
  return [{ scenario, results: [{ ...under(strategy.name), expected: verdict }] }];
}

const newest = linux73.name;

/** The scenarios with devices of the bus's name, or with PCI devices if there are none, on the bus. */
function onItsBus(scenarios: readonly LoadedScenario[], bus: Bus): readonly CheckedScenario[] {
  const withDevicesOn = (name: string): readonly LoadedScenario[] =>
    scenarios.filter(({ scenario }) => scenario.machine.devices.some((device) => device.bus === name));
  const own = withDevicesOn(bus.name);
  return own.length > 0
    ? own.map((one) => inPlaceOf(bus.name, one, bus))
    : withDevicesOn('pci').map((one) => inPlaceOf('pci', one, bus));
}

/** Under each kernel that the scenario names. */
function inPlaceOf(replaced: string, { scenario, vocabulary: all }: LoadedScenario, bus: Bus): CheckedScenario {
  // An installed one of its name has a history, before which there is none: it is tried on older kernels all the same.
  const vocabulary = replaced === bus.name ? all : { ...all, buses: all.buses.filter(({ name }) => name !== bus.name) };
  const moved = onBus(scenario, replaced, bus);
  // A kernel that is told by a revision of the replaced bus is about that bus.
  const kernels = scenario.expect.filter(({ variant }) => !variant.includes(` ${replaced}=`));
  const results = kernels.map(({ variant, verdict }) => {
    const kernel = variantOf(variant, vocabulary);
    const buses = (machine: Machine): readonly Bus[] => [
      ...kernel.busesOf(machine).filter(({ name }) => name !== bus.name),
      bus,
    ];
    return { ...checkScenario(moved, { ...kernel, busesOf: buses }), expected: verdict };
  });
  return { scenario: moved, results };
}

/** In a process of its own each time: a module is imported once, and one that never ends can be stopped. */
function again(file: string): void {
  let running = start();
  watchFile(file, { interval: 300 }, () => {
    running.kill();
    running = start();
  });

  function start() {
    if (process.stdout.isTTY) process.stdout.write('\u001b[2J\u001b[H');
    process.stderr.write(`${file}: every scenario is explored, some seconds\n`);
    const args = [...process.execArgv, process.argv[1]!, 'try', file, '--once'];
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    child.once('exit', (code) => {
      if (code !== null) process.stderr.write(`${file}: waiting for it to be saved\n`);
    });
    return child;
  }
}
