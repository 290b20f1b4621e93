import { assemble, principles, strategies, type Strategy } from '@busward/core';
import { compile, exploreCompiled, judgesOf, type Exploration } from '@busward/explorer';
import { limits, undecided, type Trial } from './trial.ts';
import { worlds, type World } from './worlds.ts';

/** The principles, on each world under each strategy: whatever anybody may do there. */
export const worldTrials = (): readonly Trial[] =>
  worlds().flatMap((world) =>
    strategies.filter((strategy) => suits(world, strategy)).map((strategy) => trialOf(world, strategy)),
  );

function trialOf({ name, machine, buses, inFlight, menu }: World, strategy: Strategy): Trial {
  return {
    name: `principles: ${name}, under ${strategy.name}`,
    kind: 'world',
    run() {
      const system = assemble(machine, strategy, buses, { kind: 'open', inFlight, menu });
      const explored = exploreCompiled(compile(system), judgesOf(system, principles), limits);
      return { verdict: verdictOf(explored), size: `${explored.states} ${explored.transitions}` };
    },
  };
}

/** Which principles are broken, each with the devices that take part. */
function verdictOf({ states, overflow, violations }: Exploration): string {
  if (states > limits.maxStates) return undecided;
  const broken = violations.map(({ principle, device }) => `${principle.id} ${device}`).toSorted();
  return [...broken, ...(overflow === undefined ? [] : ['a count leaves its range'])].join(', ') || 'none broken';
}

/** A kernel without iommufd has no such operations. */
const suits = ({ machine: { users } }: World, { surroundings }: Strategy): boolean =>
  surroundings.vfio.iommufd || users.every(({ through }) => through === 'container');
