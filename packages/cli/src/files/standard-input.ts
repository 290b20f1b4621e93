/** As a path: what is piped in. */
export const standardInput = '-';

/** A path as it is told. */
export const toldAs = (path: string): string => (path === standardInput ? 'standard input' : path);
