import { execFile } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { contractVersion, InputError, PluginError } from '@busward/core';
import { LIMIT_MS, neverEnds } from './contained.ts';
import { sharedCore } from './shared-core.ts';

/** How long Node may take to start, where the machine is busy; and then a plugin's module to load. */
const STARTING_MS = 60_000;
const LOADING_MS = 10_000;

/** What to do about `require`: it knows nothing of {@link sharedCore}. */
export const asEsModule =
  'plugins are ES modules: write import and export instead of require and exports, and call it .mjs';

/**
 * Imports the module in a process that can be stopped, so that one that never ends is an answer, too.
 * Throws an InputError for one that cannot be imported, a PluginError that names the bus and the function.
 */
export async function tryLoading(file: string): Promise<void> {
  const code = `import { writeSync } from 'node:fs';
    import { register } from 'node:module';
    register(${JSON.stringify(sharedCore)}, { data: ${JSON.stringify(import.meta.url)} });
    const say = (what) => writeSync(1, '\\n' + JSON.stringify(what) + '\\n');
    const { probing } = await import('@busward/core');
    say({ name: 'starts' });
    probing.begins = (what) => say({ name: 'probing', what });
    let failed = false;
    const tell = (error, uncaught) =>
      say({
        name: error?.constructor?.name ?? 'Error',
        message: String(error?.message ?? error),
        place: /(file:\\S+:\\d+:\\d+)\\)?$/m.exec(error?.stack ?? '')?.[1],
        uncaught,
      });
    process.on('uncaughtExceptionMonitor', (error) => failed || tell(error, true));
    // Not of what calls process.exit().
    process.once('beforeExit', () => say({ name: 'ends' }));
    import(${JSON.stringify(pathToFileURL(file).href)}).then(
      () => say({ name: 'loaded' }),
      (error) => {
        failed = true;
        tell(error, false);
        // Only what nobody catches tells its line.
        throw error;
      },
    )`;
  const { out, err, timedOut } = await run([...process.execArgv, '--input-type=module', '--eval', code]);
  const answers = [...out.matchAll(/^\{"name".*\}$/gm)].map(([text]) => JSON.parse(text) as Answer);
  const last = answers.at(-1);
  const loaded = answers.some(({ name }) => name === 'loaded');
  if (timedOut && last?.what !== undefined) throw new PluginError(`${file}: ${neverEnds(last.what)}`);
  if (timedOut && loaded)
    throw new InputError(
      `${file}: is loaded, and still runs ${LOADING_MS / 1000} s later (a timer, a server?); a plugin only exports`,
    );
  if (timedOut)
    throw new InputError(`${file}: did not finish loading within ${LOADING_MS / 1000} s; the module never ends`);
  if (last?.name === 'ends' && !loaded)
    throw new InputError(
      `${file}: waits for what never comes, in an await outside of functions; a plugin only exports`,
    );
  if (last === undefined || last.name === 'starts' || last.name === 'loaded' || last.what !== undefined)
    throw new InputError(
      `${file}: ended the process ${loaded ? 'after' : 'while'} it was loaded; a plugin only exports`,
    );
  const { name, message = '', place, uncaught } = last;
  if (name === 'ends') return;
  if (name === 'PluginError') throw new PluginError(`${file}: ${message}`);
  const [, from, missing] = /module '(@busward\/[^']+)' does not provide an export named '([^']+)'/.exec(message) ?? [];
  if (missing !== undefined) {
    const type = /\.[cm]?ts$/.test(file) ? 'if it is a type, write import type; if not, ' : '';
    throw new InputError(
      `${file}: imports ${missing} from ${from}, which has none; ${type}was it written for a newer contract? ` +
        `this is contract ${contractVersion}`,
    );
  }
  const where = place === undefined ? placeOf(err) : ` (${fileURLToPath(place)})`;
  // A mistake of that kind in a module has a place.
  const isScript = where === '' && /import statement outside a module|Unexpected token 'export'/.test(message);
  const change = isScript
    ? '; it is taken for CommonJS: call it .mjs, or write "type": "module" in its package.json'
    : uncaught
      ? '; nobody catches it'
      : requires.test(message)
        ? `; ${asEsModule}`
        : '';
  throw new InputError(`${file}: cannot be loaded as a plugin: ${message.replace(requires, '')}${where}${change}`);
}

/** What Node adds where `require` finds nothing, or is not there: lines of its own. */
const requires = /(?<='@busward\/.*)\nRequire stack:.*|(?<=require is not defined.*), you can use import.*/s;

/** ` (FILE:LINE:COLUMN)`, of an error that nobody caught: its place, the line, and a mark below it. */
function placeOf(err: string): string {
  const [, url, line, mark] = /^(file:\S+):(\d+)\n.*\n( *)\^/m.exec(err) ?? [];
  return url === undefined ? '' : ` (${fileURLToPath(url)}:${line}:${mark!.length + 1})`;
}

interface Answer {
  readonly name: string;
  readonly message?: string;
  readonly place?: string;
  /** It is thrown beside the loading, or after it. */
  readonly uncaught?: boolean;
  /** The function that begins to be probed. */
  readonly what?: string;
}

/** Runs Node until it ends, or says nothing for too long. */
function run(
  args: readonly string[],
): Promise<{ readonly out: string; readonly err: string; readonly timedOut: boolean }> {
  return new Promise((ended) => {
    let timedOut = false;
    const child = execFile(process.execPath, args, (_, out, err) => {
      clearTimeout(timer);
      ended({ out, err, timedOut });
    });
    const stop = (): void => {
      timedOut = true;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(stop, STARTING_MS);
    child.stdout?.on('data', (said: string) => {
      clearTimeout(timer);
      timer = setTimeout(stop, said.includes('"probing"') ? LIMIT_MS : LOADING_MS);
    });
  });
}
