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

/** Aligned columns, the first row underlined; where the page is too narrow, one block per row instead. */
export function table(rows: readonly (readonly Cell[])[], page: Page): readonly string[] {
  const [head = [], ...body] = rows;
  const widths = head.map((_, at) => Math.max(...rows.map((row) => row[at]?.text.length ?? 0)));
  const line = (row: readonly Cell[]): string =>
    row
      .map(({ text, outcome }, at) => painted(text, outcome) + ' '.repeat(widths[at]! - text.length))
      .join('  ')
      .trimEnd();
  if (widths.reduce((sum, one) => sum + one + 2, -2) <= page.width)
    return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)];
  const label = Math.max(...head.slice(1).map(({ text }) => text.length));
  return body.flatMap(([first, ...cells]) => [
    `${head[0]!.text} ${first!.text}`.trim(),
    ...cells.flatMap(({ text, outcome }, at) =>
      text === '' ? [] : [`  ${head[at + 1]!.text.padEnd(label)}  ${painted(text, outcome)}`],
    ),
  ]);

  function painted(text: string, outcome: string | undefined): string {
    return outcome === undefined ? text : page.paint(outcome, text);
  }
}

/** Breaks text at blanks, `a -> b` never; every line begins with `indent`, the first with `first`. */
export function wrap(text: string, width: number, first = '', indent = first): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/ (?!->)(?<!-> )/)) {
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
