import { startsOf, type Compiled, type Start } from '../tables/compile.ts';
import { randomNumbers } from '../search/walk.ts';
import { forEachMove } from '../tables/moves.ts';
import type { Row } from '../tables/table.ts';

/** Steps that are walked, and how many, on average, until it begins again. */
const WALK = 1_500;
const BACK_AFTER = 50;

/**
 * States that a walk at random comes by, which is always the same one, and those next to them. It begins again and again, with two devices and a
 * user, so that they meet; and as a rule it ends one operation before it begins another.
 */
export function walkedBy(compiled: Compiled): readonly Row[] {
  const { machine } = compiled.system;
  const starts = startsOf(compiled);
  const nodes = new Uint8Array(compiled.nodes.length).fill(1);
  const met: Row[] = [];
  const chance = randomNumbers();
  const oneOf = <T>(some: readonly T[]): T | undefined => some[Math.floor(chance() * some.length)];
  const row = compiled.initial.slice();
  let here = compiled.initial;
  let only = someStarts();
  for (let step = 0; step < WALK; step++) {
    const [begun, going]: [Row[], Row[]] = [[], []];
    row.set(here);
    forEachMove(
      compiled,
      row,
      ({ failure, crashed, start }) => {
        if (!failure && !crashed) (start ? begun : going).push(row.slice());
      },
      { starts: only, nodes },
    );
    met.push(...begun, ...going);
    const next = oneOf(going.length > 0 && chance() < 0.8 ? going : [...begun, ...going]);
    if (next && chance() > 1 / BACK_AFTER) here = next;
    else {
      here = compiled.initial;
      only = someStarts();
    }
  }
  return met;

  function someStarts(): readonly Start[] {
    const devices = [oneOf(machine.devices)?.name, oneOf(machine.devices)?.name];
    const user = oneOf(machine.users)?.name;
    return starts.filter(
      ({ operation }) =>
        (!('device' in operation) || devices.includes(operation.device)) &&
        (!('user' in operation) || operation.user === user),
    );
  }
}
