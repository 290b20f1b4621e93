import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the code is that is changed. */
const coreSource = fileURLToPath(new URL('../../core/src/', import.meta.url));

/**
 * The strategies, and the kernel they stand in: driver core, groups, VFIO, iommufd, hot-plug, registration. Not the
 * judge's ghosts, the facade that holds buses to the contract, and the layout of the state: where these are wrong
 * nothing about DMA is learned, and they have tests of their own (core/test/contract.test.ts, explorer/test).
 */
export const filesInScope = (): readonly string[] =>
  readdirSync(coreSource, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter(isInScope)
    .toSorted();

/** The file below packages/core/src that a module's address means, if mutants are made from it. */
export function fileOf(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined;
  const inside = relative(coreSource, fileURLToPath(url.replace(/[?#].*$/, '')))
    .split(sep)
    .join('/');
  return isInScope(inside) ? inside : undefined;
}

export const pathOf = (file: string): string => join(coreSource, file);

const isInScope = (file: string): boolean => /^(strategies|kernel)\/.*\.ts$/.test(file) && !outside.includes(file);

const outside = ['kernel/along.ts', 'kernel/bus-kernel.ts', 'kernel/kernel.ts', 'kernel/layout.ts'];
