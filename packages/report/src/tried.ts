import { checksText, isAsExpected, isOdd, type CheckedScenario } from './checks.ts';
import { table, wrap, type Page } from './columns.ts';

/** What a plugin makes of every shipped scenario, a line each; then the first that is not as expected, in full. */
export function triedText(
  { name, scenarios }: { readonly name: string; readonly scenarios: readonly CheckedScenario[] },
  page: Page,
): string {
  const odd = scenarios.filter((one) => !isAsExpected(one));
  const rows = scenarios.map(({ scenario, results }) => {
    const wrong = results.filter(isOdd);
    return [{ text: scenario.file }, { text: wrong.length === 0 ? 'yes' : 'NO' }, { text: tell(wrong) }];
  });
  const [first] = odd;
  const lines = [
    ...table([['scenario', 'as expected', ''].map((text) => ({ text })), ...rows], page),
    '',
    ...wrap(`${name}: ${scenarios.length - odd.length} of ${scenarios.length} scenarios as expected`, page.width),
  ];
  return `${lines.join('\n')}\n${first ? `\n${checksText([first], page)}` : ''}`;
}

/** `v8 fails and 3 more`. */
function tell([first, ...others]: CheckedScenario['results']): string {
  if (!first) return '';
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `${first.variant.replace(/ but .*/, '*')} ${first.verdict}${more}`;
}
