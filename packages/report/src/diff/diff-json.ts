import type { Machine } from '@busward/core';
import type { Diff, Difference, Finding, Pair, Trace } from '@busward/explorer';
import { match } from 'ts-pattern';

/** A diff as plain data under stable names; diff-schema.ts describes it. */
export function diffJson({ sides, finding, restriction, principles, bound, machines, states }: Diff): object {
  return {
    sides,
    ...findingJson(finding),
    ...(restriction && {
      restriction: {
        ...restriction,
        ...(restriction.kind === 'admits more' && { difference: differenceJson(restriction.difference) }),
      },
    }),
    principles: principles.map(({ id, name, outcome }) => ({ id, name, outcome })),
    bound,
    machines,
    states,
  };
}

const findingJson = (finding: Finding): object =>
  match(finding)
    .with({ kind: 'different' }, ({ kind, differences, smallest, standing, breaks }) => ({
      finding: kind,
      smallest,
      standing,
      breaks,
      differences: differences.map(differenceJson),
    }))
    .with({ kind: 'same outcomes, different choices' }, ({ kind, parting }) => ({
      finding: kind,
      parting: {
        machine: parting.machine.map(machineJson),
        operations: parting.operations,
        before: parting.before,
        can: parting.can,
        traces: parting.traces.map(({ steps }) => steps),
      },
    }))
    .with({ kind: 'same' }, ({ kind }) => ({ finding: kind }))
    .with({ kind: 'undecided' }, ({ kind, covered }) => ({ finding: kind, covered }))
    .exhaustive();

const differenceJson = ({ machine, operations, by, before, shows, instead, traces, standing }: Difference): object => ({
  machine: machinesJson(machine),
  operations,
  by,
  before,
  shows,
  instead,
  standing,
  traces: traces.map(({ witness, differsAt, breaks }: Trace) => ({ breaks, differsAt, steps: witness.steps })),
});

const machinesJson = (pair: Pair<Machine>): readonly object[] => pair.map(machineJson);

const machineJson = ({ name, devices, users, iommu }: Machine): object => ({
  name,
  devices: devices.map((device) => ({ name: device.name, bus: device.bus, group: device.group ?? null })),
  users,
  iommu,
});
