import { assemble, menuOf, principles, strategies, type Principle, type Strategy, type User } from '@busward/core';
import { compile, exploreCompiled, judgesOf, likeUsersOf } from '@busward/explorer';
import { describe, expect, it } from '@jest/globals';
import { usersAgree } from '../src/users/agree.ts';
import { isComplete } from '../src/search/ended.ts';
import { buses, pair } from './machines.ts';

/*
 * A search does not ask core's principles whether they tell one user from another: here they are asked, in every situation
 * of a machine on which each of them is judged.
 */
describe('users who are exchanged', () => {
  const agreed = (strategy: Strategy, through: User['through'], judged: readonly Principle[]): boolean => {
    const users = ['u0', 'u1'].map((name) => ({ name, through }));
    const machine = pair({ users });
    const menu = menuOf(machine, { hotplug: true });
    const system = assemble(machine, strategy, buses, { kind: 'open', inFlight: 1, menu });
    const compiled = compile(system);
    const judges = judgesOf(system, judged);
    expect(isComplete(exploreCompiled(compiled, judges, { maxStates: 100_000 }))).toBe(true);
    return usersAgree(compiled, { ...judges, ours: false }, likeUsersOf(compiled)!.exchanges);
  };

  const ways = ['container', 'iommufd'] as const;
  const asked = strategies.flatMap((one) =>
    ways
      .filter((through) => through === 'container' || one.surroundings.vfio.iommufd)
      .map((through) => [one.name, through, one] as const),
  );
  it.each(asked)('%s and the principles name no user (%s)', (_, through, strategy) =>
    expect(agreed(strategy, through, principles)).toBe(true),
  );

  it('one that names a user is noticed, whether it judges states or events', () => {
    const [first] = principles;
    const states: Principle = { ...first!, states: (group) => (group.holders.includes('u0') ? group.all : []) };
    const opened: Principle = {
      ...first!,
      states: () => [],
      events: { granted: (event, { devices }) => (JSON.stringify(event).includes('u0') ? devices : []) },
    };
    for (const principle of [states, opened]) expect(agreed(strategies.at(-1)!, 'iommufd', [principle])).toBe(false);
  });
});
