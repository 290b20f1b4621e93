import type { Machine, Principle, Strategy } from '@busward/core';
import type { Reduced } from '../search/reduced.ts';
import type { Decided, Engine, IsEnough } from '../search/engine.ts';
import type { Limits } from '../search/explore.ts';
import { sameDevices } from '../judging/judges.ts';
import { endSearch, unlessLeft, type Watched } from '../search/watched.ts';
import type { IsFar } from './when-to-leave.ts';

/** Searches that were left while something else was looked at, and may be gone on with. */
export interface LeftSearches {
  /** What a search of the machine that was left is on. */
  compiledOf(machine: Machine, strategy: Strategy): Reduced | undefined;
  /**
   * Goes on with the search of the machine, or begins it, `until` what is found is enough. With `isFar` it is left, and there is
   * nothing to tell, once it is far from its end and says that it has found nothing.
   */
  exploring(compiled: Reduced, until?: IsEnough, isFar?: IsFar): Watched<Decided | undefined>;
  /** States that those have visited which are left. */
  states(): number;
  /** They give their memory back: none is gone on with after this. */
  end(): void;
}

interface Search {
  readonly compiled: Reduced;
  readonly going: Watched<Decided>;
  states: number;
  until: IsEnough | undefined;
}

export function leftSearches(engine: Engine, principles: readonly Principle[], limits: Limits): LeftSearches {
  const left = new Set<Search>();
  return {
    compiledOf: (machine, strategy) => leftOf(machine, strategy)?.compiled,
    *exploring(compiled, until, isFar) {
      const { machine, kernel } = compiled.system;
      const search = leftOf(machine, kernel.strategy) ?? begin(compiled);
      search.until = until;
      const decided = yield* unlessLeft(search.going, (progress) => {
        search.states = progress.states;
        return isFar?.(progress) === true && progress.found === 0;
      });
      if (decided) left.delete(search);
      return decided;
    },
    states: () => [...left].reduce((sum, { states }) => sum + states, 0),
    end() {
      for (const { going } of left) endSearch(going);
    },
  };

  function leftOf(machine: Machine, strategy: Strategy): Search | undefined {
    return [...left].find(
      ({ compiled: { system } }) => system.kernel.strategy === strategy && sameDevices(system.machine, machine),
    );
  }

  function begin(compiled: Reduced): Search {
    const search: Search = {
      compiled,
      states: 0,
      until: undefined,
      going: engine.explore(compiled, principles, limits, (broken, states) => search.until?.(broken, states)),
    };
    left.add(search);
    return search;
  }
}
