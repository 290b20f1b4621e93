/** One thing that a bus is held to. */
export interface Clause {
  /** The group of tests it belongs to. */
  readonly group: string;
  readonly name: string;
  /** What has to be true, in a sentence. */
  readonly says: string;
  /** Why: commits, files and functions, or where it is written. */
  readonly source: string;
  /** Looks for what is wrong. */
  look(): Finding | undefined;
}

/** How a bus breaks a clause. */
export interface Finding {
  readonly found: string;
  /** What a hook did, call by call. */
  readonly way?: readonly string[];
  /** Operations that show it, and what they lead to: searched for when it is told. */
  scenario(): readonly string[];
  readonly change: string;
}

/** The message of a failing test. */
export function tell(bus: string, { name, says, source }: Clause, { found, way, scenario, change }: Finding): string {
  return [
    `bus '${bus}', ${name}: ${found}`,
    `  the clause: ${says}`,
    `  its source: ${source}`,
    ...(way ? ['  the hook:', ...way.map((line) => `    ${line}`)] : []),
    '  the smallest scenario:',
    ...scenario().map((line) => `    ${line}`),
    `  change: ${change}`,
  ].join('\n');
}
