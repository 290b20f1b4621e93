import { hasKnownCheck, type Bus, type Device, type Machine, type Principle, type Strategy } from '@busward/core';
import { kindsOf } from '../likeness/kinds.ts';
import { boundOf, crowdText } from './bound.ts';
import type { Engine } from '../search/engine.ts';
import { engines } from '../search/engines.ts';
import { usualLimits, type Limits } from '../search/explore.ts';
import type { Setting } from './exploring-once.ts';
import { groupBy } from '../group-by.ts';
import { judgesOfEvents } from '../judging/judges.ts';
import { knowingKinds } from '../likeness/knowing-kinds.ts';
import { laboratory, type Laboratory } from './laboratory.ts';
import { mindedOf, mindsOtherGroups, tellsGroupsApart } from '../likeness/minded.ts';
import { movable, type MovedDevice } from './movable.ts';
import { partsOf, shapeOf, type Part } from '../likeness/parts.ts';
import type { Result } from './result.ts';
import { verdictOf, type Verdict } from './verdict.ts';
import { finished, type Watched } from '../search/watched.ts';

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
  const { machine, strategies, reduction = true } = options;
  if (!reduction) return yield* comparingAsKnown(options);
  return yield* knowingKinds(machine, strategies, () => comparingAsKnown(options));
}

/** With devices taken to be alike that are so as far as is known. */
function* comparingAsKnown(options: CompareOptions): Watched<Comparison> {
  const { buses, principles, inFlight = 2, limits = usualLimits, engine = engines[0]!, reduction = true } = options;
  const setting = { buses, principles, inFlight, limits, engine, reduction };
  const alike = reduction && judgesOfEvents(principles).length === 0;
  return yield* comparingIn(laboratory({ ...setting, reduction: alike }), alike, { ...options, ...setting });
}

/** `alike`: what looks alike may be taken for one another. */
function* comparingIn(lab: Laboratory, alike: boolean, options: CompareOptions & Setting): Watched<Comparison> {
  const { machine, buses: all, strategies, principles, inFlight, limits, engine, reduction } = options;
  const { columns = all.map((bus) => bus.name) } = options;
  const buses = all.filter((bus) => columns.includes(bus.name));
  const kinds = reduction ? kindsOf(machine, all, strategies.at(-1)!) : [];
  const areApart = reduction && !strategies.some(mindsOtherGroups);
  const parts = areApart ? partsOf(machine, kinds, all, strategies) : [{ machine, kinds }];
  // Under each strategy: what one does not look at another may.
  const looksOf = ({ machine: of }: Part): string =>
    JSON.stringify(
      strategies.map((strategy) => [
        shapeOf({ machine: of, kinds: kindsOf(of, all, strategy) }),
        of.devices.map((device) => mindedOf(device, strategy)),
      ]),
    );
  const shapes = alike ? [...groupBy(parts, looksOf).values()] : parts.map((part) => [part]);
  const areOne = strategies.every((strategy) => hasKnownCheck(strategy) && !tellsGroupsApart(strategy));
  // Of what looks alike one answers for all; where a check may tell groups apart, if tables are the same.
  const asked = shapes.flatMap((those) =>
    (areOne ? those.slice(0, 1) : those).map((part) => ({ part, kin: those[0]! })),
  );

  const rows: ComparisonRow[] = [];
  const drawn = new Map<string, Set<string>>();
  for (const strategy of strategies) {
    const results: Result[] = [];
    for (const { part, kin } of asked) {
      const found = yield* lab.exploreWhole(part.machine, strategy, kin);
      results.push(...found);
      for (const text of new Set(found.flatMap((one) => (one.kind === 'explored' ? [] : one.drawn.map(crowdText)))))
        drawn.set(text, (drawn.get(text) ?? new Set()).add(strategy.name));
    }
    const verdicts = buses.map(({ name }) => [name, verdictOf(results, principles, name)] as const);
    rows.push({ strategy, verdicts: new Map(verdicts) });
  }
  // With one bus that the machine has, the second table would say what the first does.
  const tellsMore = buses.length > 1 || buses.some(({ name }) => machine.devices.every(({ bus }) => bus !== name));
  const moved = tellsMore ? movable(machine, parts, inFlight) : undefined;
  const movedRows: ComparisonRow[] = [];
  const amongFew: string[] = [];
  if (moved) for (const strategy of strategies) movedRows.push(yield* movedRow(moved, strategy));
  return {
    machine,
    buses,
    principles,
    rows,
    ...(moved && { moved: { ...moved, rows: movedRows } }),
    bound: boundOf(
      options,
      { shapes: areOne ? shapes : parts.map((part) => [part]), rows, drawn, moved, amongFew },
      lab.looked(),
    ),
    engine: engine.name,
    states: lab.states(),
    maxStates: limits.maxStates,
  };

  function* movedRow(one: MovedDevice, strategy: Strategy): Watched<ComparisonRow> {
    const { part, few, device } = one;
    const there = buses.map((bus) =>
      bus.name === device.bus ? device : { ...device, bus: bus.name, facts: bus.example(device.name), bridge: false },
    );
    const [kin] = shapes.find((those) => those.includes(part))!;
    const amongAll = knownOf(one, there, strategy, kin!);
    if (!amongAll) amongFew.push(strategy.name);
    const results: Result[] = [];
    for (const [at, other] of there.entries())
      results.push(amongAll?.[at] ?? (yield* lab.exploreFor(other, instead(few, device, other), strategy, kin!)));
    const verdicts = buses.map(
      ({ name }, at) => [name, verdictOf([results[at]!], principles, name, device.name)] as const,
    );
    return { strategy, verdicts: new Map(verdicts) };
  }

  /** What is known of all devices with the one on each bus in turn; nothing if it is not known on one: they are compared among few then. */
  function knownOf(
    { part, device }: MovedDevice,
    there: readonly Device[],
    strategy: Strategy,
    kin: object,
  ): readonly Result[] | undefined {
    // Sooner said than all that follows.
    const here = lab.known(part.machine, strategy, kin);
    if (!here) return undefined;
    const places = lab.placesOf(device, part.machine, strategy);
    if (there.some((other) => other !== device && lab.placesOf(other, part.machine, strategy) !== places))
      return undefined;
    const known: Result[] = [];
    for (const other of there) {
      const told = other === device ? here : lab.known(instead(part.machine, device, other), strategy, kin);
      if (!told) return undefined;
      known.push(told);
    }
    return known;
  }
}

/** The machine with another device where the one was. */
const instead = (machine: Machine, one: Device, other: Device): Machine => ({
  ...machine,
  devices: machine.devices.map((device) => (device === one ? other : device)),
});
