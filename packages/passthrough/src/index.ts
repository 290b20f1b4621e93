export { callOf, type Claimed, type ClaimStep, type Refused } from './claim.ts';
export {
  inspect,
  verdictText,
  type Alone,
  type InspectedGroup,
  type InspectedMember,
  type Inspection,
} from './inspect.ts';
export { judgedBy, versionIn, versionOf, type JudgedBy } from './judged-by.ts';
export type { Evidence } from '@busward/topology';
export { verdicts, type Blocker, type JudgeGroup, type Unknown, type Verdict } from './verdict.ts';
export { asCommands, type Commands, type Idiom } from './as-commands.ts';
export { auditor, type AuditedMachine, type Auditor, type AuditRow } from './audit.ts';
export type { CarriedOut } from './carry-out.ts';
export type { Deed, HandOver, TakenOver, Write, Written } from './hand-over.ts';
export { plan, type Plan, type Planned, type PlannedGroup } from './plan.ts';
export { echoed, quoted } from './quoted.ts';
export { placeText } from './place-text.ts';
export { reasonText, type Reason } from './reasons.ts';
export type { Fit } from './fit.ts';
export { errnoText } from './errno-text.ts';
export { explain, type ExplainedCause, type Explanation } from './explain.ts';
export { against, type Beside, type Difference, type Regrouped } from './against.ts';
export { whatIf, type Change, type Stage, type WhatIf } from './what-if.ts';
