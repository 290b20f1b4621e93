/** What `-` is called in messages, and the machine that is read from it. */
export const standardInput = 'standard input';

/** A path as it is told: none is seen if it is empty. */
export const toldAs = (path: string): string => (path === '-' ? standardInput : path === '' ? "''" : path);
