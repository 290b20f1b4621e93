/** Which Linux a machine is judged by. */
export const kernelFlag = {
  kind: 'parsed',
  parse: kernelVersion,
  optional: true,
  brief: 'judge by that Linux (6.12); else by the one that the evidence tells, or the newest',
  placeholder: 'version',
} as const;

function kernelVersion(text: string): string {
  const version = text.replace(/^(?:linux@|v)/, '');
  if (/^\d+\.\d+(?:\.\d+)?$/.test(version)) return version;
  throw new Error('expected a Linux version like 6.12 or 6.1.112');
}
