/** In how many orders the devices of kinds of these sizes can be. */
export const ordersOf = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * factorial(size), 1);
const factorial = (of: number): number => (of < 2 ? 1 : of * factorial(of - 1));
