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

/** The terminal: its width, and colours unless it is none or NO_COLOR is set. */
export function pageOf(stream: NodeJS.WriteStream): Page {
  const coloured = stream.isTTY && !process.env['NO_COLOR'];
  return {
    width: widthOf(stream.isTTY ? stream.columns : Number(process.env['COLUMNS'])),
    paint: (outcome, text) =>
      coloured && outcome in colours ? styleText(colours[outcome as keyof typeof colours], text) : text,
  };
}

/** What tells no width (a pipe, some serial lines) gets 100 columns. */
const widthOf = (columns: number): number => (columns > 0 ? columns : 100);
