export { checkingScenario, checkScenario, startOf, type Checked } from './check.ts';
export { operationsOf, overlapping, scenarioOfWitness } from './from-witness.ts';
export { onBus } from './on-bus.ts';
export { parsePlaced, type Path, type PlacedFile } from './place.ts';
export { pluginOf, readScenario } from './read.ts';
export type { Actor, Condition, Expectation, Scenario, Vocabulary } from './scenario.ts';
export { scenarioJsonSchema } from './schema.ts';
export { inOrder, runInOrder } from './run-order.ts';
export { variantFor, variantOf, type Variant } from './variant.ts';
export { writeScenario, type Draft } from './write.ts';
export {
  besideAnother,
  generatingUpTo,
  machinesUpTo,
  usualSize,
  type Generated,
  type Generating,
  type Size,
} from './generate.ts';
