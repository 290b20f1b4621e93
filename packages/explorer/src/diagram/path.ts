import { chargedWith } from '@busward/core';
import type { Move } from '../tables/moves.ts';
import { walkerOf, type Turn } from '../tables/turns.ts';
import type { Workshop } from './apply.ts';
import { stateBefore, stepIn } from './states.ts';
import type { Breach, Trial } from './trials.ts';

/** The turns that lead to the breach: through one state of each of `layers`, the sets of states at each distance. */
export function pathTo(
  workshop: Workshop,
  layers: readonly number[],
  crashes: number,
  trial: Trial,
  breach: Breach,
): readonly Turn[] {
  const { values, compiled } = workshop;
  const { device } = breach;
  const step = breach.step();
  const states = [step.before];
  for (const layer of layers.toReversed()) {
    const [first] = states;
    states.unshift(stateBefore(workshop, layer, first!) ?? stepIn(workshop, layer, crashes, first)!.before);
  }
  const walker = walkerOf(compiled);
  const go = (wanted: (move: Move) => boolean): Turn => {
    const turn = walker.go(wanted);
    if (!turn) throw new Error('a step of the diagram is none of the tables: this is a bug in the explorer');
    return turn;
  };
  const leadsTo = (state: readonly number[]) => (move: Move) =>
    !move.failure && values.ofRow(walker.row).every((value, level) => value === state[level]);
  const turns = states.slice(1).map((state) => go(leadsTo(state)));
  switch (trial.kind) {
    case 'state':
      return turns;
    case 'exit':
      return [...turns, go(isCharged)];
    case 'event':
      return [...turns, go((move) => tells(trial, move) && leadsTo(step.after)(move))];
  }

  function isCharged({ failure, at }: Move): boolean {
    return failure !== undefined && chargedWith(compiled.system.kernel.machine, at.operation).includes(device);
  }
}

const tells = ({ starts, event }: Extract<Trial, { kind: 'event' }>, move: Move): boolean =>
  (move.start !== undefined) === starts && move.events.some((one) => JSON.stringify(one) === JSON.stringify(event));
