export { compare, comparing, type Comparison, type CompareOptions, type ComparisonRow } from './compare/compare.ts';
export { compile, startingAt, type Compiled } from './tables/compile.ts';
export {
  explore,
  exploreCompiled,
  exploring,
  usualLimits,
  type Exploration,
  type Limits,
  type Violation,
} from './search/explore.ts';
export type { Helper } from './explicit/second.ts';
export { exploringByDiagram, type DiagramResult } from './diagram/diagram.ts';
export { interpreter, type Interpreter, type Progress, type Taken } from './naive/interpreter.ts';
export { judgesOf, type Judges } from './judging/judges.ts';
export { exploreNaively, type NaiveResult } from './naive/naive.ts';
export { initialIndices, openState, type Indices } from './naive/plain.ts';
export { partsOf, type Part } from './likeness/parts.ts';
export { kindsOf, type Kind } from './likeness/kinds.ts';
export { retraces } from './witness/confirm.ts';
export { isComplete, stopOf, type Ended } from './search/ended.ts';
export { endsOf, type End, type Ends } from './search/ends.ts';
export type { Decided, Engine } from './search/engine.ts';
export { engines } from './search/engines.ts';
export { represent } from './likeness/represent.ts';
export { run, type Ran, type Run } from './naive/run.ts';
export { likeUsersOf } from './users/like-users.ts';
export { sameTables } from './tables/same-tables.ts';
export { seek, seeking, type Fact, type Search, type Sought } from './search/seek.ts';
export { seekers, type Seeker } from './search/seekers.ts';
export { groupBy } from './group-by.ts';
export { transitionName, transitionsOf, transitionsTaken } from './tables/transitions.ts';
export { valueText } from './tables/value-text.ts';
export type { Broken, Verdict } from './compare/verdict.ts';
export { finished, lookingUp, type SearchProgress, type Watched } from './search/watched.ts';
export { witnessOf, type Witness, type WitnessStep } from './witness/witness.ts';
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
export { itfOf } from './export/itf.ts';
export { autOf, dotOf, ltsOf, type Lts } from './export/lts.ts';
export { promelaOf } from './export/promela.ts';
