import { thousands } from '@busward/core';

/** `1 group`, `1,234 groups`. */
export const count = (many: number, what: string): string => `${thousands(many)} ${what}${many === 1 ? '' : 's'}`;
