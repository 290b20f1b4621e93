import { describeOperation, isVfioDriver, OK, vfioDriverOf, type Operation } from '@busward/core';
import {
  compile,
  endsOf,
  groupBy,
  interpreter,
  judgesOf,
  openState,
  seek,
  startingAt,
  usualLimits,
  witnessOf,
  type Fact,
  type Indices,
  type Witness,
} from '@busward/explorer';
import type { HandOver } from './hand-over.ts';
import type { JudgedBy } from './judged-by.ts';
import { driverKind, driverNamed } from './member.ts';
import { back, before, leaving, others, owning, system, there, tooLate } from './modelled-plan.ts';

/** What the model made of a plan for one group. */
export interface CarriedOut {
  readonly group: string;
  /** States of all searches together. */
  readonly states: number;
  /**
   * Devices that others were at, at any time: somebody who has a driver looked for, and a module that loads. A user owned the
   * group in the end all the same, and after the way back all was as before, or as the others alone would have made it.
   */
  readonly against: readonly string[];
  /** Both were tried at one time; else one after the other, since the group has too many kinds of devices for that. */
  readonly atOnce: boolean;
  /** A bridge that is kept free: a driver that comes too late for it can hold the group for a moment, so that the user is refused. */
  readonly held?: string;
}

/** What a plan must not come to. Whoever makes plans never sees it: it is thrown as an error of the tool. */
export type Failed = { readonly what: string; readonly witness?: Witness };

/**
 * Carries out the plan for a group, there and back, first alone, and then against others at one device after the other. Of many
 * members of a kind two take part in the searches. Says what went wrong, if anything did.
 */
export function carryOut(group: string, plan: readonly HandOver[], judged: JudgedBy): CarriedOut | Failed {
  const whole = inOrder(group, plan, judged);
  if (whole) return whole;
  const kinds = [...groupBy(plan, kindOf(judged)).values()];
  const few = kinds.flatMap((alike) => alike.slice(0, 2));
  const atOnce = few.length <= fewEnough;
  const found = searched(few, judged, () => kinds.map(([first]) => searchFor(group, few, first!, atOnce, judged)));
  const failed = found.find((one): one is Failed => 'what' in one);
  if (failed) return failed;
  const searches = found as readonly Searched[];
  const held = searches.findIndex((one) => one.held);
  return {
    group,
    states: searches.reduce((sum, { states }) => sum + states, 0),
    against: kinds.flatMap((alike, at) => (searches[at]!.states > 0 ? alike.map(({ member }) => member.name) : [])),
    atOnce,
    ...(held >= 0 && { held: kinds[held]![0]!.member.name }),
  };
}

/** Two adversaries at one time are tried in groups that come down to this many members. */
const fewEnough = 3;

/** What came of the searches about one kind of member. */
interface Searched {
  readonly states: number;
  readonly held: boolean;
}

const known = new WeakMap<JudgedBy, Map<string, readonly (Searched | Failed)[]>>();

/** Groups that differ in nothing but names are searched once. */
function searched(
  few: readonly HandOver[],
  judged: JudgedBy,
  search: () => readonly (Searched | Failed)[],
): readonly (Searched | Failed)[] {
  const answers = known.get(judged) ?? new Map<string, readonly (Searched | Failed)[]>();
  known.set(judged, answers);
  const key = few.map(kindOf(judged)).join('\n');
  const answer = answers.get(key) ?? search();
  answers.set(key, answer);
  return answer;
}

/** Who may be at a device; each is an actor. */
type Others = readonly (readonly Operation[])[];

function searchFor(
  group: string,
  few: readonly HandOver[],
  one: HandOver,
  atOnce: boolean,
  judged: JudgedBy,
): Searched | Failed {
  if (one.there.length === 0) return { states: 0, held: false };
  let states = 0;
  let held = false;
  for (const at of othersAt(one, atOnce, judged)) {
    const made = against(group, few, at, judged);
    if ('what' in made) return made;
    states += made.states;
    if (made.refused && one.role !== 'kept free') return made.refused;
    held ||= made.refused !== undefined;
  }
  return { states, held };
}

/**
 * Somebody has a driver looked for, twice: the one that was there, or else any. A module loads. A bridge has a driver, so that who
 * has matched before gets at it after the override, and on PCI does not match any more.
 */
function othersAt({ member, role }: HandOver, atOnce: boolean, judged: JudgedBy): readonly Others[] {
  const { name, driver, bus } = member;
  const usual = typeof driver === 'string' && !isVfioDriver(driverNamed(driver, bus, judged)) ? driver : others;
  const find: Operation = { do: 'find driver', device: name, driver: usual };
  const probing = [find, { ...find }];
  const loading: readonly Operation[] = [{ do: 'load', device: name, driver: others }];
  const late: readonly Operation[] = [{ do: 'load', device: name, driver: tooLate }];
  const modules = bus.name !== 'pci' ? [loading] : role === 'kept free' ? [late] : [loading, late];
  // Both at once contains each alone: the other may come when all is over.
  return atOnce ? modules.map((module) => [probing, module]) : [[probing], ...modules.map((module) => [module])];
}

/** There, a user comes and goes, and back: each operation succeeds, and the state is the one before. */
function inOrder(group: string, plan: readonly HandOver[], judged: JudgedBy): Failed | undefined {
  const of = system(group, plan, judged, { kind: 'open', inFlight: 1, menu: [] });
  const model = interpreter(of);
  const round = [...there(plan), ...owning(group, plan, judged), ...leaving(group, plan, judged), ...back(plan)];
  for (const operation of before(plan)) model.start(operation);
  const start = model.state();
  for (const operation of round) {
    if (!of.possible(operation).holds(openState(model.state()).cells)) continue;
    const { result } = model.start(operation);
    if (result !== OK) return { what: `${describeOperation(operation)}: ${result}` };
  }
  const end = model.state();
  return start.every((value, at) => value === end[at])
    ? undefined
    : { what: 'the way back does not restore the state' };
}

/**
 * All interleavings of the plan, its user and the way back with others. `refused`: there is one in which the user does not own the
 * group.
 */
function against(
  group: string,
  plan: readonly HandOver[],
  at: Others,
  judged: JudgedBy,
): { readonly states: number; readonly refused?: Failed } | Failed {
  const open = owning(group, plan, judged);
  const round = [...there(plan), ...open, ...leaving(group, plan, judged), ...back(plan)];
  const { compiled, start } = beginning(group, plan, [round, ...at], judged);
  const who = at.flat().map(describeOperation).join(', ');
  const { ends, states, complete } = endsOf(compiled);
  if (!complete) return { what: `undecided against ${who}: more than ${usualLimits.maxStates} states` };
  const allowed = new Set([start, ...aloneFrom(group, plan, at, judged)].map(String));
  const wrong = ends.find(({ kind, cells }) => kind !== 'done' || !allowed.has(String(cells)));
  if (wrong) return { what: `the way back does not restore the state against ${who} (${wrong.kind})` };
  const owned = open.map((operation): Fact => ({ kind: 'result', operation, is: OK }));
  const { path } = seek(compiled, judgesOf(compiled.system, []), { facts: owned, how: 'not all at the end' });
  const refused = path && {
    what: `the user does not own the group against ${who}`,
    witness: witnessOf(compiled, path),
  };
  return { states, ...(refused && { refused }) };
}

/** What some of the others make of the state before the plan, if there is no plan. */
const aloneFrom = (group: string, plan: readonly HandOver[], at: Others, judged: JudgedBy): readonly Indices[] =>
  [...at.map((one) => [one]), at].flatMap((some) =>
    endsOf(beginning(group, plan, some, judged).compiled).ends.map(({ cells }) => cells),
  );

/** The actors, when all are about to begin. */
function beginning(group: string, plan: readonly HandOver[], actors: Others, judged: JudgedBy) {
  const of = system(group, plan, judged, { kind: 'actors', actors });
  const model = interpreter(of);
  for (const operation of before(plan)) model.start(operation);
  const start = model.state();
  return { compiled: startingAt(compile(of), start), start };
}

/** What a member brings into a search, but for its name. */
const kindOf =
  (judged: JudgedBy) =>
  ({ member, role }: HandOver): string => {
    const { bus, bridge, driver, found } = member;
    const override = found.override?.is ?? undefined;
    const names =
      override === undefined
        ? 'none'
        : override === driver
          ? 'its driver'
          : override === vfioDriverOf(bus).name
            ? 'VFIO'
            : 'another';
    return JSON.stringify([role, bus.name, bridge, driverKind(member, judged), names, found.direct?.is]);
  };
