import {
  InputError,
  PluginError,
  WAIT,
  type Atom,
  type Cell,
  type Cells,
  type Operation,
  type System,
  thousands,
} from '@busward/core';
import { compileProgram, type CompiledPlace } from './places.ts';
import { tabulate, type Row, type Table } from './table.ts';

/** Where a slot can be: between operations, or at a place in one. A slot's value is an index into `nodes`. */
export type Node = Idle | At;

interface Idle {
  readonly kind: 'idle';
  readonly starts: readonly Start[];
}

export interface Start {
  readonly operation: Operation;
  readonly possible: Table<boolean>;
  readonly first: At;
}

export interface At {
  readonly kind: 'at';
  readonly operation: Operation;
  /** Kernel calls passed on the way here, then the step. */
  readonly notes: readonly string[];
  readonly name: string;
  /** An index into `next`, or -1: it waits. */
  readonly table: Table<number>;
  readonly next: readonly Next[];
  /** The only cells that the step can read or write, and those that it can write. */
  readonly touches: readonly Cell[];
  readonly writes: readonly Cell[];
}

export interface Next {
  readonly outcome: unknown;
  readonly to: number;
  /** The operation ended, with this result. */
  readonly result?: string;
  /** Kernel calls passed between the step and the end. */
  readonly notes: readonly string[];
  /** The program threw there. */
  readonly error?: Error;
}

/** A system as integer tables: no plugin code runs in a search but to fill them. */
export interface Compiled {
  readonly system: System;
  readonly nodes: readonly Node[];
  readonly cells: readonly Cell[];
  readonly slots: number;
  /** Slots are interchangeable: kept in order of value. */
  readonly symmetric: boolean;
  readonly initial: Row;
  /** How many bits each place of a row needs: none where no step says that it writes there. */
  readonly bits: readonly number[];
}

/** What whoever is idle in the first slot may begin: in all of them, where they are interchangeable. */
export const startsOf = ({ nodes: [idle] }: Pick<Compiled, 'nodes'>): readonly Start[] =>
  idle?.kind === 'idle' ? idle.starts : [];

/** The same tables, from another state on: everybody is still to begin. Of each cell it is said which of its values it has. */
export const startingAt = (compiled: Compiled, cells: readonly number[]): Compiled => ({
  ...compiled,
  initial: Uint16Array.from([...cells, ...compiled.initial.subarray(cells.length)]),
});

/**
 * Compiles every operation of the system's clients. `merge` as for {@link compileProgram}. Throws an {@link InputError} where there
 * are more than `most` places.
 */
export function compile(
  system: System,
  { merge }: { readonly merge: boolean } = { merge: true },
  most = MOST_PLACES,
): Compiled {
  const { clients, cells } = system;
  const nodes: Node[] = [];
  const open = clients.kind === 'open';
  const slots = open ? clients.inFlight : clients.actors.length;
  const starting: number[] = [];
  let histories = 0;
  // Of steps that are one and the same object, wherever they are taken.
  const tables = new Map<Atom, Table<number>>();

  if (open) {
    const idle = reserve();
    nodes[idle] = { kind: 'idle', starts: clients.menu.map((operation) => start(operation, idle)) };
    starting.push(...Array.from({ length: slots }, () => idle));
  } else
    for (const list of clients.actors) {
      let after = reserve();
      nodes[after] = { kind: 'idle', starts: [] };
      for (const operation of list.toReversed()) {
        const idle = reserve();
        nodes[idle] = { kind: 'idle', starts: [start(operation, after), skip(operation, after)] };
        after = idle;
      }
      starting.push(after);
    }

  const initial = new Uint16Array(cells.length + slots);
  cells.forEach((cell) => (initial[cell.id] = cell.values.indexOf(cell.initial)));
  initial.set(starting, cells.length);
  const written = new Set(nodes.flatMap((node) => (node.kind === 'at' ? node.writes.map(({ id }) => id) : [])));
  const bits = [
    ...cells.map(({ id, values }) => (written.has(id) ? bitsFor(values.length) : 0)),
    ...starting.map(() => bitsFor(nodes.length)),
  ];
  return { system, nodes, cells, slots, symmetric: open, initial, bits };

  function reserve(): number {
    // A row would say another place: Row has 16 bits for each.
    if (nodes.length === most) throw tooMany();
    nodes.push({ kind: 'idle', starts: [] });
    return nodes.length - 1;
  }

  function tooMany(): InputError {
    return new InputError(
      `${system.kernel.machine.name} under ${system.kernel.strategy.name}: its operations have more places` +
        `${merge ? '' : ' where histories are told apart'} than the ${thousands(most)} that a search has room for; ` +
        (merge ? 'give it fewer operations or users' : 'leave out --no-reduction, and --engine naive'),
    );
  }

  function start(operation: Operation, after: number): Start {
    const guard = system.possible(operation);
    const possible = tabulate(`guard of ${operation.do}`, cells, guard.touches, (state) => guard.holds(state));
    const first = compileProgram(
      () => system.program(operation),
      `strategy '${system.kernel.strategy.name}', ${operation.do}`,
      merge,
      () => {
        if (++histories > most) throw tooMany();
      },
    );
    if (first.kind === 'throws') throw thrown(operation.do, first.error);
    if (first.kind === 'done')
      return { operation, possible, first: returning(operation, 'returns', String(first.result), after) };
    const { to } = place(first, operation, after, new Map());
    return { operation, possible, first: nodes[to] as At };
  }

  /** An actor goes on with its list where it cannot attempt an operation, as a script does. */
  function skip(operation: Operation, after: number): Start {
    const guard = system.possible(operation);
    const impossible = tabulate(`guard of ${operation.do}`, cells, guard.touches, (state) => !guard.holds(state));
    const first = returning(operation, 'not attempted', 'skip', after);
    return { operation, possible: impossible, first };
  }

  /** One step that looks at nothing and ends the operation. */
  function returning(operation: Operation, name: string, result: string, to: number): At {
    const table = tabulate(name, cells, [], () => 0);
    const next = [{ outcome: undefined, to, result, notes: [] }];
    return { kind: 'at', operation, notes: [], name, table, next, touches: [], writes: [] };
  }

  function thrown(verb: string, error: Error): PluginError {
    if (error instanceof PluginError) return error;
    return new PluginError(`strategy '${system.kernel.strategy.name}', ${verb}: threw '${error.message}'`);
  }

  function place(
    here: CompiledPlace,
    operation: Operation,
    after: number,
    placed: Map<CompiledPlace, number>,
  ): Omit<Next, 'outcome'> {
    if (here.kind === 'done') return { to: after, result: String(here.result), notes: here.notes };
    if (here.kind === 'throws') return { to: after, notes: [], error: here.error };
    const old = placed.get(here);
    if (old !== undefined) return { to: old, notes: [] };
    const id = reserve();
    placed.set(here, id);
    const [atom] = here.atoms;
    const next = here.next.map((one, at) => ({ outcome: atom!.outcomes[at], ...place(one, operation, after, placed) }));
    const { name, touches, writes = touches } = atom!;
    const table = tableOf(here);
    nodes[id] = { kind: 'at', operation, notes: here.notes, name, table, next, touches, writes };
    return { to: id, notes: [] };
  }

  /** Merged histories are said to do the same here: the last and the middle one are called along, and compared. */
  function tableOf({ atoms }: Extract<CompiledPlace, { kind: 'step' }>): Table<number> {
    const [atom] = atoms;
    const known = tables.get(atom!);
    if (known && atoms.every((one) => one === atom)) return known;
    const some = [...new Set([0, atoms.length >> 1, atoms.length - 1])].map((at) => decide(atoms[at]!));
    const table = tabulate(
      `strategy '${system.kernel.strategy.name}', ${atoms[0]!.name}`,
      cells,
      atoms[0]!.touches,
      some[0]!,
      atoms[0]!.writes,
      some,
      () => refinedIn(system),
    );
    tables.set(atom!, table);
    return table;
  }
}

/** The buses of its machine that refine the check. */
const refinedIn = ({ kernel: { machine, bus } }: System): readonly string[] => [
  ...new Set(machine.devices.filter((one) => bus(one).refine).map((one) => one.bus)),
];

const MOST_PLACES = 2 ** 16;

/** Bits of a field that has so many values. */
export const bitsFor = (values: number): number => Math.ceil(Math.log2(values));

/** The step as an index into its outcomes, -1 while it waits. */
const decide =
  (atom: Atom) =>
  (state: Cells): number => {
    const outcome = atom.run(state);
    if (outcome === WAIT) return -1;
    const at = atom.outcomes.indexOf(outcome);
    if (at >= 0 || atom.outcomes.length === 0) return Math.max(at, 0);
    throw new PluginError(`${atom.key}: its outcome ${String(outcome)} is not among those it declares`);
  };
