import {
  ANSWER,
  assemble,
  CALL,
  describeOperation,
  menuOf,
  observationOf,
  OutOfRange,
  replay,
  WAIT,
  withCallsApart,
  type Machine,
  type Operation,
  type Standing,
  type System,
} from '@busward/core';
import { openState, type Indices, type Side } from '@busward/explorer';

/*
 * What a system can show, by running the generators themselves through every interleaving: states are plain objects, nothing
 * is numbered, determined or merged. For tiny machines, and to be believed by reading it.
 */

interface Slot {
  readonly operation: Operation;
  readonly seen: readonly { readonly key: string; readonly outcome: unknown; readonly at: number }[];
}

interface State {
  readonly cells: Indices;
  readonly slots: readonly Slot[];
  readonly over?: true;
}

export interface BruteForce {
  readonly first: State;
  /** States by name, as certificates order them: values of cells, then for each slot the operation and the outcomes it has seen. */
  nameOf(state: State): string;
  /** Every step out of a state, with what it shows; '' if nobody can tell. */
  steps(state: State): readonly { readonly shows: string; readonly to: State }[];
}

export function bruteForce({ strategy, buses }: Side, machine: Machine, inFlight: number): BruteForce {
  const menu = menuOf(machine);
  const system: System = withCallsApart(assemble(machine, strategy, buses, { kind: 'open', inFlight, menu }));
  const shown = observationOf(system.kernel);
  // Where a program stands after a history is looked up: nothing else is remembered.
  const standings = new Map<string, Standing>();
  const standing = ({ operation, seen }: Slot): Standing => {
    const key = JSON.stringify([operation, seen.map(({ at }) => at)]);
    const here = standings.get(key) ?? replay(() => system.program(operation), seen, operation.do);
    standings.set(key, here);
    return here;
  };
  const views = new Map<string, readonly string[]>();
  const view = (cells: Indices): readonly string[] => {
    const known = views.get(cells.join()) ?? look(cells);
    views.set(cells.join(), known);
    return known;
  };
  const look = (cells: Indices) => shown.map((one) => `${one.what}: ${one.in(openState(cells).cells)}`);
  return {
    nameOf({ cells, slots, over }) {
      if (over && slots.length === 0) return 'the end';
      const names = slots.map(({ operation, seen }) =>
        [menu.indexOf(operation), ...seen.map(({ at }) => at)].join('.'),
      );
      const idle = Array.from({ length: inFlight - slots.length }, () => '-');
      return `${cells.join()} ${[...names, ...idle].toSorted().join(' ')}`;
    },
    first: { cells: system.cells.map((cell) => cell.values.indexOf(cell.initial)), slots: [] },
    steps(state) {
      if (state.over) return [];
      const starts =
        state.slots.length < inFlight
          ? menu
              .filter((operation) => system.possible(operation).holds(openState(state.cells).cells))
              .map((operation) => ({ others: state.slots, slot: { operation, seen: [] } as Slot }))
          : [];
      const goOn = state.slots.map((slot, at) => ({ others: state.slots.filter((_, other) => other !== at), slot }));
      return [...starts, ...goOn].flatMap(({ others, slot }) => {
        const { operation, seen } = slot;
        const here = standing(slot);
        if (here.kind !== 'step') throw new Error('an operation that is over');
        const { cells, indices, events } = openState(state.cells);
        const text = describeOperation(operation);
        let outcome: unknown;
        try {
          outcome = here.atom.run(cells);
        } catch (error) {
          if (!(error instanceof OutOfRange)) throw error;
          return [
            {
              shows: `${text} = ${error.cell.name} out of range`,
              to: { cells: indices, slots: [], over: true } as State,
            },
          ];
        }
        if (outcome === WAIT) return [];
        if (events.some(({ kind }) => kind === 'crashed'))
          return [{ shows: `${text} = crash`, to: { cells: indices, slots: [...others, slot], over: true } as State }];
        const at = Math.max(0, here.atom.outcomes.indexOf(outcome));
        const longer = [...seen, { key: here.atom.key, outcome, at }];
        const after = standing({ operation, seen: longer });
        if (after.kind === 'throws') throw after.error;
        const slots = after.kind === 'done' ? others : [...others, { operation, seen: longer }];
        const before = view(state.cells);
        const news = view(indices).filter((one, part) => one !== before[part]);
        const shows =
          here.atom.name === CALL
            ? `call: ${text}`
            : here.atom.name === ANSWER && after.kind === 'done'
              ? `${text} = ${String(after.result)}`
              : news.join(', ');
        return [{ shows, to: { cells: indices, slots } as State }];
      });
    },
  };
}

/** What can be seen of a system with at most so many calls: every trace, as text. */
export function tracesOf({ first, steps }: BruteForce, mostCalls: number): ReadonlySet<string> {
  const traces = new Set<string>();
  const visited = new Set<string>();
  const go = (state: State, trace: readonly string[], calls: number): void => {
    const key = JSON.stringify([state, trace]);
    if (visited.has(key)) return;
    visited.add(key);
    traces.add(trace.join('; '));
    for (const { shows, to } of steps(state)) {
      const more = shows.startsWith('call: ') ? 1 : 0;
      if (calls + more <= mostCalls) go(to, shows === '' ? trace : [...trace, shows], calls + more);
    }
  };
  go(first, [], 0);
  return traces;
}

/** The calls of traces of one that the other does not have, and that are no longer than they have to be; by number of calls. */
export function differencesOf(a: ReadonlySet<string>, b: ReadonlySet<string>): readonly (readonly string[])[] {
  const only = [...[...a].filter((trace) => !b.has(trace)), ...[...b].filter((trace) => !a.has(trace))];
  return only
    .map((trace) =>
      trace
        .split('; ')
        .filter((one) => one.startsWith('call: '))
        .map((one) => one.slice(6))
        .toSorted(),
    )
    .toSorted((x, y) => x.length - y.length);
}

/** Those that contain no other. */
export function smallestOf(all: readonly (readonly string[])[]): readonly string[] {
  const kept: (readonly string[])[] = [];
  for (const calls of all) if (!kept.some((one) => contains(calls, one))) kept.push(calls);
  return kept.map((calls) => calls.join(', ')).toSorted();
}

function contains(all: readonly string[], some: readonly string[]): boolean {
  const left = [...all];
  return some.every((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

/** A labelled transition system; state 0 is the first. */
export interface Lts {
  readonly names: readonly string[];
  readonly steps: readonly (readonly (readonly [shows: string, to: number])[])[];
}

export function ltsOf({ first, nameOf, steps }: BruteForce): Lts {
  const numbers = new Map([[nameOf(first), 0]]);
  const states = [first];
  const all: (readonly [string, number])[][] = [];
  for (const state of states)
    all.push(
      steps(state).map(({ shows, to }) => {
        const name = nameOf(to);
        if (!numbers.has(name)) numbers.set(name, states.push(to) - 1);
        return [shows, numbers.get(name)!] as const;
      }),
    );
  return { names: [...numbers.keys()], steps: all };
}

/** Both as one; the states of the second come after those of the first. */
export const union = (a: Lts, b: Lts): Lts['steps'] => [
  ...a.steps,
  ...b.steps.map((steps) => steps.map(([shows, to]) => [shows, to + a.steps.length] as const)),
];

/**
 * Whether "in the same block" is a branching bisimulation, by its definition (van Glabbeek and Weijland): of two states, what
 * one does the other does after unseen steps that end in its block again, or it is unseen and leads nowhere else.
 */
export function isBranchingBisimulation(steps: Lts['steps'], block: readonly number[]): boolean {
  const unseenFrom = steps.map((_, state) => {
    const reached = [state];
    for (const one of reached)
      for (const [shows, to] of steps[one]!) if (shows === '' && !reached.includes(to)) reached.push(to);
    return reached;
  });
  const follows = (s: number, t: number): boolean =>
    steps[s]!.every(
      ([shows, to]) =>
        (shows === '' && block[to] === block[t]) ||
        unseenFrom[t]!.some(
          (after) =>
            block[after] === block[s] &&
            steps[after]!.some(([shown, there]) => shown === shows && block[there] === block[to]),
        ),
    );
  const byBlock = new Map<number, number[]>();
  block.forEach((one, state) => byBlock.set(one, [...(byBlock.get(one) ?? []), state]));
  return [...byBlock.values()].every((some) => some.every((s) => some.every((t) => s === t || follows(s, t))));
}

/** The coarsest partition that is one: split by what can be done, until nothing changes. */
export function coarsest(steps: Lts['steps']): readonly number[] {
  let block = steps.map(() => 0);
  for (;;) {
    const offers = steps.map((_, state) => {
      const all = new Set<string>();
      const reached = [state];
      for (const one of reached)
        for (const [shows, to] of steps[one]!)
          if (shows !== '' || block[to] !== block[state]) all.add(`${shows} -> ${block[to]}`);
          else if (!reached.includes(to)) reached.push(to);
      return `${block[state]}: ${[...all].toSorted().join(' | ')}`;
    });
    const names = [...new Set(offers)];
    if (names.length === new Set(block).size) return block;
    block = offers.map((offer) => names.indexOf(offer));
  }
}

/** Whether both have the same traces, by walking sets of states. */
export function sameTraces(a: Lts, b: Lts): boolean {
  const steps = union(a, b);
  const closed = (some: readonly number[]): readonly number[] => {
    const reached = [...new Set(some)];
    for (const one of reached)
      for (const [shows, to] of steps[one]!) if (shows === '' && !reached.includes(to)) reached.push(to);
    return reached.toSorted((x, y) => x - y);
  };
  const left = [[closed([0]), closed([a.steps.length])] as const];
  const visited = new Set<string>();
  for (const [mine, yours] of left) {
    const key = `${mine.join()} ${yours.join()}`;
    if (visited.has(key)) continue;
    visited.add(key);
    const labels = (some: readonly number[]) =>
      new Set(some.flatMap((state) => steps[state]!.flatMap(([shows]) => (shows === '' ? [] : [shows]))));
    const [here, there] = [labels(mine), labels(yours)];
    if ([...here].some((one) => !there.has(one)) || [...there].some((one) => !here.has(one))) return false;
    for (const label of here) {
      const after = (some: readonly number[]) =>
        closed(some.flatMap((state) => steps[state]!.flatMap(([shows, to]) => (shows === label ? [to] : []))));
      left.push([after(mine), after(yours)]);
    }
  }
  return true;
}
