/** As a path: what is piped in. */
export const standardInput = '-';

/** What to open for it: a path, or the descriptor. */
export const opened = (path: string): string | 0 => (path === standardInput ? 0 : path);
