// One process of ours for the bench: assembles, compiles, counts by diagram and finds shortest witnesses, and says what it found.
// node by-diagram.mjs DEVICES GROUPS IN-FLIGHT STRATEGY [FILE for the Promela]
import { writeFileSync } from 'node:fs';
import { exploringByDiagram, finished, isComplete, promelaOf } from '@busward/explorer';
import { sameMachine } from './same-machine.mjs';

const file = process.argv[6];
const { compiled, judges } = sameMachine(process.argv.slice(2));
const result = finished(exploringByDiagram(compiled, judges));
const { count, violations } = result;
if (file) writeFileSync(file, promelaOf(compiled, judges));
const told = violations.map(({ principle, device: by, path }) => `${principle.id} ${by} ${path.length}`);
console.log(JSON.stringify({ states: String(count), complete: isComplete(result), violations: told }));
