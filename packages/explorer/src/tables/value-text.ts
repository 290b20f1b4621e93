/** A cell's value as people read and write it: `none` for nothing, and the name of what has one. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value !== 'object' || value === null) return `${value as string | number | boolean}`;
  return 'name' in value ? String(value.name) : JSON.stringify(value);
}
