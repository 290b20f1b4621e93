import { versionIn } from '@busward/passthrough';

/** Which Linux a machine is judged by. */
export const kernelFlag = {
  kind: 'parsed',
  parse: kernelVersion,
  optional: true,
  brief: 'judge by that Linux (6.12); else by the one that the evidence tells, or the newest',
  placeholder: 'version',
} as const;

function kernelVersion(text: string): string {
  const release = text.replace(/^(?:linux@|v)/, '');
  if (versionIn(release) !== undefined) return release;
  throw new Error('expected a Linux version like 6.12 or 6.1.112, or what uname -r prints');
}
