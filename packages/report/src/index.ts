export { checksText, type CheckedScenario } from './checks.ts';
export { exhibitMarkdown, exhibitsText, pageNameOf, type Exhibit } from './exhibits.ts';
export { plainPage, table, wrap, type Cell, type Page } from './columns.ts';
export { comparisonText } from './comparison.ts';
export { comparisonJson } from './comparison-json.ts';
export { runsText, type OrderedRun } from './runs.ts';
export { triedText } from './tried.ts';
export { witnessLines } from './witness.ts';
export { agreementText, replaysText, untakenText, type ReplayedFile } from './replays.ts';
