import { describeOperation, type Cell, type Happening } from '@busward/core';
import type { At, Compiled, Node } from '../tables/compile.ts';
import type { Judges } from '../judging/judges.ts';
import { groupBy } from '../group-by.ts';
import { valueText } from '../tables/value-text.ts';
import { monitorsOf } from './monitors.ts';

/** One way in which a slot can move out of a node: in which situations, what it writes, where it goes. */
interface Option {
  readonly cases: readonly Case[];
  readonly writes: readonly number[];
  readonly to: number;
  readonly says: string;
}

/** What is read, in order, and found. */
interface Case {
  readonly reads: readonly number[];
  readonly values: readonly number[];
}

/**
 * A system as Promela, from tables that a search has filled: a process for each slot, a label for each place that it can
 * rest at, a d_step for each step. Spin has the same states and transitions then (full search, and one more state for its
 * own start). Steps and monitors hold what the search has met, and no more: see the file's own head.
 */
export function promelaOf(compiled: Compiled, judges: Judges, under = compiled.system.kernel.strategy.name): string {
  const { system, nodes, cells, slots, initial } = compiled;
  const { clients, kernel } = system;
  const options = nodes.map((node) => optionsOf(compiled, node));
  const start = (slot: number): number => initial[cells.length + slot]!;
  const used = usedCells(options.flat(), judges);
  const names = new Map([...used].map((id) => [id, identifier(cells[id]!.name)]));
  const crashes = cells
    .filter((cell) => used.has(cell.id) && cell.name.endsWith('.crashed'))
    .map(({ id }) => names.get(id)!);
  const running = crashes.length > 0 ? ` provided (${crashes.map((name) => `!${name}`).join(' && ')})` : '';
  const processes =
    clients.kind === 'open'
      ? [process(`active [${slots}] proctype slot()${running}`, start(0))]
      : clients.actors.map((_, slot) => process(`active proctype actor${slot}()${running}`, start(slot)));
  const monitors = monitorsOf(compiled, judges, names, crashes);
  return [
    `/* ${kernel.machine.name} under ${under}`,
    ' * spin -a -DP1 FILE && cc -O3 -DNOREDUCE -o pan pan.c && ./pan -E -m1000000',
    ' *',
    ...monitors.about.map((line) => ` * ${line}`),
    ' */',
    ...[...used].map((id) => `${declared(cells[id]!, names.get(id)!, initial[id]!)}; /* ${valuesOf(cells[id]!)} */`),
    '',
    '/* Never run: Spin leaves out of the state what is nowhere read. */',
    `proctype reads() { ${[...names.values()].join(' || ')} }`,
    '',
    ...processes.flat(),
    ...monitors.lines,
    '',
  ].join('\n');

  function process(head: string, first: number): readonly string[] {
    const reached = reachable(options, first);
    return [
      head,
      '{',
      ...(first === reached[0] ? [] : [`  goto L${first};`]),
      ...reached.flatMap((node) => place(node)),
      '}',
      '',
    ];
  }

  function place(node: number): readonly string[] {
    const here = options[node]!;
    const about = nodes[node]!.kind === 'at' ? describeOperation((nodes[node] as At).operation) : 'between operations';
    const label = `L${node}: /* ${about} */`;
    if (here.length === 0) return [label, '  false;'];
    return [
      label,
      '  if',
      ...here.map(({ cases, writes, to, says }) => {
        const guard = guardOf(cases) ?? 'true';
        const effects = pairs(writes).map(([id, value]) => `; ${names.get(id)} = ${value}`);
        return `  :: d_step { ${guard}${effects.join('')} }; goto L${to} /* ${says} */`;
      }),
      '  fi;',
    ];
  }

  /**
   * One expression for all cases, each cell tested once on a way through it; undefined if it is always true. What is
   * read first is the same in all of them, and so on after every value.
   */
  function guardOf(cases: readonly Case[], depth = 0): string | undefined {
    if (cases.some(({ reads }) => reads.length === depth)) return undefined;
    const cell = cases[0]!.reads[depth]!;
    const branches = [...groupBy(cases, ({ values }) => values[depth]!)].map(([value, some]) => ({
      test: `${names.get(cell)} == ${value}`,
      rest: guardOf(some, depth + 1),
    }));
    const alike = [...groupBy(branches, ({ rest }) => rest).entries()];
    if (alike.length === 1 && branches.length === cells[cell]!.values.length) return alike[0]![0];
    return alike
      .map(([rest, some]) => {
        const tests = some.map(({ test }) => test).join(' || ');
        if (rest === undefined) return tests;
        return `${some.length > 1 ? `(${tests})` : tests} && (${rest})`;
      })
      .join(' || ');
  }
}

/** A step that ends nothing, as a crash, leaves its slot where it is. */
function optionsOf({ cells, nodes }: Compiled, node: Node): readonly Option[] {
  const stay = nodes.indexOf(node);
  if (node.kind === 'at') return stepsOf(node, stay, cells, [{ reads: [], values: [] }]);
  return node.starts.flatMap(({ possible, first }) =>
    stepsOf(
      first,
      stay,
      cells,
      possible.learned().filter(({ entry }) => entry.result),
    ),
  );
}

/** The situations of a step in which it does the same are one option, so that Spin asks once. */
function stepsOf(node: At, stay: number, cells: readonly Cell[], guards: readonly Case[]): readonly Option[] {
  const going = node.table.learned().filter(({ entry }) => {
    const { result, events, writes, failure } = entry;
    if (result < 0 || failure || node.next[result]?.error) return false;
    if (events.some(isCrash) && !pairs(writes).some(([id]) => cells[id]!.name.endsWith('.crashed')))
      throw new Error(`${node.name}: crashes without a cell that says so; it cannot be exported`);
    return true;
  });
  return [...groupBy(going, ({ entry }) => JSON.stringify([entry.result, entry.writes])).values()].flatMap((same) => {
    const { result, writes } = same[0]!.entry;
    const next = node.next[result];
    const cases = guards.flatMap((guard) => same.flatMap((step) => both(guard, step)));
    if (cases.length === 0) return [];
    return [{ cases, writes, to: next?.to ?? stay, says: `${node.name}${next?.result ? ` = ${next.result}` : ''}` }];
  });
}

/** Both at once, the guard first; none if they find different things. */
function both(guard: Case, step: Case): readonly Case[] {
  const found = new Map(guard.reads.map((id, at) => [id, guard.values[at]!]));
  if (step.reads.some((id, at) => found.has(id) && found.get(id) !== step.values[at])) return [];
  step.reads.forEach((id, at) => found.set(id, step.values[at]!));
  return [{ reads: [...found.keys()], values: [...found.values()] }];
}

const isCrash = (event: Happening): boolean => event.kind === 'crashed';

function reachable(options: readonly (readonly Option[])[], first: number): readonly number[] {
  const found = [first];
  for (const node of found) for (const { to } of options[node]!) if (!found.includes(to)) found.push(to);
  return found;
}

/** A variable that nobody reads or writes is not part of the state. */
function usedCells(options: readonly Option[], judges: Judges): ReadonlySet<number> {
  const written = options.flatMap(({ writes }) => pairs(writes).map(([id]) => id));
  const read = options.flatMap(({ cases }) => cases.flatMap(({ reads }) => reads));
  const judged = judges.states.flatMap(({ table }) => table.learned().flatMap(({ reads }) => reads));
  return new Set([...written, ...read, ...judged].toSorted((a, b) => a - b));
}

const pairs = (writes: readonly number[]): readonly (readonly [number, number])[] =>
  writes.flatMap((id, at) => (at % 2 === 0 ? [[id, writes[at + 1]!] as const] : []));

/** As few bits as there are values: Spin packs these together. */
const declared = ({ values }: Cell, name: string, initial: number): string =>
  values.length <= 2
    ? `bit ${name} = ${initial}`
    : `unsigned ${name} : ${Math.ceil(Math.log2(values.length))} = ${initial}`;
const valuesOf = ({ values }: Cell): string => values.map(valueText).join(', ').replaceAll('*/', '');
const identifier = (name: string): string => `v_${name.replaceAll(/\W+/g, '_')}`;
