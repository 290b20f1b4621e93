import { thousands } from './thousands.ts';

/** `1 group`, `1,234 groups`. */
export const count = (many: number, what: string): string => `${thousands(many)} ${what}${many === 1 ? '' : 's'}`;
