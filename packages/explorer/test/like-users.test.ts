import { assemble, menuOf, principles, strategies, type Principle, type Strategy, type User } from '@busward/core';
import { compile, exploreCompiled, judgesOf, likeUsersOf } from '@busward/explorer';
import { describe, expect, it } from '@jest/globals';
import { exchangeTwo } from '../src/likeness/ordering.ts';
import { isComplete } from '../src/search/ended.ts';
import { stateSet } from '../src/search/state-set.ts';
import { wayTo, type Searched } from '../src/search/ways.ts';
import { forEachMove, sortSlots } from '../src/tables/moves.ts';
import { usersAgree } from '../src/users/agree.ts';
import { buses, pair, single, under } from './machines.ts';

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

  // Of one that differs in who is who another may be kept each time: orders are sums of weights, and need not be the same.
  it('a way is found to every state, whichever of two that differ in who is who were kept', () => {
    const users = ['u0', 'u1'].map((name) => ({ name, through: 'container' as const }));
    const machine = { ...single(), users };
    const clients = { kind: 'open', inFlight: 2, menu: menuOf(machine) } as const;
    const compiled = compile(assemble(machine, under('7.3'), buses, clients));
    const { bits, slots, initial } = compiled;
    const [swap] = likeUsersOf(compiled)!.exchanges;
    const exchanged = (state: Uint16Array): Uint16Array => {
      const other = state.slice();
      exchangeTwo(swap!, compiled, other);
      sortSlots(compiled, other);
      return other;
    };
    const kept: Searched['kept'] = (state, tell) => {
      if (state.reduce((sum, value, at) => sum + value * at, 0) % 3 > 0) return state;
      tell?.(swap!);
      return exchanged(state);
    };
    const seen = stateSet(bits, slots);
    const parents = [-1];
    const row = initial.slice();
    seen.add(initial);
    for (let at = 0; at < seen.size; at++)
      forEachMove(compiled, seen.read(at, row), ({ failure }) => {
        if (!failure && seen.add(kept(row)) >= 0) parents.push(at);
      });
    const depthOf = (state: number): number => (state === 0 ? 0 : 1 + depthOf(parents[state]!));
    for (let state = 0; state < seen.size; state++) {
      const searched = { seen, linear: undefined, parents, firsts: [], stopped: [], kept };
      const { turns, walker } = wayTo(compiled, searched, state);
      expect(turns).toHaveLength(depthOf(state));
      const wanted = seen.read(state, initial.slice());
      expect([wanted, exchanged(wanted)]).toContainEqual(walker.row);
    }
  });
});
