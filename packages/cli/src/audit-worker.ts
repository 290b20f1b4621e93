import { InputError } from '@busward/core';
import { auditor, type Auditor, type AuditRow } from '@busward/passthrough';
import { readMachine } from '@busward/topology';
import { installedPlugins } from './plugins/plugins.ts';

/** Machines that one worker reads at a time, and how they are judged. */
export interface AuditJob {
  readonly files: readonly string[];
  readonly between: readonly [string, string];
  readonly kernel?: string;
}

const auditors = new Map<string, Auditor>();

/** Whatever is wrong with a machine is its row, and not the end of the others. */
export default async function audit({ files, between, kernel }: AuditJob): Promise<readonly AuditRow[]> {
  const { buses } = await installedPlugins();
  const key = [...between, kernel].join(' ');
  const one = auditors.get(key) ?? auditor(buses, between, kernel);
  auditors.set(key, one);
  const rows: AuditRow[] = [];
  for (const file of files) {
    try {
      rows.push(one(file, await readMachine([file], buses)));
    } catch (error) {
      const message = error instanceof InputError ? error.message : `${file}: a bug in busward: ${String(error)}`;
      rows.push({ file, error: message });
    }
  }
  return rows;
}
