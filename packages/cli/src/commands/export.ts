import { assemble, InputError, menuOf, principles, type Machine, type System } from '@busward/core';
import {
  autOf,
  compile,
  dotOf,
  exploring,
  isComplete,
  itfOf,
  judgesOf,
  ltsOf,
  promelaOf,
  kindsOf,
  represent,
  stopOf,
  usualLimits,
  type Compiled,
} from '@busward/explorer';
import { checkingScenario, startOf, variantFor, type Scenario, type Variant } from '@busward/scenario';
import { machineOf, readMachine } from '@busward/topology';
import { buildCommand } from '@stricli/core';
import { match } from 'ts-pattern';
import { patienceFlags, type Patience } from '../flags/patience.ts';
import { asInput, soonAsInput } from '../as-input.ts';
import { inFlightFlag } from '../flags/in-flight.ts';
import { atLeastOne } from '../flags/number.ts';
import { installedPlugins } from '../plugins/plugins.ts';
import { loadScenario, scenarioFile } from '../files/scenario-files.ts';
import { noMachineNamed } from '../textbook.ts';
import { watched } from '../terminal/watched.ts';

type Format = 'promela' | 'aut' | 'dot' | 'itf';

interface Flags extends Omit<Patience, 'maxStates'> {
  readonly maxStates?: number;
  readonly profile?: string;
  readonly inFlight?: number;
}

/** States that other tools are given one by one. */
const FEW = 200_000;

export const exportCommand = buildCommand<Flags, [Format, string?]>({
  docs: {
    brief: 'a machine or a scenario for other tools: promela, aut, dot, or its witness as itf',
    fullDescription:
      'promela: for Spin, with as many states and transitions as the search here visits (symmetry off). aut: the ' +
      'transition system for mCRL2 and CADP; dot: for Graphviz. itf: the execution that refutes or shows a scenario, ' +
      'for Apalache and Quint.',
  },
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'promela, aut, dot or itf', parse: formatOf, placeholder: 'format' },
        {
          brief: 'a scenario file, or what tells of a machine; without it, the textbook machine',
          parse: String,
          placeholder: 'file',
          optional: true,
        },
      ],
    },
    flags: {
      profile: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief:
          "a profile, strategy or variant; without it, the scenario's first (for itf, that has an execution), or 7.3",
        placeholder: 'profile',
      },
      inFlight: { ...inFlightFlag, default: undefined, optional: true },
      ...patienceFlags,
      maxStates: {
        kind: 'parsed',
        parse: atLeastOne,
        optional: true,
        brief: `more states than that are not exported (${FEW}, or ${usualLimits.maxStates} of promela, which names no state)`,
        placeholder: 'n',
      },
    },
  },
  async func(flags, format, file) {
    const scenario = file !== undefined && /\.ya?ml$/.test(file);
    process.stdout.write(await (scenario ? ofScenario(format, file, flags) : ofMachine(format, file, flags)));
  },
});

const formats: readonly Format[] = ['promela', 'aut', 'dot', 'itf'];

function formatOf(text: string): Format {
  const found = formats.find((one) => one === text);
  if (found) return found;
  throw new Error(`expected ${formats.join(', ')}`);
}

async function ofScenario(format: Format, named: string, flags: Flags): Promise<string> {
  if (flags.inFlight !== undefined)
    throw new InputError(`--in-flight ${flags.inFlight}: is of machines, and a scenario says who acts; leave it out`);
  const { scenario, vocabulary } = await loadScenario(scenarioFile(named));
  const variant = asInput(flags.profile === undefined ? scenario.file : '--profile', () =>
    variantFor(
      flags.profile ?? (format === 'itf' ? shownBy(scenario) : undefined) ?? scenario.expect[0]!.variant,
      vocabulary,
      [scenario.machine],
    ),
  );
  const compiled = startOf(scenario, variant);
  if (typeof compiled === 'string') throw new InputError(`${scenario.file}: ${compiled} under ${variant.name}`);
  if (format !== 'itf') return exported(format, compiled, scenario.file, variant, flags);
  const search = checkingScenario(scenario, variant, { maxStates: flags.maxStates ?? FEW });
  const { witness, verdict, because } = await watched(search, flags);
  if (!witness)
    throw new InputError(
      verdict === 'undecided'
        ? `${scenario.file}: undecided under ${variant.name}, ${because}`
        : `${scenario.file}: no execution refutes or shows it under ${variant.name}; name another with --profile`,
    );
  return itfOf(compiled, witness);
}

/** The first variant under which an execution is expected that refutes it, or shows it. */
function shownBy({ condition, expect }: Scenario): string | undefined {
  const shown = condition.kind === 'sometimes' ? 'holds' : 'fails';
  return expect.find(({ verdict }) => verdict === shown)?.variant;
}

async function ofMachine(format: Format, file: string | undefined, flags: Flags): Promise<string> {
  if (format === 'itf') throw new InputError('itf is one execution; give a scenario file');
  const plugins = await installedPlugins();
  const { buses } = plugins;
  const read = file === undefined ? noMachineNamed() : machineOf(await readMachine([file], buses), buses);
  const variant = asInput('--profile', () => variantFor(flags.profile ?? '7.3', plugins, [read.machine]));
  const machine = fewOf(read.machine, variant);
  const clients = {
    kind: 'open',
    inFlight: flags.inFlight ?? Number(inFlightFlag.default),
    menu: menuOf(machine),
  } as const;
  const system: System = assemble(machine, variant.strategy, variant.busesOf(machine), clients);
  return exported(format, compile(system), machine.name, variant, flags);
}

/** Two of each kind at most, and a name that says so. */
function fewOf(whole: Machine, { busesOf, strategy }: Variant): Machine {
  const few = represent(whole, kindsOf(whole, busesOf(whole), strategy));
  if (few.devices.length === whole.devices.length) return whole;
  const name = `${whole.name}, ${few.devices.length} of its ${whole.devices.length} devices: two of each kind at most`;
  process.stderr.write(`${name}\n`);
  return { ...few, name };
}

/** Interchangeable slots are told apart: other tools know nothing of our symmetry. */
async function exported(
  format: Exclude<Format, 'itf'>,
  ours: Compiled,
  name: string,
  under: Variant,
  flags: Flags,
): Promise<string> {
  const compiled = { ...ours, symmetric: false };
  const lts = () => soonAsInput(name, () => watched(ltsOf(compiled, flags.maxStates ?? FEW), flags));
  return match(format)
    .with('promela', async () => {
      // The tables hold what a search has come by.
      const judges = judgesOf(compiled.system, principles);
      const limits = { maxStates: flags.maxStates ?? usualLimits.maxStates };
      const explored = await watched(exploring(compiled, judges, limits), flags);
      if (!isComplete(explored))
        throw new InputError(
          `${name}: ${explored.overflow ?? `the search was stopped ${stopOf(explored)}`}; only a whole system can be exported: ` +
            'take something smaller, or give --max-states',
        );
      return promelaOf(compiled, judges, under.name);
    })
    .with('aut', async () => autOf(await lts()))
    .with('dot', async () => dotOf(await lts(), name))
    .exhaustive();
}
