/** The worst exit code there was, whatever the command line's own is. */
export function endWith(code: number): void {
  process.once('exit', () => (process.exitCode = Math.max(code, Number(process.exitCode ?? 0))));
}
