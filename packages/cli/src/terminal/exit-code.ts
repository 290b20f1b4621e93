let worst = 0;

/** The worst exit code there was, whatever the command line's own is. */
export function endWith(code: number): void {
  // One listener, however many files of a thousand cannot be read.
  if (worst === 0) process.once('exit', () => (process.exitCode = Math.max(worst, Number(process.exitCode ?? 0))));
  worst = Math.max(worst, code);
}
