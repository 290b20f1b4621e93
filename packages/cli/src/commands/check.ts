import { InputError, PluginError } from '@busward/core';
import { engines, seekers, type Seeker } from '@busward/explorer';
import { checksText, isAsExpected, type CheckedScenario } from '@busward/report';
import { buildCommand } from '@stricli/core';
import { patienceFlags, type Patience } from '../flags/patience.ts';
import { engineFlag } from '../flags/engine.ts';
import { checking } from '../checked.ts';
import { endWith } from '../terminal/exit-code.ts';
import { kernelsNamed } from '../plugins/kernels-named.ts';
import { orSay } from '../terminal/or-say.ts';
import { pageOf } from '../terminal/page.ts';
import { profileFlag, variantsIn } from '../flags/profile.ts';
import { loadScenario, scenarioFilesIn, shippedScenarios, type LoadedScenario } from '../files/scenario-files.ts';
import { hearingCtrlC, isInterrupted, watched } from '../terminal/watched.ts';

interface Flags extends Patience {
  readonly profile?: readonly string[];
  readonly engine: Seeker;
  readonly noReduction: boolean;
}

export const checkCommand = buildCommand<Flags, string[]>({
  docs: {
    brief: 'explore every interleaving of scenario files, and hold the verdicts against what they expect',
    fullDescription:
      'Checks each scenario under the profiles it names, or under those of --profile, of which nothing is expected where it ' +
      'does not name them. Exit code 1: a verdict is not the expected one, is undecided, or what a scenario speaks of ' +
      'never comes about; 2: something could not be read.',
  },
  parameters: {
    positional: {
      kind: 'array',
      parameter: {
        brief: 'scenario files, or folders of them; without it, those that come with the tool',
        parse: String,
        placeholder: 'file',
      },
    },
    flags: {
      profile: profileFlag,
      ...patienceFlags,
      engine: engineFlag(seekers, whyNot),
      noReduction: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'tell every history from every other, and do not take those with the same future for one',
      },
    },
  },
  async func(flags, ...paths) {
    const all: CheckedScenario[] = [];
    const files: string[] = [];
    const scenarios: LoadedScenario[] = [];
    let unread = 0;
    let begun = 0;
    const began = performance.now();
    const told = new Set<string>();
    const orCount = async (work: () => void | Promise<void>): Promise<void> => {
      if (!(await orSay(work))) unread += 1;
    };
    for (const path of paths.length === 0 ? [shippedScenarios] : paths)
      await orCount(() => void files.push(...scenarioFilesIn(path)));
    const instead = flags.profile && (await kernelsNamed(variantsIn(flags.profile)));
    for (const file of files)
      await orCount(async () => void scenarios.push(await loadScenario(file, instead?.strategies)));
    const asked = instead && { variants: instead.names, of: scenarios.map(({ scenario }) => scenario) };
    await hearingCtrlC(async () => {
      for (const loaded of scenarios) {
        if (isInterrupted()) break;
        begun += 1;
        await orCount(async () => {
          const search = checking(loaded, { maxStates: flags.maxStates }, asked, !flags.noReduction, flags.engine);
          try {
            all.push(await watched(search, flags, began));
          } catch (error) {
            if (!(error instanceof PluginError || error instanceof InputError)) throw error;
            // An unknown --profile is so in every scenario.
            if (told.has(error.message)) return void (unread += 1);
            told.add(error.message);
            throw placed(error, loaded.scenario.file);
          }
        });
      }
    });
    if (all.length === 0) return;
    const chosen = flags.engine === seekers[0] ? undefined : flags.engine;
    process.stdout.write(checksText(all, pageOf(process.stdout), chosen));
    if (unread > 0) process.stdout.write(`${unread} more could not be read\n`);
    if (begun < scenarios.length)
      process.stdout.write(`${scenarios.length - begun} more were not looked at: stopped by Ctrl-C\n`);
    if (!all.every(isAsExpected)) endWith(1);
  },
});

function whyNot(name: string): string | undefined {
  if (!engines.some((one) => one.name === name)) return undefined;
  return 'it holds sets of states, and no executions, which a scenario speaks of';
}

/** A plugin that breaks the contract, or an unknown --profile, is told with the scenario that it was met in. */
const placed = (error: Error, file: string): Error =>
  error.message.startsWith(file) ? error : new InputError(`${file}: ${error.message}`);
