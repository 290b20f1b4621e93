import { existsSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { busesOf, InputError } from '@busward/core';
import { checkScenario, operationsOf, overlapping, scenarioOfWitness, variantFor } from '@busward/scenario';
import { noSuch } from '@busward/scenario/nearest';
import { agentSteps, profileOf, readTraces, scenarioOfTrace } from '@busward/traces';
import { buildCommand } from '@stricli/core';
import { asInput } from '../as-input.ts';
import { installedPlugins } from '../plugins/plugins.ts';
import { recordingsIn, shippedRecordings, textOfRecording } from '../files/recordings.ts';
import { loadScenario, scenarioFile } from '../files/scenario-files.ts';

interface Flags {
  readonly name?: string;
  readonly profile?: string;
  readonly to: 'scenario' | 'trace';
}

export const convertCommand = buildCommand<Flags, [string]>({
  docs: {
    brief: 'a recorded scenario as a scenario file; what refutes a scenario as one, or as steps for a real kernel',
    fullDescription:
      'Of recordings, the scenario called --name is written as a scenario file. Of a scenario file, the execution that ' +
      'refutes or shows it under --profile is written as a scenario file of its own, or (--to trace) as steps that the ' +
      "recordings' agent can carry out on a booted kernel.",
  },
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'recordings (.jsonl, .jsonl.gz) or a scenario file', parse: String, placeholder: 'file' }],
    },
    flags: {
      name: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: 'which recorded scenario',
        placeholder: 'scenario',
      },
      profile: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: "whose execution; without it, that of the scenario's first variant which has one",
        placeholder: 'profile',
      },
      to: { kind: 'enum', values: ['scenario', 'trace'], default: 'scenario', brief: 'what to write' },
    },
  },
  async func({ name, profile, to }, file) {
    if (existsSync(file) && statSync(file).isDirectory())
      throw new InputError(`${file}: a folder; give one file: a scenario (.yaml), or recordings (.jsonl, .jsonl.gz)`);
    const isRecording = /\.jsonl(\.gz)?$/.test(file);
    const idle = isRecording ? idleOfRecording(profile, to) : name !== undefined && `--name ${name}: is of recordings`;
    if (idle)
      throw new InputError(
        `${file}: ${idle}, and this is a ${isRecording ? 'recording' : 'scenario file'}; leave it out`,
      );
    process.stdout.write(isRecording ? await fromRecording(file, name) : await fromScenario(file, profile, to));
  },
});

function idleOfRecording(profile: string | undefined, to: Flags['to']): string | undefined {
  if (profile !== undefined) return `--profile ${profile}: is of scenario files`;
  return to === 'trace' ? '--to trace: is of scenario files' : undefined;
}

async function fromRecording(named: string, name: string | undefined): Promise<string> {
  const [path] = recordingsIn(named);
  const inside = relative(shippedRecordings, path!);
  const traces = readTraces(inside.startsWith('..') ? path! : inside, textOfRecording(path!));
  const names = traces.map(({ scenario }) => scenario);
  if (name === undefined) throw new InputError(`${named}: which scenario? give --name; there are ${names.join(', ')}`);
  const trace = traces.find(({ scenario }) => scenario === name);
  if (!trace) throw new InputError(`${named}: ${noSuch('scenario', name, names)}`);
  const { buses } = await installedPlugins();
  const profile = profileOf(trace);
  return asInput(named, () => scenarioOfTrace(trace, profile, busesOf(profile, buses)));
}

async function fromScenario(named: string, profile: string | undefined, to: Flags['to']): Promise<string> {
  const { scenario, vocabulary } = await loadScenario(scenarioFile(named));
  const asked = profile === undefined ? scenario.expect.map(({ variant }) => variant) : [profile];
  for (const name of asked) {
    const variant = asInput('--profile', () => variantFor(name, vocabulary, [scenario.machine]));
    const { witness, verdict } = checkScenario(scenario, variant);
    if (!witness) continue;
    const operations = [...scenario.before, ...operationsOf(witness)];
    const facts = scenario.condition.facts.map(({ text }) => text);
    if (to === 'trace') {
      const { steps, says } = asInput(scenario.file, () => agentSteps(witness.machine, operations));
      const together = overlapping(witness).map((pair) => `in flight together: ${pair}`);
      return [
        `# ${scenario.file} under ${name}`,
        ...[...says, ...together].map((line) => `# ${line}`),
        ...steps,
        '',
      ].join('\n');
    }
    return asInput(scenario.file, () =>
      scenarioOfWitness(
        witness,
        {
          question: `Can it go as in ${scenario.file}, which ${verdict} under ${name}?`,
          source: `busward convert ${named}`,
          before: scenario.before,
          facts,
          kind: scenario.condition.kind === 'always' ? 'always' : 'sometimes',
          expect: [{ variant: name, verdict: scenario.condition.kind === 'always' ? 'fails' : 'holds' }],
        },
        vocabulary.buses,
      ),
    );
  }
  throw new InputError(
    `${scenario.file}: nothing to convert: no execution refutes or shows it under ${asked.join(', ')}`,
  );
}
