import { InputError, PluginError } from '@busward/core';
import { buildApplication, buildRouteMap, run, text_en, type StricliProcess } from '@stricli/core';
import { auditCommand } from './commands/audit.ts';
import { checkCommand } from './commands/check.ts';
import { compareCommand } from './commands/compare.ts';
import { convertCommand } from './commands/convert.ts';
import { diffCommand } from './commands/diff.ts';
import { explainCommand } from './commands/explain.ts';
import { exportCommand } from './commands/export.ts';
import { inspectCommand } from './commands/inspect.ts';
import { museumCommand } from './commands/museum.ts';
import { planCommand } from './commands/plan.ts';
import { predictCommand } from './commands/predict.ts';
import { replayCommand } from './commands/replay.ts';
import { runCommand } from './commands/run.ts';
import { snapshotCommand } from './commands/snapshot.ts';
import { tryCommand } from './commands/try.ts';
import { matrixCommand } from './commands/matrix.ts';
import { verifyCertificateCommand } from './commands/verify-certificate.ts';
import { version } from './version.ts';
import { whatIfCommand } from './commands/what-if.ts';
import { busesCommand, principlesCommand, profilesCommand, schemaCommand, strategiesCommand } from './commands/list.ts';

const app = buildApplication(
  buildRouteMap({
    routes: {
      inspect: inspectCommand,
      plan: planCommand,
      explain: explainCommand,
      whatIf: whatIfCommand,
      audit: auditCommand,
      compare: compareCommand,
      diff: diffCommand,
      matrix: matrixCommand,
      verifyCertificate: verifyCertificateCommand,
      check: checkCommand,
      run: runCommand,
      try: tryCommand,
      convert: convertCommand,
      export: exportCommand,
      museum: museumCommand,
      replay: replayCommand,
      predict: predictCommand,
      snapshot: snapshotCommand,
      buses: busesCommand,
      strategies: strategiesCommand,
      principles: principlesCommand,
      profiles: profilesCommand,
      schema: schemaCommand,
    },
    docs: { brief: 'Compares dma_configure strategies, bus by bus' },
  }),
  {
    name: 'busward',
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: 'allow-kebab-for-camel' },
    localization: {
      text: {
        ...text_en,
        exceptionWhileRunningCommand: (error) =>
          error instanceof InputError || error instanceof PluginError
            ? `busward: ${error.message}`
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

const [first, ...others] = process.argv.slice(2);
const args = first === 'help' ? [...others, '--help'] : process.argv.slice(2);
await run(app, args, { process: process as StricliProcess });
// Every failure of a person's input, arguments included, is exit code 2.
if (process.exitCode !== 0 && process.exitCode !== undefined) process.exitCode = 2;
