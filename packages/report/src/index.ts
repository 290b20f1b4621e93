export { checksText, type CheckedScenario } from './checks.ts';
export { plainPage, table, wrap, type Cell, type Page } from './columns.ts';
export { comparisonText } from './comparison.ts';
export { comparisonJson } from './comparison-json.ts';
export { witnessLines } from './witness.ts';
export { agreementText, replaysText, type ReplayedFile } from './replays.ts';
