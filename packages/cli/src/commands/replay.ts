import { relative } from 'node:path';
import { busesOf, InputError, profiles, type Profile } from '@busward/core';
import { transitionName } from '@busward/explorer';
import { agreementText, replaysText, untakenText, type ReplayedFile } from '@busward/report';
import { nearest } from '@busward/scenario/nearest';
import { profileOf, readTraces, replayer, type Replayer, type See } from '@busward/traces';
import { buildCommand } from '@stricli/core';
import { namesFlag } from '../flags/names.ts';
import { endWith } from '../terminal/exit-code.ts';
import { orSay } from '../terminal/or-say.ts';
import { pageOf } from '../terminal/page.ts';
import { installedPlugins } from '../plugins/plugins.ts';
import { untakenTransitions } from '../untaken.ts';
import { recordingsIn, shippedRecordings, textOfRecording } from '../files/recordings.ts';
import { toldAs } from '../files/standard-input.ts';

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
      profile: namesFlag('kernel versions or strategies to replay under; all: every one there is', 'profile'),
      untaken: {
        kind: 'boolean',
        brief: 'also list what the model can do and no recording and no shipped scenario does',
        withNegated: false,
        default: false,
      },
    },
  },
  async func(flags, ...paths) {
    const { buses, strategies } = await installedPlugins();
    const choices: readonly Profile[] = [
      ...profiles,
      ...strategies.map((strategy) => ({ name: strategy.name, strategy, fromSourceOnly: [] })),
    ];
    const named = flags.profile?.flatMap((name) => (name === 'all' ? choices : [choose(name, choices)]));
    const chosen = named && [...new Set(named)];
    const replayers = new Map<string, Replayer>();
    const taken = new Set<string>();
    const see: See = (machine, { operation, step, outcome }) =>
      void taken.add(transitionName(machine, operation, step, outcome));
    const under = (profile: Profile): Replayer => {
      const known = replayers.get(profile.name);
      if (known) return known;
      const fresh = replayer(profile, busesOf(profile, buses), flags.untaken ? see : undefined);
      replayers.set(profile.name, fresh);
      return fresh;
    };
    const replayed: ReplayedFile[] = [];
    const replayFile = (path: string): void => {
      const file = paths.length === 0 ? relative(shippedRecordings, path) : toldAs(path);
      const traces = readTraces(file, textOfRecording(path));
      for (const recorded of groupedByKernel(traces)) {
        const own = profileOf(recorded[0]!);
        for (const profile of chosen ?? [own]) {
          const outcomes = recorded.map((trace) => under(profile)(trace));
          replayed.push({ file, recorded: own.name, profile, replayed: outcomes });
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
    if (flags.untaken) process.stdout.write(untakenText(await untakenTransitions(taken, buses), page));
    if (!chosen && replayed.some((file) => file.replayed.some(({ divergence }) => divergence))) endWith(1);
  },
});

function choose(name: string, choices: readonly Profile[]): Profile {
  const found = choices.find((one) => one.name === name);
  if (found) return found;
  const names = choices.map((one) => one.name);
  throw new InputError(`no profile '${name}'${nearest(name, names)} there are ${names.join(', ')}`);
}

function groupedByKernel<T extends { readonly kernel: string }>(traces: readonly T[]): readonly (readonly T[])[] {
  return [...new Set(traces.map(({ kernel }) => kernel))].map((kernel) =>
    traces.filter((one) => one.kernel === kernel),
  );
}
