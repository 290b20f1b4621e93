import {
  outcomes,
  type Bus,
  type Device,
  type Machine,
  type Outcome,
  type Principle,
  type Strategy,
} from '@busward/core';
import { kindsOf, type Kind } from './alike.ts';
import { confirms } from './confirm.ts';
import type { Engine } from './engine.ts';
import { engines } from './engines.ts';
import { usualLimits, type Limits, type Violation } from './explore.ts';
import { groupBy } from './group-by.ts';
import { laboratory, type Result } from './laboratory.ts';
import { applies } from './judges.ts';
import { movable, type Moved } from './movable.ts';
import { partsOf, shapeOf, type Part } from './parts.ts';
import { finished, type Watched } from './watched.ts';
import { witnessOf, type Witness } from './witness.ts';

/** What a strategy means for the devices of one bus: the worst outcome in which one of them takes part. */
export type Verdict =
  | { readonly kind: 'absent' }
  | { readonly kind: 'isolated' }
  /** Nothing was found to be broken, and these may be, by id. */
  | { readonly kind: 'undecided'; readonly undecided: readonly string[] }
  | Broken;

export interface Broken {
  readonly kind: 'broken';
  readonly outcome: Exclude<Outcome, 'isolated'>;
  readonly principle: Principle;
  readonly device: string;
  /** There may be a worse one: what would make it so is undecided. */
  readonly orWorse: boolean;
  /** Principles that devices of the bus take part in breaking, by id. */
  readonly breaks: readonly string[];
  /** And those of which it is not known. */
  readonly undecided: readonly string[];
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
  readonly engine: string;
  /** States visited, pictures among them; a system with the tables of another one is not visited again. */
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
  readonly engine?: Engine;
  /** False: every device of every group is looked at, all together, under every strategy. */
  readonly reduction?: boolean;
}

/** Explores the machine under every strategy. Throws a PluginError when a plugin's program throws where it is reached. */
export const compare = (options: CompareOptions): Comparison => finished(comparing(options));

/** {@link compare} in parts. */
export function* comparing(options: CompareOptions): Watched<Comparison> {
  const { machine, strategies, principles, inFlight = 2, limits = usualLimits } = options;
  const { engine = engines[0]!, reduction = true } = options;
  const all = options.buses;
  const { columns = all.map((bus) => bus.name) } = options;
  const buses = all.filter((bus) => columns.includes(bus.name));
  const kinds = reduction ? kindsOf(machine, all, strategies.at(-1)!) : [];
  const parts = reduction ? partsOf(machine, kinds, all, strategies) : [{ machine, kinds }];
  const shapes = [...groupBy(parts, shapeOf).values()];
  const lab = laboratory({ buses: all, principles, inFlight, limits, engine, reduction });

  const rows: ComparisonRow[] = [];
  // Crowds of which few devices stood for all, and the strategies under which they did.
  const drawn = new Map<string, Set<string>>();
  for (const strategy of strategies) {
    const results: Result[] = [];
    for (const [part] of shapes) {
      const found = yield* lab.exploreWhole(part!, strategy);
      results.push(...found);
      for (const text of new Set(found.flatMap((one) => one.drawn?.map(crowdText) ?? [])))
        drawn.set(text, (drawn.get(text) ?? new Set()).add(strategy.name));
    }
    const verdicts = buses.map(({ name }) => [name, verdictOf(results, principles, name)] as const);
    rows.push({ strategy, verdicts: new Map(verdicts) });
  }
  // With one bus that the machine has, the second table would say what the first does.
  const tellsMore = buses.length > 1 || buses.some(({ name }) => machine.devices.every(({ bus }) => bus !== name));
  const moved = tellsMore ? movable(machine, parts, inFlight) : undefined;
  const movedRows: ComparisonRow[] = [];
  if (moved) for (const strategy of strategies) movedRows.push(yield* movedRow(moved, strategy));
  return {
    machine,
    buses,
    principles,
    rows,
    ...(moved && { moved: { ...moved, rows: movedRows } }),
    bound: [
      ...boundOf(options, inFlight, shapes, rows, moved, {
        drawn,
        counted: lab.counted(),
        exchanged: lab.exchanged(),
        alike: lab.alike(),
      }),
      ...lab.notFollowed(),
    ],
    engine: engine.name,
    states: lab.states(),
    maxStates: limits.maxStates,
  };

  function* movedRow({ part, few, device }: Moved, strategy: Strategy): Watched<ComparisonRow> {
    const verdicts = new Map<string, Verdict>();
    for (const bus of buses) {
      const there = { ...device, bus: bus.name, facts: bus.example(device.name), bridge: false };
      const devices = few.devices.map((one) => (one === device ? there : one));
      const result = yield* lab.explore({ ...few, devices }, strategy, part);
      verdicts.set(bus.name, verdictOf([result], principles, bus.name, device.name));
    }
    return { strategy, verdicts };
  }
}

interface Found {
  readonly result: Result;
  readonly violation: Violation;
  readonly witness: Witness;
}

/**
 * The worst outcome in which a device of the bus takes part (or that one device of it), by the shortest witness. What was
 * found counts when the naive interpreter finds it, too, on the whole machine.
 */
function verdictOf(results: readonly Result[], principles: readonly Principle[], bus: string, only?: string): Verdict {
  const counts = (device: Device): boolean => device.bus === bus && (only === undefined || device.name === only);
  const relevant = results.filter(({ machine }) => machine.devices.some(counts));
  if (relevant.length === 0) return { kind: 'absent' };
  const broken: Found[] = [];
  const undecided = new Set<Principle>();
  for (const result of relevant) {
    const found = result.exploration.violations
      .filter(({ device }) => result.machine.devices.some((one) => one.name === device && counts(one)))
      .filter(({ principle }, at, all) => all.findIndex((other) => other.principle === principle) === at)
      .map((violation) => ({ result, violation, witness: witnessOf(result.compiled, violation.path) }))
      .filter((one) => isConfirmed(one, bus));
    broken.push(...found);
    const ids = new Set(found.map(({ violation }) => violation.principle.id));
    for (const principle of mayBreak(result, principles, bus)) if (!ids.has(principle.id)) undecided.add(principle);
  }
  const ids = [...new Set(broken.map(({ violation }) => violation.principle.id))];
  const open = [...undecided].filter(({ id }) => !ids.includes(id));
  const [first] = broken.toSorted(
    (a, b) => severity(a.violation.principle) - severity(b.violation.principle) || length(a) - length(b),
  );
  if (!first)
    return open.length > 0 ? { kind: 'undecided', undecided: open.map(({ id }) => id) } : { kind: 'isolated' };
  const { principle, device } = first.violation;
  return {
    kind: 'broken',
    outcome: principle.outcome,
    principle,
    device,
    orWorse: open.some((one) => severity(one) < severity(principle)),
    breaks: ids.toSorted(byNumber),
    undecided: open.map(({ id }) => id).toSorted(byNumber),
    witness: first.witness,
  };
}

/** Principles that a device of the bus may take part in breaking, whether or not it was found to. */
function mayBreak(
  { exploration, compiled, whole, crowds }: Result,
  principles: readonly Principle[],
  bus: string,
): readonly Principle[] {
  const applying = principles.filter((principle) => applies(compiled.system, principle));
  if (!exploration.complete) return applying;
  if (!whole) return [];
  return crowds?.complete ? applying.filter(({ id }) => crowds.mayBreak.has(`${id} ${bus}`)) : applying;
}

/** Throws if a witness does not do on its own machine what the search says: that is a bug. */
function isConfirmed({ result, violation: { principle }, witness }: Found, bus: string): boolean {
  if (result.whole && confirms(result.whole, witness, principle, bus)) return true;
  if (!confirms(result.compiled.system, witness, principle, bus))
    throw new Error(
      `the witness of ${principle.id} under ${result.compiled.system.kernel.strategy.name} is not what the generators do: ` +
        'this is a bug in the explorer',
    );
  return !result.whole;
}

const severity = ({ outcome }: Principle): number => outcomes.indexOf(outcome);
const length = ({ violation }: Found): number => violation.path.length;
const byNumber = (a: string, b: string): number => Number(a.slice(1)) - Number(b.slice(1));

function boundOf(
  { machine, strategies, principles, engine = engines[0]!, reduction = true }: CompareOptions,
  inFlight: number,
  shapes: readonly (readonly Part[])[],
  rows: readonly ComparisonRow[],
  moved: Moved | undefined,
  {
    drawn,
    counted,
    exchanged,
    alike,
  }: {
    readonly drawn: ReadonlyMap<string, ReadonlySet<string>>;
    readonly counted: readonly bigint[];
    readonly exchanged: number;
    readonly alike: readonly string[];
  },
): readonly string[] {
  const users = machine.users.map(({ name, through }) => `${name} (${through})`).join(', ');
  const uncounted = strategies.filter((strategy) => !strategy.counts).map((strategy) => strategy.name);
  const nameOf = ({ machine: { groups, devices } }: Part): string => groups[0] ?? devices[0]!.name;
  return [
    `${inFlight} operations in flight${shapes.flat().length > 1 ? ' in each part' : ''}; any bind, unbind, claim, attach, open, close and release, at any time; ${machine.users.length === 1 ? 'user' : 'users'} ${users}; the IOMMU is there from the start`,
    `engine ${engine.name}: ${engine.says}${reduction ? '' : '; without reductions: all devices and groups together'}`,
    ...(counted.length > 0
      ? [
          `decided by diagrams, which visit nothing and count every state: ${counted.length === 1 ? 'a system' : `${counted.length} systems`} of ${few(counted.map((one) => one.toLocaleString('en')))} states`,
        ]
      : []),
    ...(exchanged > 0
      ? [
          `of states that differ in which of like devices is where, one was looked at, and steps under a lock were taken together: ${exchanged === 1 ? 'a system' : `${exchanged} systems`}`,
        ]
      : []),
    ...alike,
    ...[...drawn].map(([text, under]) =>
      under.size === strategies.length || drawn.size === 1 ? text : `under ${[...under].join(', ')}: ${text}`,
    ),
    ...openOf(rows),
    ...(moved && moved.few !== moved.part.machine && moved.few.devices.length < moved.part.machine.devices.length
      ? [`on another bus: in ${moved.group} with ${moved.few.devices.length} of them, and no more`]
      : []),
    ...(shapes.flat().length > 1 ? ['groups are explored apart: no operation touches variables of two of them'] : []),
    ...shapes
      .filter((parts) => parts.length > 1)
      .map(
        ([first, ...others]) => `${nameOf(first!)} answers for ${few(others.map(nameOf))}, which differ in names only`,
      ),
    `principles judged: ${principles.map(({ id }) => id).join(' ')}` +
      (uncounted.length > 0
        ? `; P4 and P5 speak of a count, which ${uncounted.join(', ')} ${uncounted.length === 1 ? 'does' : 'do'} not keep`
        : ''),
  ];
}

const crowdText = ({ group, devices, of }: Kind): string =>
  `${group}: ${devices.length} like devices on ${[...new Set(devices.map(({ bus }) => bus))].join(', ')} are a crowd: ` +
  (of ? 'tables are the same whichever of them is where; ' : '') +
  'what is isolated is so with all of them; what is broken was carried out among all of them, by a way that is shortest if two of them take part';

/** What is undecided beside an outcome that is known, strategy by strategy. */
function openOf(rows: readonly ComparisonRow[]): readonly string[] {
  const open = groupBy(
    rows.flatMap(({ strategy, verdicts }) => {
      const ids = new Set([...verdicts.values()].flatMap((one) => (one.kind === 'broken' ? one.undecided : [])));
      return ids.size > 0 ? [{ name: strategy.name, ids: [...ids].toSorted(byNumber).join(' ') }] : [];
    }),
    ({ ids }) => ids,
  );
  return [...open].map(
    ([ids, those]) =>
      `${those.map(({ name }) => name).join(', ')}: whether anything can break ${ids}, too, is undecided`,
  );
}

const few = (names: readonly string[]): string =>
  names.length <= 8 ? names.join(', ') : `${names.slice(0, 6).join(', ')} and ${names.length - 6} more`;
