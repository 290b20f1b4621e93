export { checkScenario, type Checked } from './check.ts';
export { nearest } from './nearest.ts';
export { pluginOf, readScenario } from './read.ts';
export type { Actor, Condition, Expectation, Scenario, Vocabulary } from './scenario.ts';
export { scenarioJsonSchema } from './schema.ts';
export { shapeOf } from './shape.ts';
export { variantOf, type Variant } from './variant.ts';
