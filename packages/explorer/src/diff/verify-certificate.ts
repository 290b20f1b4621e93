import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import * as core from '@busward/core';
import { initialIndices, openState, type Indices } from '../naive/plain.ts';
import type { Certificate, MachineRelation } from './certificate.ts';

/*
 * Checks certificates, and shares nothing with the search that writes them: it runs the generators themselves, an
 * operation being at what its program does after the outcomes that it has seen, and a state being a string.
 */

export type Verified =
  | { readonly holds: true; readonly machines: number; readonly states: number }
  | { readonly holds: false; readonly why: string };

type Kernel = { readonly strategy: core.Strategy; readonly buses: readonly core.Bus[] };

/** Whether the certificate proves of these two sides that they are the same on each of its machines. */
export function verifyCertificate(certificate: Certificate, sides: readonly [Kernel, Kernel]): Verified {
  const { relations, inFlight } = certificate;
  let states = 0;
  for (const { machine, hash, blocks } of relations) {
    const walked = [0, 1].map((side) => walk(machine[side]!, sides[side]!, inFlight));
    const why = whatIsWrong(walked, hash, blocks, certificate.sides);
    if (why !== undefined) return { holds: false, why: `${machine[0].name}: ${why}` };
    states += walked[0]!.steps.length + walked[1]!.steps.length;
  }
  if (relations.length === 0) return { holds: false, why: 'it speaks of no machine' };
  return { holds: true, machines: relations.length, states };
}

/**
 * States of one block have to show the same, after unseen steps within it, and to get to the same blocks by that; the first
 * states show the same and share a block. That is a branching bisimulation.
 */
function whatIsWrong(
  walked: readonly Walked[],
  hash: MachineRelation['hash'],
  blocks: MachineRelation['blocks'],
  names: Certificate['sides'],
): string | undefined {
  const [a, b] = walked as [Walked, Walked];
  for (const [side, { digest, steps }] of walked.entries()) {
    if (digest !== hash[side])
      return `made for another ${names[side]}, its hash is ${hash[side]}; that of this one is ${digest}`;
    if (steps.length !== blocks[side]!.length)
      return `${names[side]} has ${core.count(steps.length, 'state')}, not ${blocks[side]!.length}`;
  }
  const shifted = b.steps.map((steps) => steps.map(([label, to]) => [label, to + a.steps.length] as const));
  const all = [...a.steps, ...shifted];
  const block = blocks.flat();
  const signatures: ReadonlySet<string>[] = [];
  const ofBlock = new Map<number, string>();
  for (const [state, number] of block.entries()) {
    const mine = [...signature(state)].toSorted().join('\n');
    if ((ofBlock.get(number) ?? mine) !== mine) return `two states of block ${number} can do different things`;
    ofBlock.set(number, mine);
  }
  if (a.shows !== b.shows) return 'the sides show different things from the start';
  return block[a.first] === block[b.first + a.steps.length] ? undefined : 'the first states are in different blocks';

  function signature(state: number): ReadonlySet<string> {
    if (signatures[state]) return signatures[state];
    const own = new Set<string>();
    for (const [label, to] of all[state]!)
      if (label === '' && block[to] === block[state]) signature(to).forEach((one) => own.add(one));
      else own.add(`${block[to]} ${label}`);
    return (signatures[state] = own);
  }
}

/** Every state that can be reached, in order of keys, with every step: its label ('' if nobody can tell), and where to. */
interface Walked {
  readonly steps: readonly (readonly (readonly [label: string, to: number])[])[];
  readonly first: number;
  readonly shows: string;
  readonly digest: string;
}

interface State {
  readonly cells: Indices;
  readonly slots: readonly (Slot | undefined)[];
  readonly shows: readonly string[];
  readonly steps: [label: string, to: string][];
  readonly ended: boolean;
}

/** An operation under way, and where its program stands after what it has seen. `3.0.1`: the fourth of the menu, after two. */
interface Slot {
  readonly name: string;
  readonly operation: core.Operation;
  readonly seen: readonly { readonly key: string; readonly outcome: unknown }[];
  readonly here: core.Standing;
  readonly after: Map<number, Slot>;
}

function walk(machine: core.Machine, { strategy, buses }: Kernel, inFlight: number): Walked {
  const menu = core.menuOf(machine);
  const system = core.withCallsApart(core.assemble(machine, strategy, buses, { kind: 'open', inFlight, menu }));
  const shown = core.observationOf(system.kernel);
  const starts = menu.map((operation, at) => slotOf(String(at), operation, []));
  const found = new Map<string, State>();
  const start = reach(
    initialIndices(system),
    Array.from({ length: inFlight }, () => undefined),
    false,
  );
  for (const state of found.values())
    if (!state.ended)
      for (const [at, slot] of state.slots.entries())
        for (const into of slot ? [slot] : starts)
          if (slot || system.possible(into.operation).holds(openState(state.cells).cells)) step(state, at, into);
  const keys = [...found.keys()].toSorted((x, y) => (x < y ? -1 : 1));
  const numbers = new Map(keys.map((key, at) => [key, at]));
  const steps = keys.map((key) => found.get(key)!.steps.map(([label, to]) => [label, numbers.get(to)!] as const));
  const hash = sha256.create();
  for (const all of steps)
    hash.update(utf8ToBytes(`${[...new Set(all.map(([label, to]) => `${to} ${label}`))].toSorted().join('\n')}\n\n`));
  const first = numbers.get(start)!;
  return { steps, first, shows: found.get(start)!.shows.join(), digest: bytesToHex(hash.digest()) };

  function step(state: State, at: number, slot: Slot): void {
    const { operation, here } = slot;
    if (here.kind !== 'step') throw here.kind === 'throws' ? here.error : new Error(`${slot.name} is over`);
    const { cells, indices, events } = openState(state.cells);
    const text = core.describeOperation(operation);
    let outcome: unknown;
    try {
      outcome = here.atom.run(cells);
    } catch (error) {
      if (!(error instanceof core.OutOfRange)) throw error;
      return void state.steps.push([`${text} = ${error.cell.name} out of range`, reach([], [], true)]);
    }
    if (outcome === core.WAIT) return;
    const crashed = events.some(({ kind }) => kind === 'crashed');
    const after = crashed ? slot : goOn(slot, outcome);
    const over = after.here.kind === 'done';
    const to = reach(
      indices,
      state.slots.map((one, place) => (place !== at ? one : over ? undefined : after)),
      crashed,
    );
    const news = found.get(to)!.shows.filter((one, part) => one !== state.shows[part]);
    const { name } = here.atom;
    if (crashed) state.steps.push([`${text} = crash`, to]);
    else if (name === core.CALL) state.steps.push([`call: ${text}`, to]);
    else if (name === core.ANSWER && after.here.kind === 'done')
      state.steps.push([`${text} = ${String(after.here.result)}`, to]);
    else state.steps.push([news.join(', '), to]);
  }

  function reach(cells: Indices, slots: State['slots'], ended: boolean): string {
    const names = slots.map((slot) => slot?.name ?? '-').toSorted();
    const key = cells.length === 0 ? 'the end' : `${cells.join()} ${names.join(' ')}`;
    const shows = cells.length === 0 ? [] : shown.map((one) => `${one.what}: ${one.in(openState(cells).cells)}`);
    if (!found.has(key)) found.set(key, { cells, slots, shows, steps: [], ended });
    return key;
  }

  function goOn({ name, operation, seen, here, after }: Slot, outcome: unknown): Slot {
    const { atom } = here as Extract<core.Standing, { kind: 'step' }>;
    const which = Math.max(0, atom.outcomes.indexOf(outcome));
    if (!after.has(which))
      after.set(which, slotOf(`${name}.${which}`, operation, [...seen, { key: atom.key, outcome }]));
    return after.get(which)!;
  }

  function slotOf(name: string, operation: core.Operation, seen: Slot['seen']): Slot {
    const here = core.replay(() => system.program(operation), seen, operation.do);
    return { name, operation, seen, here, after: new Map() };
  }
}
