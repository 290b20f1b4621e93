import { wrap } from '@busward/report';
import { pageOf } from './page.ts';

/** A message in the width of the terminal; through a pipe as it is, since programs look for a line. */
export function inWidth(message: string, stream: NodeJS.WriteStream): string {
  if (!stream.isTTY) return message;
  const { width } = pageOf(stream);
  return message
    .split('\n')
    .flatMap((line) => wrap(line, width, '', '  '))
    .join('\n');
}
