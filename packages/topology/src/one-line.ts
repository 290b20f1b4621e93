/** A text as a person reads it in one line: without what a terminal or a shell obeys, or what hides or turns others round. */
export const inOneLine = (text: string): string => text.replaceAll(others, ' ');

export const isOneLine = (text: string): boolean => text.search(others) < 0;

const others = /[\p{C}\p{Zl}\p{Zp}]/gu;
