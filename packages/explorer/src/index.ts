export { compare, comparing, type Comparison, type CompareOptions, type ComparisonRow } from './compare.ts';
export { compile, startingAt, type Compiled } from './compile.ts';
export {
  explore,
  exploreCompiled,
  exploring,
  usualLimits,
  type Exploration,
  type Limits,
  type Violation,
} from './explore.ts';
export type { Helper } from './explicit/second.ts';
export {
  exploringByDiagram,
  usualDiagramLimits,
  type DiagramLimits,
  type DiagramResult,
  type DiagramViolation,
} from './diagram/diagram.ts';
export { interpreter, type Interpreter, type Progress, type Taken } from './interpreter.ts';
export { judgesOf, type Judges } from './judges.ts';
export { exploreNaively, type NaiveResult } from './naive.ts';
export { brokenInState, initialIndices, openState, type Indices } from './plain.ts';
export { partsOf, type Part } from './parts.ts';
export { kindsOf, type Kind } from './kinds.ts';
export { retraces } from './confirm.ts';
export { glued } from './glued.ts';
export { Unlike } from './devices/agree.ts';
export { exchangeOf } from './devices/exchange.ts';
export { quotientOf } from './devices/quotient.ts';
export { endsOf, type End, type Ends } from './ends.ts';
export type { Decided, Engine } from './engine.ts';
export { engines } from './engines.ts';
export { planner } from './planner.ts';
export { mixed } from './crowd/mixed.ts';
export type { CrowdResult } from './crowd/result.ts';
export { searchingCrowds } from './crowd/search.ts';
export { represent } from './represent.ts';
export { run, type Ran, type Run } from './run.ts';
export { likeUsersOf } from './users/like-users.ts';
export { sameTables } from './same-tables.ts';
export { seek, seeking, type Fact, type Search, type Sought } from './seek.ts';
export { seekers, type Seeker } from './seekers.ts';
export { groupBy } from './group-by.ts';
export { transitionName, transitionsOf, transitionsTaken } from './transitions.ts';
export { valueText } from './value-text.ts';
export type { Broken, Verdict } from './verdict.ts';
export { finished, type SearchProgress, type Watched } from './watched.ts';
export { witnessOf, type Witness, type WitnessStep } from './witness.ts';
export { diff, diffing, type DiffOptions } from './diff/diff.ts';
export type { Side } from './diff/on-machine.ts';
export { pairsOf, type Paired } from './diff/pairs.ts';
export type * from './diff/difference.ts';
export {
  matrix,
  matrixing,
  type BusClass,
  type Change,
  type Matrix,
  type MatrixKernel,
  type MatrixOptions,
  type MatrixRow,
} from './diff/matrix.ts';
export type * from './diff/certificate.ts';
export { certify, certifying, type Certifying } from './diff/certify.ts';
export { verifyCertificate, type Verified } from './diff/verify-certificate.ts';
export { autOf } from './export/aut.ts';
export { dotOf } from './export/dot.ts';
export { itfOf } from './export/itf.ts';
export { ltsOf, type Lts } from './export/lts.ts';
export { promelaOf } from './export/promela.ts';
