import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { count, InputError, PluginError, type Bus, type User } from '@busward/core';
import { comparing, engines, type Comparison, type Engine } from '@busward/explorer';
import { comparisonJson, comparisonText } from '@busward/report';
import { machineOf, readMachine } from '@busward/topology';
import { buildCommand } from '@stricli/core';
import { patienceFlags, type Patience } from '../flags/patience.ts';
import { namesFlag } from '../flags/names.ts';
import { asFlag, printAs, type As } from '../flags/as.ts';
import { choosePlugins, type Choice } from '../plugins/choose.ts';
import { engineFlag } from '../flags/engine.ts';
import { sourcesBrief } from '../found-machine.ts';
import { makeFolder } from '../files/make-folder.ts';
import { pageOf } from '../terminal/page.ts';
import { folderFlag } from '../flags/paths.ts';
import { readText } from '../files/read-text.ts';
import { secondWorker } from '../second-worker.ts';
import { noMachineNamed } from '../textbook.ts';
import { usersFlag } from '../flags/users.ts';
import { inFlightFlag } from '../flags/in-flight.ts';
import { isInterrupted, watched } from '../terminal/watched.ts';
import { writeWhole } from '../files/write-whole.ts';

interface Flags extends Choice, Patience {
  readonly as: As;
  readonly differences: boolean;
  readonly users: readonly User[];
  readonly inFlight: number;
  readonly save?: string;
  readonly engine: Engine;
  readonly workers: 1 | 2;
  readonly noReduction: boolean;
}

export const compareCommand = buildCommand<Flags, string[]>({
  docs: {
    brief: 'what each strategy means for the devices of each bus',
    fullDescription:
      'Explores every interleaving of a machine under each strategy and prints the worst outcome in which a device of ' +
      'each bus takes part, with a shortest witness of each outcome, or of each strategy that is named.',
  },
  parameters: {
    positional: {
      kind: 'array',
      parameter: {
        brief: `${sourcesBrief}; without any, a textbook machine`,
        parse: String,
        placeholder: 'machine',
      },
    },
    flags: {
      bus: namesFlag('only these buses; NAME@6.12 for what Linux had then; or a path or package to load', 'bus'),
      strategy: namesFlag('only these strategies, and a witness of each; or a path or package to load', 'strategy'),
      principle: namesFlag('judge only these principles; or a path or package to load', 'principle'),
      differences: {
        kind: 'boolean',
        brief: 'leave out strategies that keep every device isolated',
        withNegated: false,
        default: false,
      },
      as: asFlag,
      users: usersFlag,
      inFlight: inFlightFlag,
      ...patienceFlags,
      engine: engineFlag(engines),
      workers: {
        kind: 'parsed',
        parse: oneOrTwo,
        default: '1',
        brief: 'on how many cores --engine explicit searches, 1 or 2; what it says is the same',
        placeholder: 'n',
      },
      noReduction: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'explore every device of every group together, and do not let like ones answer for one another',
      },
      save: folderFlag('write each witness as a scenario file into this folder'),
    },
  },
  async func(flags, ...machine) {
    if (flags.workers === 2 && flags.engine.name !== 'explicit')
      throw new InputError(
        `--workers 2: the ${flags.engine.name} engine has one worker; give --engine explicit as well`,
      );
    const isHelped = flags.workers === 2 && availableParallelism() > 1;
    const { allBuses, buses, strategies, principles, says, files } = await choosePlugins(flags);
    for (const [flag, all] of [
      ['--bus', allBuses],
      ['--strategy', strategies],
    ] as const)
      for (const name of machine.filter((one) => !existsSync(one) && all.some((other) => other.name === one)))
        throw new InputError(`${name}: no such file; give ${flag} ${name}, if that is meant`);
    const read = machine.length === 0 ? noMachineNamed() : machineOf(await readMachine(machine, allBuses), allBuses);
    const search = comparing({
      machine: { ...read.machine, users: flags.users },
      buses: allBuses,
      columns: buses.map((bus) => bus.name),
      strategies,
      principles,
      inFlight: flags.inFlight,
      limits: { maxStates: flags.maxStates, ...(isHelped && { helper: secondWorker }) },
      engine: flags.engine,
      reduction: !flags.noReduction,
    });
    const comparison = await naming(files, () => watched(search, flags));
    if (flags.save !== undefined && !isInterrupted()) await saveWitnesses(comparison, allBuses, flags.save);
    const alone = flags.workers === 2 && !isHelped ? ['one worker: this process has one core'] : [];
    const whole = { ...comparison, bound: [...read.says, ...says, ...alone, ...comparison.bound] };
    printAs(flags.as, comparisonJson(whole), () =>
      comparisonText(whole, pageOf(process.stdout), { ...flags, each: flags.strategy !== undefined }),
    );
  },
});

/**
 * `v8-pci-P10.yaml`: one for each strategy and bus that is not isolated under it. A file that is there and says something else may
 * have been worked on, and stays.
 */
async function saveWitnesses(comparison: Comparison, buses: readonly Bus[], folder: string): Promise<void> {
  const { scenarioOfWitness } = await import('@busward/scenario');
  let written = 0;
  for (const { strategy, verdicts } of comparison.rows)
    for (const [bus, verdict] of verdicts) {
      if (verdict.kind !== 'broken') continue;
      const { witness, principle, device } = verdict;
      const past = buses.filter(
        ({ name, asIn }) => asIn !== undefined && witness.machine.devices.some((one) => one.bus === name),
      );
      const but = past.length > 0 ? ` but ${past.map(({ name, asIn }) => `${name}=${asIn}`).join(', ')}` : '';
      const text = scenarioOfWitness(
        witness,
        {
          question: `Can ${device} of ${comparison.machine.name} take part in breaking ${principle.id} (${principle.name})?`,
          source: 'busward compare',
          kind: 'sometimes',
          facts: [principle.id],
          expect: [{ variant: `${strategy.name}${but}`, verdict: 'holds' }],
        },
        buses,
      );
      const file = join(folder, `${strategy.name}-${bus}-${principle.id}.yaml`);
      if (existsSync(file) && readText(file, 'name another folder') !== text)
        process.stderr.write(`busward: ${file}: left as it was: it says something else; name another folder\n`);
      else {
        makeFolder(folder);
        writeWhole(file, text);
        written += 1;
      }
    }
  process.stderr.write(`busward: ${folder}: ${count(written, 'scenario')} written\n`);
}

/** Says which file the plugin is from that an error speaks of. */
async function naming<T>(files: ReadonlyMap<string, string>, explore: () => Promise<T>): Promise<T> {
  try {
    return await explore();
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    const [, file] = [...files].find(([name]) => error.message.includes(`'${name}'`)) ?? [];
    throw file === undefined ? error : new PluginError(`${file}: ${error.message}`);
  }
}

function oneOrTwo(text: string): 1 | 2 {
  if (text === '1' || text === '2') return Number(text) as 1 | 2;
  throw new Error('expected 1 or 2');
}
