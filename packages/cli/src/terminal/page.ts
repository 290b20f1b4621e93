import { styleText } from 'node:util';
import type { Page } from '@busward/report';

const colours = {
  mixed: 'red',
  exposed: 'magenta',
  'not restored': 'yellow',
  'refused without cause': 'cyan',
  crash: 'redBright',
  undecided: 'gray',
  isolated: 'green',
} as const;

/** The terminal: its width, and colours. */
export function pageOf(stream: NodeJS.WriteStream): Page {
  const coloured = isColoured(stream);
  return {
    width: widthOf(stream.isTTY ? stream.columns : Number(process.env['COLUMNS'])),
    paint: (outcome, text) =>
      coloured && outcome in colours
        ? styleText(colours[outcome as keyof typeof colours], text, { validateStream: false })
        : text,
  };
}

/** As Node itself decides: FORCE_COLOR before all, through a pipe, too. */
function isColoured({ isTTY }: NodeJS.WriteStream): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: none, TERM: terminal } = process.env;
  return forced === undefined ? isTTY && !none && terminal !== 'dumb' : !['0', 'false'].includes(forced);
}

/** Narrower than this nothing is readable, however it is wrapped. */
const NARROWEST = 40;

/** What tells no width (a pipe, some serial lines) gets 100 columns. */
const widthOf = (columns: number): number => (columns > 0 ? Math.max(columns, NARROWEST) : 100);
