import { describeOperation, EBUSY, EINVAL, EPERM, isVfioDriver, OK, vfioDriverOf, type Operation } from '@busward/core';
import {
  compile,
  groupBy,
  interpreter,
  judgesOf,
  openState,
  seek,
  startingAt,
  witnessOf,
  type Fact,
  type Indices,
  type Witness,
} from '@busward/explorer';
import type { HandOver } from './hand-over.ts';
import type { JudgedBy } from './judged-by.ts';
import { driverKind, driverNamed, type KnownMember } from './member.ts';
import { before, others, owning, settled, system, user } from './modelled-plan.ts';

/** What the model made of a plan for one group. */
export interface CarriedOut {
  readonly group: string;
  /** States of all searches together. */
  readonly states: number;
  /** Devices that somebody had a driver looked for, at any time: the user owned the group in the end all the same. */
  readonly against: readonly string[];
  /**
   * A driver that had matched before the device was overridden got it all the same; and the last line tells. `crashes`: it
   * may come after the user's claim, and stop the machine (5.10; M01).
   */
  readonly late?: { readonly device: string; readonly crashes: boolean };
}

/** What a plan must not come to. Whoever makes plans never sees it: it is thrown as an error of the tool. */
export type Failed = { readonly what: string; readonly witness?: Witness };

/**
 * Carries out the plan for a group, forward and back, and against others: for one device after the other, somebody has
 * a driver looked for, or a module loads whose driver matches it, at any time. Of many members of a kind two take part in
 * the searches. Says what went wrong, if anything did.
 */
export function carryOut(group: string, plan: readonly HandOver[], judged: JudgedBy): CarriedOut | Failed {
  const whole = inOrder(group, plan, judged);
  if (whole) return whole;
  const kinds = [...groupBy(plan, kindOf(judged)).values()];
  const few = kinds.flatMap((alike) => alike.slice(0, 2));
  const found = searched(few, judged, () => kinds.map(([first]) => searchFor(group, few, first!, judged)));
  const failed = found.find((one): one is Failed => 'what' in one);
  if (failed) return failed;
  const searches = found as readonly Searched[];
  const late = searches.findIndex(({ lost }) => lost !== undefined);
  return {
    group,
    states: searches.reduce((sum, { states }) => sum + states, 0),
    against: kinds.flatMap((alike, at) => (searches[at]!.robust ? alike.map(({ member }) => member.name) : [])),
    ...(late >= 0 && { late: { device: kinds[late]![0]!.member.name, crashes: searches[late]!.lost === 'crash' } }),
  };
}

/** What came of the searches about one kind of member. */
interface Searched {
  readonly states: number;
  /** Whoever has a driver looked for does not get at it. */
  readonly robust: boolean;
  readonly lost?: 'driver' | 'crash';
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

function searchFor(
  group: string,
  few: readonly HandOver[],
  { member, there }: HandOver,
  judged: JudgedBy,
): Searched | Failed {
  if (there.length === 0) return { states: 0, robust: false };
  const probing = againstOther(group, few, findingFor(member, judged), judged);
  const loading = againstOther(group, few, [{ do: 'load', device: member.name, driver: others }], judged);
  const hidden = probing.hidden ?? loading.hidden;
  if (hidden) return { what: `somebody gets at ${member.name} meanwhile, and nothing tells`, witness: hidden };
  const lost = probing.lost || loading.lost;
  return {
    states: probing.states + loading.states,
    robust: !probing.lost,
    ...(lost && { lost: probing.crashes || loading.crashes ? 'crash' : 'driver' }),
  };
}

/** Forward, a user comes and goes, and back: each operation succeeds, and the state is the one before. */
function inOrder(group: string, plan: readonly HandOver[], judged: JudgedBy): Failed | undefined {
  const of = system(group, plan, judged, { kind: 'open', inFlight: 1, menu: [] });
  const model = interpreter(of);
  const open = owning(group, plan, judged);
  const leave: readonly Operation[] = [
    { do: 'close', user, device: (open[2] as { readonly device: string }).device },
    { do: 'release', user, group },
  ];
  const there = plan.flatMap((one) => one.there.map(({ operation }) => operation));
  const back = plan.toReversed().flatMap((one) => one.back.map(({ operation }) => operation));
  let start: Indices | undefined;
  for (const [at, operation] of [...before(plan), ...there, ...open, ...leave, ...back].entries()) {
    if (at === before(plan).length) start = model.state();
    if (!of.possible(operation).holds(openState(model.state()).cells)) continue;
    const { result } = model.start(operation);
    if (result !== OK) return { what: `${describeOperation(operation)}: ${result}` };
  }
  const end = model.state();
  return (start ?? end).every((value, at) => value === end[at])
    ? undefined
    : { what: 'the way back does not restore the state' };
}

/** Somebody has a driver looked for, twice: the one that was there, or else any. */
function findingFor({ name, driver, bus }: KnownMember, judged: JudgedBy): readonly Operation[] {
  const usual = typeof driver === 'string' && !isVfioDriver(driverNamed(driver, bus, judged)) ? driver : others;
  const find: Operation = { do: 'find driver', device: name, driver: usual };
  return [find, { ...find }];
}

/**
 * Somebody else does something while the plan is carried out. `lost`: a user does not own the group at the end. `hidden`:
 * he does not, though every device has the driver that the plan gives it.
 */
function againstOther(
  group: string,
  plan: readonly HandOver[],
  other: readonly Operation[],
  judged: JudgedBy,
): { readonly states: number; readonly lost: boolean; readonly crashes: boolean; readonly hidden?: Witness } {
  const { compiled, owned } = against(group, plan, other, judged);
  const judges = judgesOf(compiled.system, []);
  const lost = seek(compiled, judges, { facts: owned, how: 'not all at the end' });
  if (!lost.path) return { states: lost.states, lost: false, crashes: false };
  const crashes = other.some(
    (operation) =>
      seek(compiled, judges, { facts: [{ kind: 'result', operation, is: 'crash' }], how: 'together' }).path !==
      undefined,
  );
  const asPlanned = plan.flatMap(({ member, role }): Fact[] => {
    const is = role === 'user' ? vfioDriverOf(member.bus).name : undefined;
    return role === 'as it is' ? [] : [{ kind: 'value', cell: `${member.name}.driver`, is }];
  });
  const hidden = owned.flatMap(refusalsOf).flatMap((refused) => {
    const { path } = seek(compiled, judges, { facts: [...asPlanned, refused, ...over(other)], how: 'together' });
    return path ? [witnessOf(compiled, path)] : [];
  });
  return {
    states: lost.states,
    lost: true,
    crashes,
    ...(hidden[0] && { hidden: hidden[0] }),
  };
}

/** The others have done what they wanted. */
const over = (other: readonly Operation[]): readonly Fact[] =>
  other.map((operation): Fact => ({ kind: 'result', operation, is: OK }));

const refusalsOf = (owned: Fact): readonly Fact[] =>
  owned.kind === 'result' ? [EPERM, EBUSY, EINVAL].map((is) => ({ ...owned, is })) : [];

/** The plan's writes and then its user, beside somebody else; where both are about to begin. */
function against(group: string, plan: readonly HandOver[], other: readonly Operation[], judged: JudgedBy) {
  const open = owning(group, plan, judged);
  const actor = [...plan.flatMap((one) => one.there.map(({ operation }) => operation)), ...settled(plan), ...open];
  const of = system(group, plan, judged, { kind: 'actors', actors: [actor, other] });
  const model = interpreter(of);
  for (const operation of before(plan)) model.start(operation);
  const owned = open.map((operation): Fact => ({ kind: 'result', operation, is: OK }));
  return { compiled: startingAt(compile(of), model.state()), owned };
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
