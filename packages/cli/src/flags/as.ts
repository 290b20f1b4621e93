/** For people, or for programs. */
export type As = 'text' | 'json';

export const asFlag = { kind: 'enum', values: ['text', 'json'], default: 'text', brief: 'how it is told' } as const;

/** Prints a value as JSON, or as what `text` makes of it. */
export function printAs(as: As, value: unknown, text: () => string): void {
  process.stdout.write(as === 'json' ? `${JSON.stringify(value, null, 2)}\n` : text());
}
