import {
  assemble,
  describeOperation,
  EBUSY,
  EINVAL,
  EPERM,
  isVfioDriver,
  kernelDriver,
  machine,
  OK,
  vfioDriverOf,
  type Clients,
  type Machine,
  type Operation,
  type System,
} from '@busward/core';
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
import { deviceFor, driverNamed, type KnownMember } from './member.ts';

/** What the model made of a plan for one group. */
export interface CarriedOut {
  readonly group: string;
  /** States of all searches together. */
  readonly states: number;
  /** Devices that somebody had a driver looked for, at any time: the user owned the group in the end all the same. */
  readonly against: readonly string[];
  /** A driver that had matched before its device was overridden took it all the same; and the last line tells. */
  readonly late?: Late;
}

/** `crashes`: where it may come after the user's claim, and stop the machine (5.10; M01). */
interface Late {
  readonly device: string;
  readonly witness: Witness;
  readonly crashes: boolean;
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
  const kinds = [...groupBy(plan, kindOf).values()];
  const few = kinds.flatMap((alike) => alike.slice(0, 2));
  let states = 0;
  let late: CarriedOut['late'];
  const against: string[] = [];
  for (const alike of kinds) {
    const { member, role, there } = alike[0]!;
    if (role === 'as it is' || there.length === 0) continue;
    const probing = againstOther(group, few, findingFor(member, judged), judged);
    const loading = againstOther(group, few, [{ do: 'load', device: member.name, driver: others }], judged);
    states += probing.states + loading.states;
    const hidden = probing.hidden ?? loading.hidden;
    if (hidden) return { what: `somebody gets at ${member.name} meanwhile, and nothing tells`, witness: hidden };
    if (!probing.lost) against.push(...alike.map((one) => one.member.name));
    const lost = probing.lost ?? loading.lost;
    if (lost) late ??= { device: member.name, witness: lost, crashes: probing.crashes || loading.crashes };
  }
  return { group, states, against, ...(late && { late }) };
}

const user = 'u0';
const others = 'another driver';

/** The group's machine, with what is bound, and whatever others might bind. */
function machineFor(group: string, plan: readonly HandOver[], judged: JudgedBy): Machine {
  const devices = plan.map(({ member }) => {
    const named = member.found.override?.is;
    const more = typeof named === 'string' ? [driverNamed(named, member.bus, judged)] : [];
    return deviceFor(member, group, judged, [...more, kernelDriver(others)]);
  });
  return machine(group, { devices, overrides: true });
}

const system = (group: string, plan: readonly HandOver[], judged: JudgedBy, clients: Clients): System =>
  assemble(machineFor(group, plan, judged), judged.strategy, judged.buses, clients);

/** What is so before anybody does anything. */
const before = (plan: readonly HandOver[]): readonly Operation[] =>
  plan.flatMap(({ member: { name, driver, found } }): Operation[] => [
    ...(typeof driver === 'string' ? [{ do: 'bind', device: name, driver } as const] : []),
    ...(typeof found.override?.is === 'string'
      ? [{ do: 'set override', device: name, driver: found.override.is } as const]
      : []),
  ]);

/**
 * The user waits for the file of his group, which is there when the probe that somebody has begun is over: a bind that
 * comes too late waits for that, too.
 */
const settled = (plan: readonly HandOver[]): readonly Operation[] =>
  plan.flatMap(({ member, role }): Operation[] =>
    role === 'user' ? [{ do: 'override and bind', device: member.name, driver: vfioDriverOf(member.bus).name }] : [],
  );

/** A user owns the group, and has one of its devices open. */
function owning(group: string, plan: readonly HandOver[], judged: JudgedBy): readonly Operation[] {
  const device = plan.find(({ role, member }) => role === 'user' || isUsers(member, judged))!.member.name;
  return [
    { do: 'claim', user, group },
    { do: 'attach', user, group },
    { do: 'open', user, device },
  ];
}

function isUsers(member: KnownMember, judged: JudgedBy): boolean {
  const { drivers } = deviceFor(member, 'any', judged);
  return isVfioDriver(drivers.find(({ name }) => name === member.driver));
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
  const find: Operation = { do: 'find driver', device: name, finds: usual };
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
): { readonly states: number; readonly crashes: boolean; readonly lost?: Witness; readonly hidden?: Witness } {
  const { compiled, owned } = against(group, plan, other, judged);
  const judges = judgesOf(compiled.system, []);
  const lost = seek(compiled, judges, { facts: owned, how: 'not all at the end' });
  if (!lost.path) return { states: lost.states, crashes: false };
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
    crashes,
    lost: witnessOf(compiled, lost.path),
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
const kindOf = ({ member, role }: HandOver): string =>
  JSON.stringify([
    role,
    member.bus.name,
    member.bridge,
    member.driver,
    member.found.override?.is,
    member.found.direct?.is,
  ]);
