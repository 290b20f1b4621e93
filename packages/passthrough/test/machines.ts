/* Found machines for tests, written by hand: what a reader would make of a listing. */

import { amba } from '@busward/amba';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import type { Found, FoundDevice, FoundMachine } from '@busward/topology';

export const buses = [amba, platform, fslMc, pci, host1x];

type Said = Partial<{
  [K in keyof FoundDevice]: K extends 'needed'
    ? FoundDevice[K]
    : FoundDevice[K] extends Found<infer T> | undefined
      ? T
      : never;
}>;

/**
 * A machine from lines like `19 0000:80:1f.4 i801_smbus`: group (`-` for none, `?` for unknown), device, driver (`-` for none, absent for
 * unknown). Every fact comes from its line.
 */
export function found(
  lines: readonly string[],
  more: { readonly kernel?: string; readonly facts?: Readonly<Record<string, Said>> } & Partial<
    Pick<FoundMachine, 'groups' | 'commandLine'>
  > = {},
): FoundMachine {
  const devices = lines.map((text, at): FoundDevice => {
    const [group, name, driver] = text.split(' ');
    const line = at + 1;
    const is = <T>(what: T): Found<T> => ({ is: what, from: { file: 'listing.txt', line } });
    const facts = Object.fromEntries(
      Object.entries(more.facts?.[name!] ?? {}).map(([fact, value]) => [fact, fact === 'needed' ? value : is(value)]),
    );
    return {
      name: name!,
      ...(group !== '?' && { group: is(group === '-' ? null : group!) }),
      ...(driver !== undefined && { driver: is(driver === '-' ? null : driver) }),
      ...facts,
    };
  });
  return {
    name: 'listing.txt',
    sources: [],
    ...(more.kernel !== undefined && { kernel: { is: more.kernel, from: { file: 'listing.txt', line: 0 } } }),
    ...(more.commandLine && { commandLine: more.commandLine }),
    devices,
    groups: more.groups ?? {},
    needsTold: [],
    contradictions: [],
    unread: [],
    says: [],
  };
}
