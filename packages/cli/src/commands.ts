import type { Command, CommandContext } from '@stricli/core';
import { kebab } from './terminal/argument-trouble.ts';
import { readable } from './terminal/readable-help.ts';
import { withArguments } from './with-arguments.ts';

/** Loads the command of that name, or all of them if there is none: to suggest one, or to list them. */
export async function commandsFor(name: string | undefined): Promise<Record<string, Command<CommandContext>>> {
  const typed = name?.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const wanted = Object.entries(commands).filter(([known]) => known === typed);
  const loading = (wanted.length > 0 ? wanted : Object.entries(commands)).map(
    async ([known, load]) => [known, readable(await load())] as const,
  );
  return Object.fromEntries(await Promise.all(loading));
}

/** Every command, as it is typed. */
export const commandNames = (): readonly string[] => Object.keys(commands).map(kebab);

/** Each with what it needs: one that reads no scenarios loads neither zod nor YAML, 0.1 s of CPU. */
const commands: Readonly<Record<string, () => Promise<Command<CommandContext>>>> = {
  inspect: async () => (await import('./commands/inspect.ts')).inspectCommand,
  plan: async () => withArguments((await import('./commands/plan.ts')).planCommand, '<machine>... <device>...'),
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  whatIf: async () => (await import('./commands/what-if.ts')).whatIfCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  compare: async () => withArguments((await import('./commands/compare.ts')).compareCommand, '[<machine>...]'),
  diff: async () => (await import('./commands/diff.ts')).diffCommand,
  matrix: async () => withArguments((await import('./commands/matrix.ts')).matrixCommand, '[<kernel>...]'),
  verifyCertificate: async () => (await import('./commands/verify-certificate.ts')).verifyCertificateCommand,
  check: async () => withArguments((await import('./commands/check.ts')).checkCommand, '[<file>...]'),
  run: async () => (await import('./commands/run.ts')).runCommand,
  try: async () => (await import('./commands/try.ts')).tryCommand,
  convert: async () => (await import('./commands/convert.ts')).convertCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  museum: async () => withArguments((await import('./commands/museum.ts')).museumCommand, '[<file>...]'),
  replay: async () => withArguments((await import('./commands/replay.ts')).replayCommand, '[<trace>...]'),
  predict: async () => (await import('./commands/predict.ts')).predictCommand,
  snapshot: async () => (await import('./commands/snapshot.ts')).snapshotCommand,
  buses: async () => (await import('./commands/list.ts')).busesCommand,
  strategies: async () => (await import('./commands/list.ts')).strategiesCommand,
  principles: async () => (await import('./commands/list.ts')).principlesCommand,
  profiles: async () => (await import('./commands/list.ts')).profilesCommand,
  schema: async () => (await import('./commands/schema.ts')).schemaCommand,
};
