import { timedProcess } from './spin.ts';

const sizes = ['4 1 4 6.12', '5 1 3 6.12'] as const;

/**
 * One worker and two, in turn, on the same machine, whole processes. The counts have to agree; how much sooner two are
 * done is printed, whatever it is. Worth something only where the second core has nothing else to do.
 */
export function byTwoWorkers(
  here: string,
  runs: number,
  say: (line: string) => void,
  spread: (values: readonly number[]) => string,
): void {
  say('\n## One worker and two, whole processes in turn, counts equal\n');
  say('| devices, groups, in flight, strategy | workers | wall s | CPU s | times as fast |');
  say('| --- | --- | --- | --- | --- |');
  for (const size of sizes) {
    const both = Array.from({ length: runs }, () => ({
      one: timedProcess(`node ours.mjs ${size}`, here),
      two: timedProcess(`node ours.mjs ${size} --workers=2`, here),
    }));
    const counts = new Set(both.flatMap(({ one, two }) => [one, two]).map(({ out }) => countsIn(out)));
    if (counts.size > 1) throw new Error(`${size}: two workers count otherwise than one: ${[...counts].join('; ')}`);
    const [counted] = counts;
    const gains = both.map(({ one, two }) => one.wall / two.wall);
    for (const workers of ['one', 'two'] as const) {
      const taken = both.map((run) => run[workers]);
      say(
        `| ${workers === 'one' ? `${size}: ${counted}` : ''} | ${workers} ` +
          `| ${spread(taken.map(({ wall }) => wall))} | ${spread(taken.map(({ cpu }) => cpu))} ` +
          `| ${workers === 'one' ? '' : spread(gains)} |`,
      );
    }
  }
}

function countsIn(out: string): string {
  const { states, transitions } = JSON.parse(out) as { states: number; transitions: number };
  return `${states} states, ${transitions} transitions`;
}
