import type { Machine, Principle, Strategy } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import { answersFor } from '../devices/answers-for.ts';
import { viewsAnswerFor } from '../views/looking.ts';
import type { Decided, IsEnough } from '../search/engine.ts';
import { sameDevices, sameJudges } from '../judging/judges.ts';
import type { Explored } from './result.ts';
import { sameTables } from '../tables/same-tables.ts';

/**
 * What was explored, by kin: systems of one kin are compared with each other. A result is given that says how all of it is broken,
 * or so much that it `isEnough`.
 */
export interface Findings {
  all(): readonly Decided[];
  keep(result: Explored, kin: object): void;
  /** Whether something of that kin, with as many devices, was looked at but for which of like devices is where, or by views. */
  hasExchanged(machine: Machine, kin: object): boolean;
  /** That of this very machine under that strategy. */
  itself(machine: Machine, strategy: Strategy, kin: object, isEnough?: IsEnough): Explored | undefined;
  /** That of a system which is sure to behave like this one. */
  twinOf(compiled: Compiled, kin: object, isEnough?: IsEnough): Explored | undefined;
}

export function findings(principles: readonly Principle[]): Findings {
  const explored = new Map<object, Explored[]>();
  return {
    all: () => [...explored.values()].flat().map(({ exploration }) => exploration),
    keep: (result, kin) => void explored.set(kin, [...(explored.get(kin) ?? []), result]),
    hasExchanged: (machine, kin) =>
      saidOf(machine, kin).some(({ exploration: { exchanged, viewed } }) => exchanged ?? viewed),
    itself: (machine, strategy, kin, isEnough) =>
      saidOf(machine, kin, isEnough).find(
        (one) => one.compiled.system.kernel.strategy === strategy && sameDevices(one.machine, machine),
      ),
    twinOf(compiled, kin, isEnough) {
      const { machine } = compiled.system;
      const twin = saidOf(machine, kin, isEnough).find(
        ({ compiled: one, exploration: { exchanged, viewed } }) =>
          sameJudges(one, compiled, principles) &&
          (exchanged
            ? answersFor(exchanged, one, compiled, principles)
            : viewed
              ? viewsAnswerFor(one, compiled, principles)
              : sameTables(one, compiled)),
      );
      return twin && { kind: 'explored', machine, compiled, exploration: renamed(twin, machine) };
    },
  };

  function saidOf(machine: Machine, kin: object, isEnough?: IsEnough): readonly Explored[] {
    return (explored.get(kin) ?? []).filter((one) => {
      const { atMost, ended, states } = one.exploration;
      if (atMost || one.machine.devices.length !== machine.devices.length) return false;
      if (ended.kind !== 'enough') return true;
      // Where there was too much to look for all of it, there still is.
      const looked = ended.found === 'the worst' ? Infinity : states;
      return isEnough?.(renamed(one, machine).violations, looked) !== undefined;
    });
  }
}

/** What was found on a machine with the same tables, of the devices that are in the same places. */
function renamed({ machine: { devices }, exploration }: Explored, machine: Machine): Decided {
  const names = new Map(devices.map(({ name }, at) => [name, machine.devices[at]!.name]));
  return {
    ...exploration,
    violations: exploration.violations.map((one) => ({ ...one, device: names.get(one.device)! })),
  };
}
