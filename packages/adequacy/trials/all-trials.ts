import { scenarioTrials, type ScenarioTrial } from './scenario-trials.ts';
import type { Trial } from './trial.ts';
import { worldTrials } from './world-trials.ts';

/** All trials whose name matches, in an order that is the same in every process. */
export async function allTrials(part: string): Promise<readonly (Trial | ScenarioTrial)[]> {
  return [...(await scenarioTrials()), ...worldTrials()].filter(({ name }) => new RegExp(part).test(name));
}
