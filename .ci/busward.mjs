// What `pnpm busward` runs: the command line as it was last built.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../packages/cli/dist/index.js', import.meta.url);
if (existsSync(built)) {
  process.argv[1] = fileURLToPath(built);
  await import(built);
} else {
  process.stderr.write('busward: not built yet; run npx pnpm@10 start, which builds it\n');
  process.exitCode = 2;
}
