/** How text is laid out: the width of the terminal, and how an outcome is coloured (not at all, into a file). */
export interface Page {
  readonly width: number;
  paint(outcome: string, text: string): string;
}

export const plainPage: Page = { width: 100, paint: (_outcome, text) => text };

/** A cell of a table, painted as its outcome after it was measured. */
export interface Cell {
  readonly text: string;
  readonly outcome?: string;
}

/** What a last column has to have, to be wrapped. */
const NARROWEST = 16;

/** Aligned columns, the first row underlined, the last wrapped if need be; where the page is too narrow, a block per row. */
export function table(rows: readonly (readonly Cell[])[], page: Page): readonly string[] {
  const [head = [], ...body] = rows;
  const natural = head.map((_, at) => Math.max(...rows.map((row) => row[at]?.text.length ?? 0)));
  const left = natural.slice(0, -1).reduce((sum, one) => sum + one + 2, 0);
  const last = Math.min(natural.at(-1)!, page.width - left);
  const words = rows.flatMap((row) => (row.at(-1)?.text ?? '').split(' '));
  if (last < Math.min(natural.at(-1)!, NARROWEST) || words.some((word) => word.length > last)) return blocks();
  const widths = [...natural.slice(0, -1), last];
  return [...line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.flatMap(line)];

  function line(row: readonly Cell[]): readonly string[] {
    const [first, ...others] = wrap(row.at(-1)!.text, last);
    const cells = [...row.slice(0, -1), { ...row.at(-1)!, text: first! }];
    return [
      cells
        .map(({ text, outcome }, at) => painted(text, outcome) + ' '.repeat(widths[at]! - text.length))
        .join('  ')
        .trimEnd(),
      ...others.map((text) => ' '.repeat(left) + painted(text, row.at(-1)!.outcome)),
    ];
  }

  function blocks(): readonly string[] {
    const label = Math.max(...head.slice(1).map(({ text }) => text.length));
    // What stands in the first column is meant until something else does.
    let of = '';
    return body.flatMap(([first, ...cells]) => [
      ...wrap(`${head[0]!.text} ${(of = first!.text || of)}`.trim(), page.width, '', '  '),
      ...cells.flatMap(({ text, outcome }, at) => {
        const [one, ...more] = wrap(text, page.width - label - 4);
        return text === ''
          ? []
          : [
              `  ${head[at + 1]!.text.padEnd(label)}  ${painted(one!, outcome)}`,
              ...more.map((other) => ' '.repeat(label + 4) + painted(other, outcome)),
            ];
      }),
    ]);
  }

  function painted(text: string, outcome: string | undefined): string {
    return outcome === undefined ? text : page.paint(outcome, text);
  }
}

/**
 * Breaks text at blanks, `a -> b` never; every line begins with `indent`, the first with `first`. So does what stands behind a
 * line end of the text, as names of files may have: a comment of a script stays one.
 */
export function wrap(text: string, width: number, first = '', indent = first): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.replaceAll(/\p{Cc}/gu, ' ').split(/ (?!->)(?<!-> )/)) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line.trimEnd());
      line = indent;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line.trimEnd()];
}

/** A heading and its sentences; nothing, if there are none. */
export const section = (heading: string, sentences: readonly string[], page: Page): readonly string[] =>
  sentences.length === 0 ? [] : ['', heading, ...sentences.flatMap((one) => wrap(one, page.width, '  - ', '    '))];
