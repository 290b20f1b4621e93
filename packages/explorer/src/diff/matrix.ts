import { count, type Bus, type Machine, type Principle } from '@busward/core';
import { compile, type Compiled } from '../tables/compile.ts';
import { isComplete } from '../search/ended.ts';
import { exploring, usualLimits, type Exploration, type Limits } from '../search/explore.ts';
import { byNumber, judgesOf, sameJudges } from '../judging/judges.ts';
import { sameTables } from '../tables/same-tables.ts';
import { finished, type Watched } from '../search/watched.ts';
import { diffing } from './diff.ts';
import type { Finding, Pair } from './difference.ts';
import { systemOf, type Side } from './on-machine.ts';

/** A kernel, and the buses that it has, in its revisions. */
export interface MatrixKernel extends Side {
  /** Of its buses, those to tell of. */
  readonly columns: readonly Bus[];
}

export interface MatrixOptions {
  readonly kernels: readonly MatrixKernel[];
  /** The machines on which two sides are compared, with devices on either bus; of one kernel always as many. */
  machinesFor(sides: Pair<Side>, buses: Pair<Bus>): readonly Pair<Machine>[];
  readonly principles: readonly Principle[];
  /** Also compare each kernel with the one before it, bus by bus. */
  readonly changes?: boolean;
  readonly inFlight?: number;
  readonly limits?: Limits;
  readonly bound?: readonly string[];
}

/** All buses by all kernels by all principles; and which buses are one under a kernel, and which stand apart. */
export interface Matrix {
  readonly principles: readonly Principle[];
  readonly rows: readonly MatrixRow[];
  /** For each kernel but the first, what changed since the one before it. */
  readonly changes: readonly Change[];
  readonly bound: readonly string[];
  readonly states: number;
}

export interface MatrixRow {
  readonly kernel: string;
  /** Principles that a device of the bus takes part in breaking, by bus. */
  readonly breaks: ReadonlyMap<string, readonly string[]>;
  /** Buses that behave alike; the largest class first. */
  readonly classes: readonly BusClass[];
  /** Every state was visited. */
  readonly complete: boolean;
}

export interface BusClass {
  readonly buses: readonly string[];
  /** How its first bus differs from the first of the largest class; nothing for that one itself. */
  readonly apart?: Finding;
}

export interface Change {
  readonly from: string;
  readonly to: string;
  readonly bus: string;
  readonly finding: Finding;
}

/** Fills the matrix. Throws a PluginError when a plugin's program throws where it is reached. */
export const matrix = (options: MatrixOptions): Matrix => finished(matrixing(options));

/** {@link matrix} in parts. */
export function* matrixing(options: MatrixOptions): Watched<Matrix> {
  const { kernels, principles, inFlight = 2, limits = usualLimits } = options;
  // By place of the machine: what has been explored. A system with the tables of one before is not explored again.
  const explored: { readonly compiled: Compiled; readonly exploration: Exploration; readonly number: number }[][] = [];
  let states = 0;

  const rows: MatrixRow[] = [];
  for (const kernel of kernels) rows.push(yield* rowOf(kernel));
  const changes: Change[] = [];
  if (options.changes)
    for (const [at, to] of kernels.entries()) {
      const from = kernels[at - 1];
      if (from) for (const bus of to.columns) changes.push(...(yield* changeOf(from, to, bus)));
    }
  return {
    principles,
    rows,
    changes,
    bound: [
      ...(options.bound ?? []),
      `${count(inFlight, 'operation')} in flight; any operation of the machine, by anybody, at any time`,
    ],
    states,
  };

  function* rowOf(kernel: MatrixKernel): Watched<MatrixRow> {
    const breaks = new Map<string, readonly string[]>();
    const classes: { readonly first: Bus; readonly key: string; readonly buses: string[] }[] = [];
    let complete = true;
    for (const bus of kernel.columns) {
      const side = sideOn(kernel, bus);
      const machines = options.machinesFor([side, side], [bus, bus]);
      const numbers: number[] = [];
      const broken = new Set<string>();
      for (const [at, [machine]] of machines.entries()) {
        const { exploration, number } = yield* explore(side, machine, at);
        numbers.push(number);
        complete &&= isComplete(exploration);
        for (const { principle, device } of exploration.violations)
          if (machine.devices.some((one) => one.name === device && one.bus === bus.name)) broken.add(principle.id);
      }
      breaks.set(bus.name, [...broken].toSorted(byNumber));
      const key = numbers.join();
      const known = classes.find((one) => one.key === key);
      if (known) known.buses.push(bus.name);
      else classes.push({ first: bus, key, buses: [bus.name] });
    }
    const [largest, ...others] = classes.toSorted((a, b) => b.buses.length - a.buses.length);
    const apart: BusClass[] = [];
    for (const { first, buses } of others) {
      const finding = yield* compare(sideOn(kernel, largest!.first), sideOn(kernel, first), [largest!.first, first]);
      if (finding.kind === 'same') largest!.buses.push(...buses);
      else apart.push({ buses, apart: finding });
    }
    return {
      kernel: kernel.name,
      breaks,
      classes: [...(largest ? [{ buses: largest.buses }] : []), ...apart],
      complete,
    };
  }

  function* changeOf(from: MatrixKernel, to: MatrixKernel, now: Bus): Watched<readonly Change[]> {
    const before = from.columns.find(({ name }) => name === now.name);
    if (!before) return [];
    const [one, other] = [sideOn(from, before), sideOn(to, now)];
    const finding = yield* compare({ ...one, name: from.name }, { ...other, name: to.name }, [before, now]);
    return [{ from: from.name, to: to.name, bus: now.name, finding }];
  }

  function* compare(one: Side, other: Side, buses: Pair<Bus>): Watched<Finding> {
    const sides: Pair<Side> = [one, other];
    const machines = options.machinesFor(sides, buses);
    const found = yield* diffing({ sides, machines, principles, inFlight, limits });
    states += found.states;
    return found.finding;
  }

  function* explore(side: Side, machine: Machine, at: number): Watched<(typeof explored)[number][number]> {
    const system = systemOf(side, machine, inFlight);
    const compiled = compile(system);
    const before = (explored[at] ??= []);
    const twin = before.find(
      (one) =>
        one.exploration.ended.kind === 'all seen' &&
        sameJudges(one.compiled, compiled, principles) &&
        sameTables(one.compiled, compiled, 'and answers'),
    );
    if (twin) return twin;
    const exploration = yield* exploring(compiled, judgesOf(system, principles), limits);
    states += exploration.states;
    const entry = { compiled, exploration, number: before.length };
    before.push(entry);
    return entry;
  }
}

/** The kernel as a side whose devices in question are on one bus. */
const sideOn = ({ strategy, buses }: MatrixKernel, bus: Bus): Side => ({ name: bus.name, strategy, buses });
