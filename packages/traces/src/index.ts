export { agentSteps, type AgentSteps } from './agent-steps.ts';
export type { BrokenByKernel } from './kernel-judge.ts';
export { profileOf } from './profile-of.ts';
export { replayer, type Divergence, type Replayed, type Replayer, type See } from './replay.ts';
export { scenarioOfTrace } from './to-scenario.ts';
export { readTraces, type Trace, type TraceState, type TraceStep } from './trace.ts';
