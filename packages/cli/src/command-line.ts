import { InputError, PluginError } from '@busward/core';
import { nearest } from '@busward/scenario/nearest';
import { buildApplication, buildRouteMap, run, text_en, type StricliProcess } from '@stricli/core';
import { argumentTrouble } from './terminal/argument-trouble.ts';
import { commandNames, commandsFor } from './commands.ts';
import { inWidth } from './terminal/in-width.ts';
import { readable, withShortUsage } from './terminal/readable-help.ts';
import { version } from './version.ts';

const [first, ...others] = process.argv.slice(2);
const args = first === 'help' ? [...others, '--help'] : process.argv.slice(2);

/** As every message of this tool begins. */
const toldBy = (message: string): string =>
  inWidth(`busward: ${message.charAt(0).toLowerCase()}${message.slice(1)}`, process.stderr);

const app = buildApplication(
  readable(
    withShortUsage(
      buildRouteMap({
        routes: await commandsFor(args[0]),
        docs: { brief: 'Compares dma_configure strategies, bus by bus' },
      }),
    ),
  ),
  {
    name: 'busward',
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
    localization: {
      text: {
        ...text_en,
        noCommandRegisteredForInput: (about) => {
          const corrections = about.corrections.filter(
            (one) => nearest(about.input, [one.replaceAll('`', '')]) !== ';',
          );
          const there = corrections.length === 0 ? `; there are ${commandNames().join(', ')}` : '';
          return toldBy(`${text_en.noCommandRegisteredForInput({ ...about, corrections })}${there}`);
        },
        exceptionWhileParsingArguments: (error) => inWidth(`busward: ${argumentTrouble(error, args)}`, process.stderr),
        exceptionWhileRunningCommand: (error) =>
          error instanceof InputError || error instanceof PluginError
            ? inWidth(`busward: ${error.message}`, process.stderr)
            : `busward: this is a bug in busward\n${String(error instanceof Error ? error.stack : error)}`,
      },
    },
  },
);

// Somebody downstream (head, less) has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`busward: cannot write the output (${error.code})\n`);
  process.exit(2);
});

// `pnpm busward` runs in the workspace's root; paths are meant from where it was typed.
const { npm_lifecycle_event: script, INIT_CWD: typedIn } = process.env;
if (script === 'busward' && typedIn) process.chdir(typedIn);

await run(app, args, { process: process as StricliProcess });
// Every failure of a person's input, arguments included, is exit code 2.
if (process.exitCode !== 0 && process.exitCode !== undefined) process.exitCode = 2;
