import { compile } from '../tables/compile.ts';
import { exploringByDiagram } from '../diagram/diagram.ts';
import { isComplete } from './ended.ts';
import type { Engine } from './engine.ts';
import { exploring } from './explore.ts';
import { judgesOf } from '../judging/judges.ts';
import { disagreement, exploringNaively } from '../naive/naive.ts';
import { planner } from './planner.ts';

const explicit: Engine = {
  name: 'explicit',
  says: 'breadth first over packed states, on tables',
  explore: (compiled, principles, limits, isEnough) =>
    exploring(compiled, judgesOf(compiled.system, principles), limits, isEnough),
};

/** The oracle, and the explicit engine on tables without merged places beside it, which knows the ways. */
const naive: Engine = {
  name: 'naive',
  says: 'the generators themselves, state by state; the search on tables has to come to the same, to the last transition',
  *explore({ system }, principles, limits) {
    const oracle = yield* exploringNaively(system, principles, limits);
    const unmerged = compile(system, { merge: false });
    const exploration = yield* exploring(unmerged, judgesOf(system, principles), limits);
    const decided = { ...exploration, on: unmerged };
    if (oracle.stoppedBy !== undefined) return { ...decided, ended: { kind: 'stopped', by: oracle.stoppedBy } };
    const found = exploration.violations.map(
      ({ principle, device, path }) => `${principle.id} ${device} ${path.length}`,
    );
    const expected = [...oracle.violations].map(([what, steps]) => `${what} ${steps}`);
    const same = exploration.states === oracle.states && exploration.transitions === oracle.transitions;
    if (isComplete(exploration) && (!same || found.toSorted().join() !== expected.toSorted().join()))
      throw disagreement(system);
    return decided;
  },
};

/** States are counted, not visited. */
const diagram: Engine = {
  name: 'diagram',
  says: 'decision diagrams, which count states without visiting them',
  *explore(compiled, principles) {
    const result = yield* exploringByDiagram(compiled, judgesOf(compiled.system, principles));
    const { count, violations, ended, overflow } = result;
    return { states: Number(count), counted: count, ended, violations, ...(overflow !== undefined && { overflow }) };
  },
};

/** The first is used where none is asked for. */
export const engines: readonly Engine[] = [planner(explicit, diagram), explicit, diagram, naive];
