/**
 * Whether what one step wrote (cell, value, ...) is what the other wrote, with each cell `moved`, in whatever order; and each value
 * what it `becomes` in that cell.
 */
export function sameWrites(
  mine: readonly number[],
  yours: readonly number[],
  moved: ArrayLike<number>,
  becomes: (cell: number, value: number) => number = (_, value) => value,
): boolean {
  if (mine.length !== yours.length) return false;
  for (let at = 0; at < mine.length; at += 2) {
    const [cell, value] = [mine[at]!, mine[at + 1]!];
    let twin = 0;
    while (twin < yours.length && yours[twin] !== moved[cell]) twin += 2;
    if (yours[twin + 1] !== becomes(cell, value)) return false;
  }
  return true;
}
