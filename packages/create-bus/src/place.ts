import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where a package goes, and how it is written there. */
export interface Place {
  readonly folder: string;
  /** In a clone of Busward packages are TypeScript; one of its own is JavaScript and needs no build. */
  readonly language: 'ts' | 'js';
  readonly next: readonly string[];
}

/** In a clone of Busward, beside its packages; anywhere else, in the working directory. */
export function placeFor(name: string, from: string): Place {
  const workspace = workspaceAbove(from);
  return workspace === undefined
    ? {
        folder: join(from, name),
        language: 'js',
        next: [`npm test --prefix ${name}`, `npx busward compare --bus ./${name}`],
      }
    : {
        folder: join(workspace, 'packages', name),
        language: 'ts',
        // Installs by itself.
        next: [`npx pnpm@10 test packages/${name}`, `npx pnpm@10 busward compare --bus ./packages/${name}`],
      };
}

function workspaceAbove(folder: string): string | undefined {
  const core = join(folder, 'packages/core/package.json');
  if (existsSync(join(folder, 'pnpm-workspace.yaml')) && existsSync(core))
    return (JSON.parse(readFileSync(core, 'utf8')) as { name?: string }).name === '@busward/core' ? folder : undefined;
  const above = dirname(folder);
  return above === folder ? undefined : workspaceAbove(above);
}
