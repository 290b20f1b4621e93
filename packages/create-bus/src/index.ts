#!/usr/bin/env node
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { intro, outro } from '@clack/prompts';
import { firmwares, groupings, nameProblem, type Answers } from './answers.ts';
import { ask } from './ask.ts';
import { placeFor } from './place.ts';
import { packageFiles } from './template/package-files.ts';
import { writeFolder } from './write.ts';

const usage = `create-busward-bus NAME [--firmware own|parent] [--grouping streams|parent|none] [--vfio DRIVER|none] [--yes]`;

try {
  await create(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`create-busward-bus: ${(error as Error).message}\n`);
  process.exitCode = 2;
}

async function create(args: readonly string[]): Promise<void> {
  const { known, asks } = read(args);
  if (asks) intro('A new bus');
  const answers = asks ? await ask(known) : withDefaults(known);
  const { folder, language, next } = placeFor(answers.name, process.cwd());
  writeFolder(folder, packageFiles(answers, language));
  const here = relative(process.cwd(), folder);
  const said = [`${here} is written. Next:`, ...next.map((command) => `  ${command}`)].join('\n');
  if (asks) outro(said);
  else process.stdout.write(`${said}\n`);
}

/** What the command line says. Asks nothing where nobody can answer. */
function read(args: readonly string[]): { readonly known: Partial<Answers>; readonly asks: boolean } {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      firmware: { type: 'string' },
      grouping: { type: 'string' },
      vfio: { type: 'string' },
      yes: { type: 'boolean', short: 'y' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  const [name, ...more] = positionals;
  if (more.length > 0) throw new Error(`'${more.join(' ')}' is too much; ${usage}`);
  const problem = name === undefined ? undefined : nameProblem(name);
  if (problem !== undefined) throw new Error(problem);
  return {
    known: {
      ...(name !== undefined && { name }),
      ...(values.firmware !== undefined && { firmware: oneOf('--firmware', values.firmware, firmwares) }),
      ...(values.grouping !== undefined && { grouping: oneOf('--grouping', values.grouping, groupings) }),
      ...(values.vfio !== undefined && { vfio: driver(values.vfio) }),
    },
    asks: !values.yes && process.stdin.isTTY && process.stdout.isTTY,
  };
}

function withDefaults({ name, firmware = 'own', grouping = 'streams', ...rest }: Partial<Answers>): Answers {
  if (name === undefined) throw new Error(`which bus? ${usage}`);
  return { name, firmware, grouping, vfio: 'vfio' in rest ? rest.vfio : `vfio-${name}` };
}

function oneOf<T extends string>(flag: string, value: string, all: readonly T[]): T {
  const found = all.find((one) => one === value);
  if (found === undefined) throw new Error(`${flag} is '${value}'; it can be ${all.join(', ')}`);
  return found;
}

function driver(name: string): string | undefined {
  if (name === 'none') return undefined;
  if (/^[\w-]+$/.test(name)) return name;
  throw new Error(`--vfio is '${name}'; write the name of a driver, or none`);
}
