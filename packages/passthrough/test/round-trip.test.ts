import { replay, WAIT, type Operation, type System } from '@busward/core';
import { compile, endsOf, initialIndices, openState, startingAt, type Indices } from '@busward/explorer';
import { judgedBy, verdicts } from '@busward/passthrough';
import { expect, it } from '@jest/globals';
import { handOver } from '../src/hand-over.ts';
import { isKnown, memberOf } from '../src/member.ts';
import { back, before, leaving, others, owning, system, there } from '../src/modelled-plan.ts';
import { buses, found } from './machines.ts';

/*
 * The whole round, there and back, beside others, read a second time: every interleaving of the generators themselves, by
 * histories, without tables, merging or the search that a plan is tried with. What has to be so at the end comes from the line of
 * the listing.
 */

interface At {
  readonly cells: Indices;
  readonly actors: readonly Actor[];
}
interface Actor {
  readonly todo: readonly Operation[];
  readonly seen: readonly { readonly key: string; readonly outcome: unknown }[];
  readonly results: string;
}

function* endsOfAll(of: System, cells: Indices, actors: readonly (readonly Operation[])[]): Generator<At> {
  const start: At = { cells, actors: actors.map((todo) => ({ todo, seen: [], results: '' })) };
  const known = new Set<string>();
  const open = [start];
  for (let at = open.pop(); at; at = open.pop()) {
    const next = at.actors.flatMap((_, who) => moved(of, at!, who) ?? []);
    if (next.length === 0) yield at;
    for (const one of next) {
      const key = JSON.stringify([one.cells, one.actors.map(({ todo, ...rest }) => [todo.length, rest])]);
      if (known.has(key)) continue;
      known.add(key);
      open.push(one);
    }
  }
}

/** The next step of an actor, past what needs no step. */
function moved(of: System, { cells, actors }: At, who: number): At | undefined {
  const { todo, seen, results } = actors[who]!;
  const [operation, ...later] = todo;
  if (!operation) return undefined;
  const to = (state: Indices, now: Actor): At => ({
    cells: state,
    actors: actors.map((one, at) => (at === who ? now : one)),
  });
  const after = (result: string): Actor => ({ todo: later, seen: [], results: `${results} ${result}` });
  if (seen.length === 0 && !of.possible(operation).holds(openState(cells).cells)) return to(cells, after('-'));
  const here = replay(() => of.program(operation), seen, operation.do);
  if (here.kind === 'throws') throw here.error;
  if (here.kind === 'done') return to(cells, after(String(here.result)));
  const state = openState(cells);
  const outcome = here.atom.run(state.cells);
  if (outcome === WAIT) return undefined;
  return to(state.indices, { todo, seen: [...seen, { key: here.atom.key, outcome }], results });
}

const value = (of: System, { cells }: At, name: string): unknown => {
  const cell = of.cells.find((one) => one.name === name)!;
  return cell.values[cells[cell.id]!];
};

const device = '0000:01:00.0';
/** What a kernel driver that is bound changes. */
const boundByOther = ['driver', 'running', 'using'].map((cell) => `${device}.${cell}`).concat('1.owner_cnt');
const load: Operation = { do: 'load', device, driver: others };
const find = (driver: string): Operation => ({ do: 'find driver', device, driver });

it.each<[string, string, string | null, Operation]>([
  ['5.10', 'that had a driver, and a module that loads', 'nvidia', load],
  ['6.12', 'that had a driver, and a module that loads', 'nvidia', load],
  ['7.3', 'that had a driver, and a module that loads', 'nvidia', load],
  ['6.12', 'that had a driver, and somebody who has it looked for', 'nvidia', find('nvidia')],
  ['6.12', 'that had none, and a module that loads', null, load],
  ['7.3', 'that had none, and a module that loads', null, load],
  ['7.3', 'that had none, and somebody who has one looked for', null, find(others)],
])('%s, a device %s', (version, _, driver, other) => {
  const judged = judgedBy(version, buses);
  const machine = found([`1 ${device} ${driver ?? '-'}`]);
  const members = machine.devices.map((one) => memberOf(one, judged.buses)).filter(isKnown);
  const verdict = verdicts(judged)(machine, '1', members);
  const plan = members.map((member) => handOver(member, true, verdict, judged));
  const own = owning('1', plan, judged);
  const round = [...there(plan), ...own, ...leaving('1', plan, judged), ...back(plan)];
  const of = system('1', plan, judged, { kind: 'actors', actors: [round, [other]] });
  const [start] = endsOfAll(of, initialIndices(of), [before(plan)]);
  const ends = new Set<string>();
  const drivers = new Set<unknown>();
  for (const end of endsOfAll(of, start!.cells, [round, [other]])) {
    ends.add(String(end.cells));
    expect(end.actors.every(({ todo }) => todo.length === 0)).toBe(true);
    expect(end.actors[0]!.results).toMatch(/^ OK OK OK OK/);
    expect(value(of, end, `${device}.driver_override`)).toBeUndefined();
    expect(value(of, end, `${device}.hw`)).toBe('default');
    const now = value(of, end, `${device}.driver`);
    drivers.add(now);
    expect([driver ?? undefined, driver === null ? others : driver]).toContain(now);
    // Of a device without a driver, the other may make what he would without the plan.
    const differs = of.cells.filter(({ id }) => start!.cells[id] !== end.cells[id]).map(({ name }) => name);
    const mayDiffer = now === (driver ?? undefined) ? [] : boundByOther;
    expect(differs.filter((name) => !mayDiffer.includes(name))).toEqual([]);
  }
  expect(new Set(endsOf(startingAt(compile(of), start!.cells)).ends.map(({ cells }) => String(cells)))).toEqual(ends);
  // A device that had a driver has it in every end; one that had none has been taken in some.
  expect(driver === null ? drivers.has(others) : drivers.size === 1 && drivers.has(driver)).toBe(true);
});
