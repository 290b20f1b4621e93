import type { Comparison, ComparisonRow, Verdict } from '@busward/explorer';
import { match } from 'ts-pattern';

/** The comparison as plain data: the same verdicts, each with its witness, under stable names. */
export function comparisonJson(comparison: Comparison): object {
  const { machine, principles, buses, rows, moved, bound, engine, states } = comparison;
  return {
    machine: {
      name: machine.name,
      devices: machine.devices.map(({ name, bus, group, drivers }) => ({
        name,
        bus,
        group: group ?? null,
        drivers: drivers.map((driver) => ({ name: driver.name, managesDma: driver.managesDma })),
      })),
    },
    buses: buses.map(({ name, asIn }) => (asIn === undefined ? name : `${name}@${asIn}`)),
    principles: principles.map(({ id, name, outcome }) => ({ id, name, outcome })),
    strategies: rows.map(rowJson),
    moved: moved ? { group: moved.group, device: moved.device.name, strategies: moved.rows.map(rowJson) } : null,
    bound,
    engine,
    states,
  };
}

const rowJson = ({ strategy, verdicts }: ComparisonRow): object => ({
  strategy: strategy.name,
  source: strategy.source,
  verdicts: Object.fromEntries([...verdicts].map(([bus, verdict]) => [bus, verdictJson(verdict)])),
});

const verdictJson = (verdict: Verdict): object | null =>
  match(verdict)
    .with({ kind: 'absent' }, () => null)
    .with({ kind: 'isolated' }, ({ kind }) => ({ outcome: kind }))
    .with({ kind: 'undecided' }, ({ kind, undecided }) => ({ outcome: kind, undecided }))
    .with({ kind: 'broken' }, ({ outcome, principle, device, breaks, witness, orWorse, undecided }) => ({
      outcome,
      orWorse,
      principle: principle.id,
      device,
      breaks,
      undecided,
      steps: witness.steps.length,
      witness: witness.steps,
    }))
    .exhaustive();
