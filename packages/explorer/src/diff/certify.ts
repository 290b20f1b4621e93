import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { withCallsApart, type Machine } from '@busward/core';
import { compile, type Compiled, type Node } from '../tables/compile.ts';
import { usualLimits, type Limits } from '../search/explore.ts';
import { finished, type Watched } from '../search/watched.ts';
import { refining } from './bisimulation.ts';
import type { Certificate, MachineRelation } from './certificate.ts';
import type { Pair } from './difference.ts';
import { INTERNAL, labelBook, type Labels } from './labels.ts';
import { behaviour } from './lens.ts';
import { observe, type Observed } from './observed.ts';
import { systemOf, type Side } from './on-machine.ts';

export interface Certifying {
  readonly sides: Pair<Side>;
  readonly machines: readonly Pair<Machine>[];
  readonly inFlight?: number;
  readonly limits?: Limits;
  readonly under?: Certificate['under'];
}

/** Proves that two sides are the same on every machine; says on which they are not, or why it could not be told. */
export const certify = (options: Certifying): Certificate | string => finished(certifying(options));

/** {@link certify} in parts. Places are not merged here, so that whoever checks can name states by what was run. */
export function* certifying(options: Certifying): Watched<Certificate | string> {
  const { sides, machines, inFlight = 2, limits = usualLimits, under = {} } = options;
  const relations: MachineRelation[] = [];
  for (const machine of machines) {
    const labels = labelBook();
    const pair = ([0, 1] as const).map((at) => {
      const compiled = compile(withCallsApart(systemOf(sides[at], machine[at], inFlight)), { merge: false });
      return observe(compiled, labels, behaviour(compiled));
    }) as unknown as Pair<Observed>;
    const refined = yield* refining(...pair, limits.maxStates);
    if ('stoppedBy' in refined) return `stopped ${refined.stoppedBy}, on ${machine[0].name}`;
    if (!refined.same) return `not the same on ${machine[0].name}`;
    const last = refined.rounds.at(-1)!;
    const told = pair.map((one, side) => {
      const order = inOrderOfKeys(one);
      const blocks = order.map((state) => last[state + side * refined.split]!);
      return { blocks, hash: hashOf(one, order, labels) };
    });
    relations.push({
      machine,
      hash: [told[0]!.hash, told[1]!.hash],
      blocks: [told[0]!.blocks, told[1]!.blocks],
    });
  }
  const names: Pair<string> = [sides[0].name, sides[1].name];
  return { format: 'busward certificate 1', sides: names, under, inFlight, relations };
}

/** States by key: the index of each cell's value, then for each slot the operation and the outcomes it has seen, sorted. */
function inOrderOfKeys(observed: Observed): readonly number[] {
  const { compiled } = observed;
  const names = namesOf(compiled);
  const keys = Array.from({ length: observed.size() }, (_, state) => {
    const row = observed.row(state);
    if (!row) return 'the end';
    const slots = [...row.subarray(compiled.cells.length)].map((node) => names.get(compiled.nodes[node]!)!);
    return `${row.subarray(0, compiled.cells.length).join()} ${slots.toSorted().join(' ')}`;
  });
  return keys
    .map((key, state) => ({ key, state }))
    .toSorted((x, y) => (x.key < y.key ? -1 : 1))
    .map(({ state }) => state);
}

/** `-` between operations; else the operation's place in the menu, and the outcomes that it has seen. */
function namesOf({ nodes }: Compiled): ReadonlyMap<Node, string> {
  const names = new Map<Node, string>();
  const name = (node: Node, as: string): void => {
    if (node.kind === 'idle') return void names.set(node, '-');
    names.set(node, as);
    node.next.forEach(({ to, error }, outcome) => {
      if (!error && nodes[to]!.kind === 'at') name(nodes[to]!, `${as}.${outcome}`);
    });
  };
  for (const node of nodes)
    if (node.kind === 'idle') {
      name(node, '-');
      node.starts.forEach(({ first }, at) => name(first, String(at)));
    }
  return names;
}

/** Of the steps of every state in that order, states being numbered by it. */
function hashOf(observed: Observed, order: readonly number[], labels: Labels): string {
  const numbers = new Int32Array(order.length);
  order.forEach((state, at) => (numbers[state] = at));
  const hash = sha256.create();
  for (const state of order) {
    const steps = observed.steps(state);
    const told = new Set<string>();
    for (let at = 0; at < steps.length; at += 2) {
      const label = steps[at]!;
      told.add(`${numbers[steps[at + 1]!]} ${label === INTERNAL ? '' : labels.at(label).text}`);
    }
    hash.update(utf8ToBytes(`${[...told].toSorted().join('\n')}\n\n`));
  }
  return bytesToHex(hash.digest());
}
