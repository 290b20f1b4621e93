import { describeOperation, type Bus, type Machine, type Operation, type Profile } from '@busward/core';
import { writeScenario } from '@busward/scenario';
import { recordedMachine } from './recorded-machine.ts';
import { replayer, type ReplayedOperation } from './replay.ts';
import type { Trace } from './trace.ts';

/**
 * A scenario file that asks whether it can go as it was recorded. What did not return at once has an
 * actor of its own, so that the others go on. Throws an Error where the recording and the profile do not agree, since
 * then there is no telling what its steps come to.
 */
export function scenarioOfTrace(trace: Trace, profile: Profile, buses: readonly Bus[]): string {
  const { operations, divergence } = replayer(profile, buses)(trace);
  if (divergence)
    throw new Error(
      `scenario '${trace.scenario}': ${profile.name} leaves it at step ${divergence.step} (${divergence.do}); ` +
        `only one that agrees to the end can be made a scenario`,
    );
  const machine = onlyNamed(recordedMachine(trace, profile.strategy, buses), trace);
  const steps = operations.filter(({ step }) => step >= 0);
  const before = operations.filter(({ step, operation }) => step < 0 && isOf(machine, operation));
  const actors = [
    { name: 'recorded', steps: steps.filter(({ waited }) => !waited) },
    ...steps.filter(({ waited }) => waited).map((one, at) => ({ name: `waits ${at + 1}`, steps: [one] })),
  ].filter((actor) => actor.steps.length > 0);
  return writeScenario(
    {
      question: `Can it go as ${trace.kernel} did in ${trace.scenario} on ${trace.topology}?`,
      sources: [`recording of ${trace.kernel}, ${trace.topology}, ${trace.scenario}`],
      machine,
      before: before.map(({ operation }) => operation),
      actors: actors.map((actor) => ({ name: actor.name, operations: actor.steps.map(({ operation }) => operation) })),
      kind: 'sometimes',
      facts: factsOf(actors.flatMap((actor) => actor.steps)),
      expect: [{ variant: profile.name, verdict: 'holds' }],
    },
    buses,
  );
}

const isOf = ({ devices }: Machine, operation: Operation): boolean =>
  'device' in operation && devices.some(({ name }) => name === operation.device);

/** `bind A to nvme = OK`, `bind A to nvme (2) = EBUSY`. */
function factsOf(steps: readonly ReplayedOperation[]): readonly string[] {
  const counted = new Map<string, number>();
  return steps.map(({ operation, result }) => {
    const text = describeOperation(operation);
    const count = (counted.get(text) ?? 0) + 1;
    counted.set(text, count);
    return `${text}${count > 1 ? ` (${count})` : ''} = ${result}`;
  });
}

/** The machine without what the scenario does not touch. */
function onlyNamed(machine: Machine, { devices }: Trace): Machine {
  const touched = machine.devices.filter(({ name }) => name.replace(/ again$/, '') in devices);
  // Who has a device's stream matters to it, whether or not anybody touches him.
  const named = machine.devices.filter(
    (one) => touched.includes(one) || touched.some(({ sameStreamAs }) => sameStreamAs === one.name),
  );
  const groups = machine.groups.filter((group) => named.some((device) => device.group === group));
  const now = Object.entries(machine.types?.now ?? {}).filter(([group]) => groups.includes(group));
  const types = machine.types && { now: Object.fromEntries(now), auto: machine.types.auto };
  return { ...machine, devices: named, groups, ...(types && { types }) };
}
