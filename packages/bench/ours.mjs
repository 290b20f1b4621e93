// One process of ours for the bench: assembles, compiles and searches, without any reduction, and says what it counted,
// and what its states took: bytes for one, packed, and at the worst moment after the first million.
// node ours.mjs DEVICES GROUPS IN-FLIGHT STRATEGY [FILE for the Promela, or --workers=2]
import { writeFileSync } from 'node:fs';
import { exploring, promelaOf } from '@busward/explorer';
import { secondWorker } from '../cli/dist/second-worker.js';
import { sameMachine } from './same-machine.mjs';

const isHelped = process.argv[6] === '--workers=2';
const file = isHelped ? undefined : process.argv[6];
const { compiled, judges } = sameMachine(process.argv.slice(2));
const packed = 4 * Math.ceil(compiled.bits.reduce((sum, bits) => sum + bits) / 32);
let worst = 0;
const search = exploring(compiled, judges, { maxStates: 1e8, ...(isHelped && { helper: secondWorker }) });
let step = search.next();
for (; !step.done; step = search.next())
  if (step.value.states > 1e6) worst = Math.max(worst, step.value.bytes / step.value.states);
const { states, transitions } = step.value;
if (file) writeFileSync(file, promelaOf(compiled, judges));
console.log(JSON.stringify({ states, transitions, packed, worst }));
