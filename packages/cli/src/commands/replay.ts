import { relative } from 'node:path';
import { profiles } from '@busward/core';
import { transitionName } from '@busward/explorer';
import { agreementText, replaysText, untakenText, type ReplayedFile } from '@busward/report';
import { variantOf, type Variant } from '@busward/scenario';
import { profileOf, readTraces, replayer, type Replayer, type See } from '@busward/traces';
import { toldAs } from '@busward/topology';
import { buildCommand } from '@stricli/core';
import { asInput } from '../as-input.ts';
import { profileFlag, variantsIn } from '../flags/profile.ts';
import { endWith } from '../terminal/exit-code.ts';
import { orSay } from '../terminal/or-say.ts';
import { pageOf } from '../terminal/page.ts';
import { kernelsNamed } from '../plugins/kernels-named.ts';
import { installedPlugins, withStrategies } from '../plugins/plugins.ts';
import { untakenTransitions } from '../untaken.ts';
import { recordingsIn, shippedRecordings, textOfRecording } from '../files/recordings.ts';

interface Flags {
  readonly profile?: readonly string[];
  readonly untaken: boolean;
}

export const replayCommand = buildCommand<Flags, string[]>({
  docs: {
    brief: 'carry out what booted kernels did in the model, and compare every step',
    fullDescription:
      'Replays recorded scenarios under the profile of their kernel. With --profile, under each of those named, as a ' +
      'table of profiles by kernels. Exit code 1: something differs from its own profile; 2: something could not be read.',
  },
  parameters: {
    positional: {
      kind: 'array',
      parameter: {
        brief: 'recordings, folders of them, or - for standard input; without it, those that come with the tool',
        parse: String,
        placeholder: 'trace',
      },
    },
    flags: {
      profile: { ...profileFlag, brief: `${profileFlag.brief}; all: every profile and strategy there is` },
      untaken: {
        kind: 'boolean',
        brief: 'also list what the model can do and no recording and no shipped scenario does',
        withNegated: false,
        default: false,
      },
    },
  },
  async func(flags, ...paths) {
    const asked = flags.profile && (await kernelsNamed(variantsIn(flags.profile)));
    const vocabulary = withStrategies(await installedPlugins(), asked?.strategies ?? []);
    const all = [...profiles, ...vocabulary.strategies].map(({ name }) => name);
    const names = asked?.names.flatMap((name) => (name === 'all' ? all : [name]));
    const chosen = names && [...new Set(names)].map((name) => asInput('--profile', () => variantOf(name, vocabulary)));
    const replayers = new Map<string, Replayer>();
    const taken = new Set<string>();
    const see: See = (machine, { operation, step, outcome }) =>
      void taken.add(transitionName(machine, operation, step, outcome));
    const under = (variant: Variant): Replayer => {
      const known = replayers.get(variant.name);
      if (known) return known;
      const buses = variant.busesOf({ devices: vocabulary.buses.map(({ name }) => ({ bus: name })) });
      const fresh = replayer(variant, buses, flags.untaken ? see : undefined);
      replayers.set(variant.name, fresh);
      return fresh;
    };
    const replayed: ReplayedFile[] = [];
    const replayFile = (path: string): void => {
      const file = paths.length === 0 ? relative(shippedRecordings, path) : toldAs(path);
      const traces = readTraces(file, textOfRecording(path));
      for (const recorded of groupedByKernel(traces)) {
        const own = profileOf(recorded[0]!).name;
        for (const variant of chosen ?? [variantOf(own, vocabulary)]) {
          const outcomes = recorded.map((trace) => under(variant)(trace));
          replayed.push({ file, recorded: own, profile: variant.name, replayed: outcomes });
        }
      }
    };
    for (const path of paths.length === 0 ? [shippedRecordings] : paths)
      await orSay(async () => {
        for (const file of recordingsIn(path)) await orSay(() => replayFile(file));
      });
    if (replayed.length === 0) return;
    const page = pageOf(process.stdout);
    process.stdout.write(chosen ? agreementText(replayed, page) : replaysText(replayed, page));
    if (flags.untaken) process.stdout.write(untakenText(await untakenTransitions(taken, vocabulary.buses), page));
    if (!chosen && replayed.some((file) => file.replayed.some(({ divergence }) => divergence))) endWith(1);
  },
});

function groupedByKernel<T extends { readonly kernel: string }>(traces: readonly T[]): readonly (readonly T[])[] {
  return [...new Set(traces.map(({ kernel }) => kernel))].map((kernel) =>
    traces.filter((one) => one.kernel === kernel),
  );
}
