import {
  outcomes,
  type Bus,
  type Device,
  type Machine,
  type Outcome,
  type Principle,
  type Strategy,
} from '@busward/core';
import { usualLimits, type Limits, type Violation } from './explore.ts';
import { groupBy } from './group-by.ts';
import { laboratory, type Result } from './laboratory.ts';
import { partsOf, type Part } from './parts.ts';
import { kindOf, represent } from './represent.ts';
import { finished, type Watched } from './watched.ts';
import { witnessOf, type Witness } from './witness.ts';

/** What a strategy means for the devices of one bus: the worst outcome in which one of them takes part. */
export type Verdict =
  | { readonly kind: 'absent' }
  | { readonly kind: 'isolated' }
  /** A limit was reached, and nothing was found until then. */
  | { readonly kind: 'undecided' }
  | Broken;

export interface Broken {
  readonly kind: 'broken';
  readonly outcome: Exclude<Outcome, 'isolated'>;
  readonly principle: Principle;
  readonly device: string;
  /** All states were seen; if not, there may be a worse one, and more principles. */
  readonly complete: boolean;
  /** Every principle that devices of the bus take part in breaking, by id. */
  readonly breaks: readonly string[];
  readonly witness: Witness;
}

export interface ComparisonRow {
  readonly strategy: Strategy;
  /** By bus name. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

export interface Comparison {
  readonly machine: Machine;
  readonly buses: readonly Bus[];
  readonly principles: readonly Principle[];
  readonly rows: readonly ComparisonRow[];
  /** One member of `group` moved to each bus in turn: what of an outcome is the bus's, and what the machine's. */
  readonly moved?: { readonly group: string; readonly device: Device; readonly rows: readonly ComparisonRow[] };
  /** What was looked at, in sentences: no verdict holds beyond it. */
  readonly bound: readonly string[];
  /** States visited; a system with the tables of another one is not visited again. */
  readonly states: number;
  /** Where a search stops, undecided. */
  readonly maxStates: number;
}

export interface CompareOptions {
  readonly machine: Machine;
  /** A plugin for each bus of the machine, at least. */
  readonly buses: readonly Bus[];
  /** Names of the buses to tell of; all, if it is left out. */
  readonly columns?: readonly string[];
  readonly strategies: readonly Strategy[];
  readonly principles: readonly Principle[];
  /** Operations in flight at once. */
  readonly inFlight?: number;
  readonly limits?: Limits;
}

/** Explores the machine under every strategy. Throws a PluginError when a plugin's program throws where it is reached. */
export const compare = (options: CompareOptions): Comparison => finished(comparing(options));

/** {@link compare} in parts. */
export function* comparing(options: CompareOptions): Watched<Comparison> {
  const { machine, strategies, principles, inFlight = 2, limits = usualLimits } = options;
  const all = options.buses;
  const { columns = all.map((bus) => bus.name) } = options;
  const buses = all.filter((bus) => columns.includes(bus.name));
  const represented = represent(machine, all);
  const parts = partsOf(represented.machine, all, strategies);
  const kinds = [...groupBy(parts, (part) => shapeOf(part, all)).values()];
  const lab = laboratory({ buses: all, principles, inFlight, limits });

  const rows: ComparisonRow[] = [];
  for (const strategy of strategies) {
    const results: Result[] = [];
    for (const [part] of kinds) results.push(yield* lab.explore(part!.machine, strategy, part!));
    const verdicts = buses.map(({ name }) => [name, worst(results, (device) => device.bus === name)] as const);
    rows.push({ strategy, verdicts: new Map(verdicts) });
  }
  // With one bus that the machine has, the second table would say what the first does.
  const tellsMore = buses.length > 1 || buses.some(({ name }) => machine.devices.every(({ bus }) => bus !== name));
  const moved = tellsMore ? movable(represented.machine, parts) : undefined;
  const movedRows: ComparisonRow[] = [];
  if (moved) for (const strategy of strategies) movedRows.push(yield* movedRow(moved, strategy));
  return {
    machine,
    buses,
    principles,
    rows,
    ...(moved && { moved: { ...moved, rows: movedRows } }),
    bound: [...boundOf(options, inFlight, represented.says, kinds), ...lab.notFollowed()],
    states: lab.states(),
    maxStates: limits.maxStates,
  };

  function* movedRow({ part, device }: Moved, strategy: Strategy): Watched<ComparisonRow> {
    const verdicts = new Map<string, Verdict>();
    for (const bus of buses) {
      const there = { ...device, bus: bus.name, facts: bus.example(device.name), bridge: false };
      const devices = part.machine.devices.map((one) => (one === device ? there : one));
      const result = yield* lab.explore({ ...part.machine, devices }, strategy, part);
      verdicts.set(
        bus.name,
        worst([result], (one) => one.name === device.name),
      );
    }
    return { strategy, verdicts };
  }
}

/** The worst outcome in which a device that counts takes part, by the shortest witness. */
function worst(results: readonly Result[], counts: (device: Device) => boolean): Verdict {
  const relevant = results.filter(({ machine }) => machine.devices.some(counts));
  if (relevant.length === 0) return { kind: 'absent' };
  const broken = relevant.flatMap((result) =>
    result.exploration.violations
      .filter(({ device }) => result.machine.devices.some((one) => one.name === device && counts(one)))
      .map((violation) => ({ result, violation })),
  );
  const [first] = broken.toSorted(
    (a, b) => severity(a.violation) - severity(b.violation) || length(a.violation) - length(b.violation),
  );
  if (!first)
    return relevant.every(({ exploration }) => exploration.complete) ? { kind: 'isolated' } : { kind: 'undecided' };
  const { principle, device, path } = first.violation;
  return {
    kind: 'broken',
    outcome: principle.outcome,
    principle,
    device,
    complete: relevant.every(({ exploration }) => exploration.complete),
    breaks: [...new Set(broken.map(({ violation }) => violation.principle.id))].toSorted(
      (a, b) => Number(a.slice(1)) - Number(b.slice(1)),
    ),
    witness: witnessOf(first.result.compiled, path),
  };
}

const severity = ({ principle }: Violation): number => outcomes.indexOf(principle.outcome);
const length = ({ path }: Violation): number => path.length;

interface Moved {
  readonly group: string;
  readonly part: Part;
  readonly device: Device;
}

/** The group that spans the most buses, then has the most devices; and its last member that is no bridge. */
function movable(machine: Machine, parts: readonly Part[]): Moved | undefined {
  const [group] = machine.groups.toSorted((a, b) => score(b) - score(a));
  const device = machine.devices.findLast((one) => one.group === group && !one.bridge);
  const part = parts.find(({ machine: { groups } }) => group !== undefined && groups.includes(group));
  return group !== undefined && device && part ? { group, part, device } : undefined;

  function score(name: string): number {
    const members = machine.devices.filter((one) => one.group === name);
    return new Set(members.map((one) => one.bus)).size * 1000 + members.length;
  }
}

/** Two parts of one shape differ in names only. */
function shapeOf({ machine }: Part, buses: readonly Bus[]): string {
  return JSON.stringify(
    machine.devices.map((device) => [machine.groups.indexOf(device.group ?? ''), kindOf(device, buses)]),
  );
}

function boundOf(
  { machine, strategies, principles }: CompareOptions,
  inFlight: number,
  represented: readonly string[],
  kinds: readonly (readonly Part[])[],
): readonly string[] {
  const users = machine.users.map(({ name, through }) => `${name} (${through})`).join(', ');
  const uncounted = strategies.filter((strategy) => !strategy.counts).map((strategy) => strategy.name);
  const nameOf = ({ machine: { groups, devices } }: Part): string => groups[0] ?? devices[0]!.name;
  return [
    `${inFlight} operations in flight; any bind, unbind, claim, attach, open, close and release, at any time; user ${users}; the IOMMU is there from the start`,
    ...represented,
    ...(kinds.flat().length > 1 ? ['groups are explored apart: no operation touches variables of two of them'] : []),
    ...kinds
      .filter((parts) => parts.length > 1)
      .map(
        ([first, ...others]) =>
          `${nameOf(first!)} answers for ${others.map(nameOf).join(', ')}, which differ in names only`,
      ),
    `principles judged: ${principles.map(({ id }) => id).join(' ')}` +
      (uncounted.length > 0
        ? `; P4 and P5 speak of a count, which ${uncounted.join(', ')} ${uncounted.length === 1 ? 'does' : 'do'} not keep`
        : ''),
  ];
}
