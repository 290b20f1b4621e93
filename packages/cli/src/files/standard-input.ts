/** As a path: what is piped in. */
export const standardInput = '-';

/** A path as it is told: none is seen if it is empty. */
export const toldAs = (path: string): string => (path === standardInput ? 'standard input' : path === '' ? "''" : path);

/** What to open for it: a path, or the descriptor. */
export const opened = (path: string): string | 0 => (path === standardInput ? 0 : path);
