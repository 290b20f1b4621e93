import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { diffRenderings, plainPage, renderDiff, type DiffRendering } from '@busward/report';
import { diffJsonSchema, diffSchema } from '@busward/report/schemas';
import { diffs } from './diffs.ts';

/* Each rendering is read back, by means of its own format, and has to say what the diff says. */

type Name = keyof typeof diffs;
const names = Object.keys(diffs) as Name[];
const told = (name: Name, as: DiffRendering): string => renderDiff(diffs[name], as, plainPage, '0.1.0');

/** The words of a rendering, without what only lays them out. */
function wordsOf(name: Name, as: DiffRendering): string {
  const text = told(name, as);
  const plain =
    as === 'html' || as === 'svg' || as === 'junit'
      ? unescapeXml(
          text
            .replaceAll(/<style>.*?<\/style>/gs, ' ')
            .replaceAll(/(message|name)="([^"]*)"/g, '>$2<')
            .replaceAll(/<[^>]*>/g, ' '),
        )
      : as === 'markdown'
        ? text.replaceAll(/\\(.)/g, '$1')
        : text;
  return plain.replaceAll(/^\s*(- |#+ )/gm, '').replaceAll(/\s+/g, ' ');
}

const unescapeXml = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

const forPeople = ['text', 'mail', 'markdown', 'html'] as const;

describe('every rendering for people says the same', () => {
  it.each(forPeople)('%s: who differs, how, and who is weaker', (as) => {
    const words = wordsOf('different', as);
    for (const said of [
      'domain-compare and <legacy> & "others": different',
      'domain-compare is weaker than <legacy> & "others"',
      'The smallest scenario that tells them apart takes 3 operations; nothing smaller does',
      'after bind B to kernel-driver, u0: attach group 0 (<legacy> & "others" cannot)',
      'domain-compare can show: u0: attach group 0 -> OK',
      '<legacy> & "others" cannot, but: u0: attach group 0 -> EBUSY or crash',
      'domain-compare can break P1 P14, over everything that can be done',
      'domain-compare breaks P1, here',
      'a pair; 2 operations in flight',
      '1 machine compared, 12,345 states visited',
    ])
      expect(words).toContain(said);
  });
  it.each(forPeople)('%s: that one side shows nothing instead, and that no principle is broken', (as) => {
    const words = wordsOf('harmless', as);
    expect(words).toContain('<legacy> & "others" never shows that at this point, nor any other difference');
    expect(words).toContain('here neither breaks a principle');
    expect(words).not.toMatch(/weaker|breaks none/);
  });
  it.each(forPeople)('%s: the other findings', (as) => {
    expect(wordsOf('parting', as)).toContain('domain-compare can be where it can still show: bind A -> OK');
    expect(wordsOf('same', as)).toContain('the same, within the bound');
    expect(wordsOf('same', as)).toContain('domain-compare admits nothing that <legacy> & "others" does not');
    expect(wordsOf('same', as)).toContain(
      'with 2 operations in flight it is undecided: a limit was reached on 3 machines',
    );
    expect(wordsOf('undecided', as)).toContain('undecided, after 5,000 states of 3 machines');
    expect(wordsOf('undecided', as)).not.toContain('the same');
  });
});

describe('the traces', () => {
  const steps = (['different', 'parting'] as const).map((name) => {
    const { differences, parting } = JSON.parse(told(name, 'json'));
    return (differences?.[0].traces ?? parting.traces.map((one: object) => ({ steps: one }))) as readonly {
      readonly steps: readonly { readonly call: string; readonly changes: readonly { readonly cell: string }[] }[];
    }[];
  });
  const changing = steps[0]!.flatMap((trace) =>
    trace.steps.filter(({ changes }) => changes.some(({ cell }) => !cell.endsWith('_lock'))),
  );
  const calls = [...new Set(changing.map(({ call }) => call))];

  it.each(['text', 'mail', 'markdown', 'html', 'svg', 'sequence'] as const)(
    '%s: every call that changes something',
    (as) => {
      const words = wordsOf('different', as);
      expect(calls.length).toBeGreaterThan(5);
      for (const call of calls) expect(words).toContain(call);
    },
  );
  it('mark the step where they differ, once on each side', () => {
    expect(told('different', 'svg').match(/class="mark"/g)).toHaveLength(2);
    expect(told('different', 'sequence').match(/^[| <>.-]+> \d+ /gm)).toHaveLength(2);
    expect(told('different', 'markdown').match(/Note over .*: here they differ/g)).toHaveLength(2);
    expect(told('different', 'text').match(/^ *> \d+ /gm)).toHaveLength(2);
  });
  it('name no step where none is taken, but where they differ', () => {
    expect(told('idle', 'text')).toMatch(/1 {2}bind A to vfio\n +2 +register the IOMMU of group 0 {2}= ENOENT\n/);
    expect(told('idle', 'sequence')).toMatch(/ 1 bind A to vfio\n.* 2 register the IOMMU of group 0\n.* 2 = ENOENT\n/);
    expect(told('idleMarked', 'text')).toMatch(/> 1 +the call begins$/m);
    expect(told('idleMarked', 'text')).toMatch(/> 2 +it returns ENOENT$/m);
    expect(told('idleMarked', 'sequence')).toMatch(/> 1 bind A to vfio$/m);
    expect(told('idleMarked', 'sequence')).toMatch(/> 2 = ENOENT$/m);
    for (const as of forPeople) expect(wordsOf('idle', as)).not.toMatch(/\d (call|answer)\b/);
  });
  it('have lanes that are as far apart as their names are long', () => {
    const lanes = [
      ...told('idle', 'svg')
        .split('</svg>')[0]!
        .matchAll(/class="lane" x="(\d+)" y="18">([^<]+)/g),
    ];
    expect(lanes.map(([, , name]) => name)).toEqual(expect.arrayContaining(['root', 'IOMMU driver', 'driver core']));
    const gaps = lanes.slice(1).map(([, x], at) => Number(x) - Number(lanes[at]![1]));
    const longest = Math.max(...lanes.map(([, , name]) => name!.length));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(Math.max(100, longest * 8));
  });
  it('are one below the other in a picture that a page has room for, and that says what it is', () => {
    const [, width, label] = /^<svg [^>]*width="(\d+)"[^>]* role="img" aria-label="([^"]*)"/.exec(
      told('different', 'svg'),
    )!;
    expect(Number(width)).toBeLessThan(800);
    expect(label).toBe('domain-compare and &lt;legacy&gt; &amp; &quot;others&quot;: different');
  });
  it('go from the one who acts through the kernel', () => {
    expect(told('different', 'sequence')).toMatch(/^root +u0 +driver c +bus +IOMMU co +VFIO$/m);
    expect(told('different', 'markdown')).toMatch(/participant p2 as driver core\n {2}participant p3 as bus/);
  });
});

describe('a mail', () => {
  it.each(names)('%s: is ASCII of 72 columns, but for words that are longer', (name) => {
    for (const line of told(name, 'mail').split('\n')) {
      expect(line).toMatch(/^[\x20-\x7e]*$/);
      expect(line.length <= 72 || line.trim().split(' ').length <= 2).toBe(true);
    }
  });
});

describe('for programs', () => {
  it.each(names)('%s: the JSON is what its schema says', (name) => {
    expect(() => diffSchema.parse(JSON.parse(told(name, 'json')))).not.toThrow();
  });
  it('the schema that ships is this one, and it refuses what is no diff', () => {
    const shipped = new URL('../diff.schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(shipped, 'utf8'))).toEqual(diffJsonSchema());
    expect(diffSchema.safeParse({ ...JSON.parse(told('same', 'json')), finding: 'holds' }).success).toBe(false);
  });
  it('JUnit counts a difference as a failure, and what is not decided as skipped', () => {
    expect(told('different', 'junit')).toMatch(/<testsuite .*tests="1" failures="1" errors="0" skipped="0">/);
    expect(told('parting', 'junit')).toMatch(/failures="1"/);
    expect(told('same', 'junit')).toMatch(/tests="3" failures="0" errors="0" skipped="1"/);
    expect(told('undecided', 'junit')).toMatch(/failures="0" errors="0" skipped="1"/);
  });
  it('SARIF has the principle that the weaker side breaks as its rule, and an error if that is the first', () => {
    const [run] = JSON.parse(told('different', 'sarif')).runs;
    expect(run.results).toMatchObject([{ ruleId: 'P1', level: 'error' }]);
    expect(run.tool.driver.rules).toMatchObject([{ id: 'P1', name: 'never a mixture' }]);
    expect(JSON.parse(told('same', 'sarif')).runs[0].results).toEqual([]);
    expect(JSON.parse(told('undecided', 'sarif')).runs[0]).toMatchObject({
      results: [{ ruleId: 'undecided', level: 'warning' }],
      invocations: [{ executionSuccessful: false }],
    });
  });
});

it('renders whatever is found in every way', () => {
  for (const name of names) for (const as of diffRenderings) expect(told(name, as).endsWith('\n')).toBe(true);
});
