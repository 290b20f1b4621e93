import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { amba } from '@busward/amba';
import { principles, strategies, type Bus } from '@busward/core';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { checkScenario, pluginOf, readScenario, variantOf, type Scenario, type Vocabulary } from '@busward/scenario';
import { limits, type Trial } from './trial.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A scenario under one of the variants it speaks of, and the verdict it expects there. */
export interface ScenarioTrial extends Trial {
  readonly expected: string;
}

/** Every scenario that comes with the project, under every variant it expects something of. */
export async function scenarioTrials(): Promise<readonly ScenarioTrial[]> {
  const files = [join(root, 'packages/scenario/scenarios'), join(root, 'examples')].flatMap(yamlIn);
  const trials: ScenarioTrial[] = [];
  for (const file of files) {
    const { scenario, vocabulary } = await load(file);
    trials.push(...scenario.expect.map(({ variant, verdict }) => trialOf(scenario, variant, verdict, vocabulary)));
  }
  return trials;
}

function trialOf(scenario: Scenario, variant: string, expected: string, vocabulary: Vocabulary): ScenarioTrial {
  return {
    name: `${scenario.file} under ${variant}`,
    kind: 'scenario',
    expected,
    run() {
      const { verdict, states, transitions } = checkScenario(scenario, variantOf(variant, vocabulary), limits);
      return { verdict, size: `${states} ${transitions}` };
    },
  };
}

function yamlIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  // With file types, links are not followed: packages that depend on each other for their tests are a circle of them.
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => path.endsWith('.yaml') && !path.includes('node_modules'))
    .toSorted();
}

async function load(file: string): Promise<{ readonly scenario: Scenario; readonly vocabulary: Vocabulary }> {
  const text = readFileSync(file, 'utf8');
  const plugin = pluginOf(text);
  const more = plugin === undefined ? [] : await busesFrom(resolve(dirname(file), plugin));
  const vocabulary = { buses: [...buses, ...more], strategies, principles };
  const name = relative(root, file).replace('packages/scenario/scenarios/', '');
  return { scenario: readScenario(name, text, vocabulary), vocabulary };
}

async function busesFrom(path: string): Promise<readonly Bus[]> {
  const exported = Object.values((await import(pathToFileURL(path).href)) as object);
  return exported.filter((one: object) => 'dma_configure' in one) as Bus[];
}

const buses: readonly Bus[] = [amba, platform, fslMc, pci, host1x];
