import { assemble, describeOperation, type Operation, type System } from '@busward/core';
import {
  compile,
  interpreter,
  openState,
  finished,
  retraces,
  seekers,
  usualLimits,
  startingAt,
  transitionName,
  transitionsTaken,
  witnessOf,
  type Indices,
  type Limits,
  type Search,
  type Seeker,
  type Sought,
  type Taken,
  type Watched,
  type Witness,
} from '@busward/explorer';
import { match } from 'ts-pattern';
import type { Said, Scenario } from './scenario.ts';
import type { Variant } from './variant.ts';

/** What became of a scenario under one variant, all interleavings explored. */
export interface Checked {
  readonly variant: string;
  /** 'vacuous': what it speaks of cannot come about there, so that it says nothing. */
  readonly verdict: 'holds' | 'fails' | 'undecided' | 'vacuous';
  /** Why it is vacuous, or undecided. */
  readonly because?: string;
  readonly states: number;
  readonly transitions: number;
  /** A shortest execution: what refutes never and always, what shows sometimes. */
  readonly witness?: Witness;
  /** Transitions of the model that the search came by, as `transitionName` names them. */
  readonly taken: ReadonlySet<string>;
}

/**
 * Explores every interleaving of the scenario's actors under a variant and judges its condition. Throws a PluginError
 * when a plugin breaks the contract.
 */
export const checkScenario = (scenario: Scenario, variant: Variant, limits: Limits = usualLimits): Checked =>
  finished(checkingScenario(scenario, variant, limits));

/** {@link checkScenario} in parts. Without `merge` histories with the same future are told apart; `seeker` is who looks. */
export function* checkingScenario(
  scenario: Scenario,
  variant: Variant,
  limits: Limits,
  merge = true,
  seeker: Seeker = seekers[0]!,
): Watched<Checked> {
  const { condition } = scenario;
  const idle: Checked = { variant: variant.name, verdict: 'vacuous', states: 0, transitions: 0, taken: new Set() };
  const said = [...condition.facts, ...condition.when];
  const principles = said.flatMap(({ fact }) => (fact.kind === 'broken' ? [fact.principle] : []));
  const uncounted = principles.find(({ needsCount }) => needsCount && !variant.strategy.counts);
  if (uncounted)
    return { ...idle, because: `${uncounted.id} is about a count, and ${variant.strategy.name} keeps none` };

  const first = new Set<string>();
  const compiled = startOf(scenario, variant, (name) => first.add(name), merge);
  if (typeof compiled === 'string') return { ...idle, because: compiled };
  const found = (facts: readonly Said[], how: Sought['how'] = 'together'): Watched<Search> =>
    seeker.seek(compiled, principles, { facts: facts.map(({ fact }) => fact), how }, limits);

  if (condition.kind === 'never') {
    const possible = yield* found(condition.when);
    if (!possible.path && possible.complete)
      return {
        ...idle,
        states: possible.states,
        transitions: possible.transitions,
        because: `never ${condition.when.map(({ text }) => text).join(' and ')}`,
      };
  }
  const search = yield* found(condition.facts, condition.kind === 'always' ? 'not all at the end' : 'together');
  const verdict = match([condition.kind, search.path !== undefined, search.complete] as const)
    .with(['sometimes', true, true], () => 'holds' as const)
    .with(['sometimes', false, true], () => 'fails' as const)
    .with(['never', true, true], ['always', true, true], () => 'fails' as const)
    .with(['never', false, true], ['always', false, true], () => 'holds' as const)
    .otherwise(() => 'undecided' as const);
  const witness = search.path && witnessOf(compiled, search.path);
  if (witness && !retraces(compiled.system, [...compiled.initial.subarray(0, compiled.cells.length)], witness))
    throw new Error(`the witness under ${variant.name} is not what the generators do: this is a bug in the explorer`);
  return {
    variant: variant.name,
    verdict,
    states: search.states,
    transitions: search.transitions,
    ...(search.stoppedBy !== undefined && { because: `stopped ${search.stoppedBy}` }),
    ...(witness && { witness }),
    taken: new Set([...first, ...transitionsTaken(compiled)]),
  };
}

/**
 * A scenario's system as tables, where its actors are about to begin; or which of the operations before did not succeed.
 * `see` is told the transitions that those take.
 */
export function startOf(
  scenario: Scenario,
  variant: Variant,
  see: (transition: string) => void = () => {},
  merge = true,
) {
  const system = assembled(scenario, variant);
  const start = afterwards(system, scenario.before, ({ operation, step, outcome }) =>
    see(transitionName(system.kernel.machine, operation, step, outcome)),
  );
  return typeof start === 'string' ? start : startingAt(compile(system, { merge }), start);
}

/** The system of a scenario: its actors on its machine, under a variant. */
export function assembled({ machine, actors }: Scenario, variant: Variant): System {
  const clients = { kind: 'actors', actors: actors.map(({ operations }) => operations) } as const;
  return assemble(variant.machineOf(machine), variant.strategy, variant.busesOf(machine), clients);
}

/** The state after operations that have to succeed, one after the other; or which did not. */
function afterwards(system: System, operations: readonly Operation[], see: (taken: Taken) => void): Indices | string {
  const model = interpreter(system, see);
  for (const operation of operations) {
    const possible = system.possible(operation).holds(openState(model.state()).cells);
    const result = possible ? model.start(operation).result : 'skip';
    if (result !== 'OK') return `before: '${describeOperation(operation)}' = ${result}`;
  }
  return model.state();
}
