import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

/*
 * The whole machinery on a few mutants, those of the merged series' check, with a few scenarios; the whole run is
 * `pnpm run verify`. What each scenario notices was said by reading the check.
 */

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

function verify(only: string, trials: string): Promise<{ readonly code: number; readonly out: string }> {
  const flags = ['--conditions=busward-source', '--import', new URL(import.meta.resolve('tsx')).href];
  const args = [...flags, main, '--only', only, '--trials', trials, '--workers', '1'];
  return new Promise((resolve) =>
    execFile(process.execPath, args, (error, out) =>
      resolve({ code: error ? (error.code as unknown as number) : 0, out }),
    ),
  );
}

it('a mutant is noticed by the scenario that is about it; who is neither noticed nor excused fails the run', async () => {
  const trials = String.raw`^litmus/L0[23]\.yaml|^adequacy/identity-beside-dma`;
  const [all, right] = await Promise.all([
    verify('countedOwner.use: without ', trials),
    verify('countedOwner.use: without (!isDefault|group.pasids)', trials),
  ]);
  expect(all.code).toBe(1);
  // A sibling on an identity domain is refused for its domain alone: nobody owns the group (M10).
  expect(all.out).not.toContain('without !isDefault(group) in');
  // None of these waits for a default domain.
  const unlisted = all.out.split('NOBODY NOTICES')[1];
  expect(unlisted).toContain(
    "countedOwner.use: without since.defers in since.defers && group.defaultDomain === 'none'",
  );
  // pasid_array says nothing that the owner does not say, and survivors.ts knows.
  expect(unlisted).not.toContain('without group.pasids');
  expect(all.out).toContain('countedOwner.use: without group.pasids');

  expect(right.out).not.toContain('NOBODY NOTICES');
  expect(right.code).toBe(0);
}, 60_000);
