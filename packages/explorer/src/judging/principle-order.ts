/** Principles by their numbers: P2 before P10. */
export const byNumber = (a: string, b: string): number => Number(a.slice(1)) - Number(b.slice(1));
