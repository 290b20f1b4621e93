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

const help = `${usage}

Writes the package of a new bus, which passes its tests at once. Never overwrites anything; asks for what is not given.

  --firmware  own: a device has a firmware node of its own; parent: its parent's node describes it, by an id
  --grouping  streams: devices with a stream id in common; parent: all below one parent; none: no IOMMU above the bus
  --vfio      the name of its VFIO driver, or none
  --yes       ask nothing: own, streams and vfio-NAME where nothing else is said
`;

try {
  await create(process.argv.slice(2));
} catch (error) {
  // Node goes on about '--', which no name of a bus begins with.
  const [says] = (error as Error).message.split('. To specify a positional');
  process.stderr.write(`create-busward-bus: ${says}${says === (error as Error).message ? '' : `; ${usage}`}\n`);
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
    process.stdout.write(help);
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
