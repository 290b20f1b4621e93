import {
  blamed,
  ghostFootprint,
  InputError,
  ghostsOf,
  guarded,
  minding,
  principles as ours,
  type Cell,
  type Cells,
  PluginError,
  type Device,
  type GroupGhosts,
  type Happening,
  type Kernel,
  type Machine,
  type Moment,
  type Principle,
  type System,
} from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import { momentOf } from './moment.ts';
import { tabulate, type Row, type Table } from '../tables/table.ts';

/** One principle on one group, in every state: a bit for each of `devices` that takes part in breaking it. */
export interface StateJudge {
  readonly principle: Principle;
  readonly devices: readonly string[];
  readonly reads: readonly Cell[];
  readonly table: Table<number>;
}

/** What is judged in a system, as tables. */
export interface Judges {
  /** All are core's, and none of core's speaks of a user by name. */
  readonly ours: boolean;
  /** All that were given, also those that do not apply to the strategy. */
  readonly given: readonly Principle[];
  /** All cells that principles may read, of a state or where something happens. */
  readonly seen: ReadonlySet<number>;
  readonly states: readonly StateJudge[];
  /** Whether a principle speaks of such events. */
  hears(event: Happening): boolean;
  /** The principles broken at an event, each with the devices that take part. */
  atEvent(event: Happening, row: Row, alone: boolean): readonly Broken[];
  /** Behind {@link atEvent}. */
  eventTable(event: Happening, alone: boolean): Table<readonly Broken[]>;
  /**
   * The same where steps are taken together, so that fewer operations are seen to be in the middle of something: where nothing
   * else is in flight it is asked as if something were, too.
   */
  readonly bothWays: Judges;
}

/** A principle, and the devices that take part in breaking it. */
export interface Broken {
  readonly principle: Principle;
  readonly devices: readonly string[];
}

/** Principles by their numbers: P2 before P10. */
export const byNumber = (a: string, b: string): number => Number(a.slice(1)) - Number(b.slice(1));

/** A principle that speaks of a count does not apply to a strategy without one. */
export const applies = ({ kernel }: System, principle: Principle): boolean =>
  !principle.needsCount || kernel.strategy.counts;

/**
 * Whether the same is judged in the same cells: the same principles apply, and where others judge than core, who may judge by the
 * bus, they are asked of the same devices.
 */
export const sameJudges = (
  { system: a }: Compiled,
  { system: b }: Compiled,
  principles: readonly Principle[],
): boolean =>
  principles.every((principle) => applies(a, principle) === applies(b, principle)) &&
  (areOurs(principles) || sameDevices(a.machine, b.machine));

export const sameDevices = ({ devices: one }: Machine, { devices: other }: Machine): boolean =>
  one.length === other.length && one.every((device, at) => device === other[at]);

/** Whether all are core's: what others judge may depend on the bus, or on a user by name. */
export const areOurs = (principles: readonly Principle[]): boolean => principles.every((one) => ours.includes(one));

/**
 * Others than core's that judge what happens. Where like devices or users are taken for one another, not every event comes up that may
 * be judged otherwise, so that nobody is.
 */
export const judgesOfEvents = (principles: readonly Principle[]): readonly Principle[] =>
  principles.filter((one) => one.events !== undefined && !ours.includes(one));

/** Tabulates the principles that apply to the system's strategy. Throws an InputError for what is no principle. */
export function judgesOf(system: System, principles: readonly Principle[]): Judges {
  const said: readonly unknown[] = Array.isArray(principles) ? principles : [principles];
  const [other] = said.filter((one) => typeof (one as Principle | undefined)?.sentence !== 'string').map(textOf);
  if (other !== undefined)
    throw new InputError(`${other} is no principle; give those of core, as principles.filter(({ id }) => id === 'P1')`);
  const applying = principles.filter((principle) => applies(system, principle));
  const seen = new Map(system.kernel.machine.groups.map((group) => [group, ghostFootprint(system.kernel, group)]));
  const seenOfAll = [...seen.values()].flat();
  const stated = applying.flatMap((principle) =>
    [...seen].flatMap(([group, reads]) => stateJudge(system, principle, group, reads)),
  );
  const bothWays: Judges = {
    ...judging([true, false]),
    get bothWays() {
      return bothWays;
    },
  };
  return { ...judging([true]), bothWays };

  /** `ifAlone`: how it is asked where nothing else is in flight. */
  function judging(ifAlone: readonly boolean[]): Omit<Judges, 'bothWays'> {
    // A table for each thing that happens. Whatever happens is an object of the step's table, which is found without its text.
    const known = new Map<string, Table<readonly Broken[]>>();
    const tables = {
      alone: new WeakMap<Happening, Table<readonly Broken[]>>(),
      beside: new WeakMap<Happening, Table<readonly Broken[]>>(),
    };
    const tableOf = (event: Happening, alone: boolean): Table<readonly Broken[]> => {
      const met = alone ? tables.alone : tables.beside;
      let table = met.get(event);
      if (!table) {
        const text = JSON.stringify([alone, event]);
        table = known.get(text) ?? eventTable(system, applying, seenOfAll, event, alone ? ifAlone : [false]);
        known.set(text, table);
        met.set(event, table);
      }
      return table;
    };
    return {
      ours: areOurs(principles),
      given: principles,
      seen: new Set(seenOfAll.map(({ id }) => id)),
      states: stated,
      hears: ({ kind }) => applying.some(({ events: spoken }) => spoken?.[kind] !== undefined),
      atEvent: (event, row, alone) => tableOf(event, alone).at(row).result,
      eventTable: tableOf,
    };
  }
}

const textOf = (value: unknown): string => JSON.stringify(value) ?? String(value);

/** Devices that take part in breaking the principle in a state. */
export function brokenIn({ table, devices }: StateJudge, state: Row): readonly string[] {
  const { result } = table.at(state);
  return result === 0 ? [] : devices.filter((_, at) => result & (1 << at));
}

/** The bits of {@link StateJudge}, with each device in another of the `places`. */
export const brokenAt = (places: readonly number[], broken: number): number =>
  places.reduce((sum, to, from) => sum | (broken & (1 << from) ? 1 << to : 0), 0);

/** The principle that a count which leaves its range breaks, if it is judged. */
export const countingIn = ({ states }: Judges): Principle | undefined =>
  states.find(({ principle }) => principle.id === 'P4')?.principle;

function stateJudge(
  { kernel, clients, cells: all }: System,
  principle: Principle,
  group: string,
  reads: readonly Cell[],
): StateJudge[] {
  const { id, states } = principle;
  if (!states) return [];
  const devices = kernel.machine.devices.filter((device) => device.group === group).map((device) => device.name);
  if (devices.length > 31)
    throw new InputError(
      clients.kind === 'actors'
        ? `${kernel.machine.name}: ${group} has ${devices.length} devices, and a scenario can have 31 in one group where a principle is judged; leave some out`
        : `${group} has ${devices.length} devices, and 31 are the most that are looked at one by one; leave out --no-reduction`,
    );
  const bits = (broken: readonly Device[]): number =>
    broken.reduce((mask, device) => mask | (1 << devices.indexOf(device.name)), 0);
  const judge = (ghosts: GroupGhosts): readonly Device[] => answerOf(principle, 'states', kernel, () => states(ghosts));
  const broken = (cells: Cells): number => bits(judge(ghostsOf(kernel, cells, group)));
  const table = tabulate(`principle '${id}', states of ${group}`, all, reads, broken, [], againOf([principle], broken));
  return [{ principle, devices, reads, table }];
}

/** Core's depend on nothing but the state. */
const againOf = <T>(some: readonly Principle[], judge: T): readonly T[] => (areOurs(some) ? [] : [judge]);

/** What a principle answered, which has to be a list of the machine's devices. */
function answerOf(
  principle: Principle,
  part: string,
  { machine, strategy }: Kernel,
  judge: () => readonly Device[],
): readonly Device[] {
  const { id } = principle;
  // Core's look at names to find devices, and mind none.
  const asked = ours.includes(principle) ? judge : () => minding(strategy, judge);
  const answer: unknown = blamed(`principle '${id}', ${part}`, asked);
  const isDevice = (one: unknown): boolean =>
    machine.devices.some(({ name }) => name === (one as Device | undefined)?.name);
  if (Array.isArray(answer) && answer.every(isDevice)) return answer as readonly Device[];
  throw new PluginError(
    `principle '${id}', ${part}: returned ${JSON.stringify(answer)}; return the devices that take part in breaking it, [] if it holds`,
  );
}

/** A part that it has not would be `undefined`, of whatever happens. */
const toldOf = <E extends Happening>({ id }: Principle, event: E): E =>
  guarded(event, `principle '${id}', ${event.kind}: what happened`);

function eventTable(
  { kernel, cells: all }: System,
  principles: readonly Principle[],
  reads: readonly Cell[],
  event: Happening,
  ways: readonly boolean[],
): Table<readonly Broken[]> {
  const told = principles.filter(({ events }) => events?.[event.kind]).map(({ id }) => `'${id}'`);
  const judged = (cells: Cells): readonly Broken[] =>
    principles.flatMap((principle) => {
      const judge = principle.events?.[event.kind] as
        ((event: Happening, moment: Moment) => readonly Device[]) | undefined;
      const broken = judge
        ? ways.flatMap((alone) =>
            answerOf(principle, event.kind, kernel, () =>
              judge(toldOf(principle, event), momentOf(kernel, cells, principle, event, alone)),
            ),
          )
        : [];
      return broken.length === 0 ? [] : [{ principle, devices: [...new Set(broken.map(({ name }) => name))] }];
    });
  return tabulate(`principle ${told.join(' or ')}, ${event.kind}`, all, reads, judged, [], againOf(principles, judged));
}
