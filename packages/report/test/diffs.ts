/* Diffs to render: with real traces, of searches that are made here. */

import { ANSWER, assemble, CALL, device, groupDevices, machine, menuOf, principles, strategies } from '@busward/core';
import {
  compile,
  exploreCompiled,
  judgesOf,
  witnessOf,
  type Diff,
  type Difference,
  type Finding,
  type Trace,
  type Witness,
  type WitnessStep,
} from '@busward/explorer';
import { pci } from '@busward/pci';

const facts = { withoutAcsBelow: '0000:00:01.0' };
const pair = machine('a pair', {
  devices: groupDevices(
    ['A', 'B'].map((name) => device(pci, name, { facts } as object)),
    [pci],
  ),
});

/** A shortest way in which the strategy breaks the principle. */
function witnessUnder(strategy: string, principle: string): Witness {
  const clients = { kind: 'open', inFlight: 2, menu: menuOf(pair) } as const;
  const system = assemble(
    pair,
    strategies.find(({ name }) => name === strategy)!,
    [pci],
    clients,
  );
  const compiled = compile(system);
  const { violations } = exploreCompiled(compiled, judgesOf(system, principles), { maxStates: 1e5 });
  return witnessOf(compiled, violations.find((one) => one.principle.id === principle)!.path);
}

const mixing = witnessUnder('domain-compare', 'P1');
const crashing = witnessUnder('legacy', 'P14');
const nothing: Witness = { machine: pair, steps: [] };

const diffOf = (finding: Finding): Diff => ({
  sides: ['domain-compare', '<legacy> & "others"'],
  finding,
  principles,
  bound: ['a pair; 2 operations in flight', 'user u0 (container)'],
  machines: 1,
  states: 12345,
});

const seen = [
  { text: 'call: bind B to kernel-driver' },
  { text: 'call: u0: attach group 0', passedOverBy: 1 as const },
];

const difference: Difference = {
  machine: [pair, pair],
  operations: 3,
  by: 0,
  before: seen,
  shows: 'u0: attach group 0 -> OK',
  instead: ['u0: attach group 0 -> EBUSY', 'crash'],
  traces: [
    { witness: mixing, differsAt: mixing.steps.length - 1, breaks: ['P1'] },
    { witness: crashing, differsAt: 2, breaks: [] },
  ],
  standing: 'first is weaker',
};

const telling = {
  kind: 'different',
  smallest: true,
  standing: 'first is weaker',
  breaks: [['P1', 'P14'], ['P14']],
  differences: [difference],
} as const satisfies Finding;

const harmless = (witness: Witness): Trace => ({ witness, differsAt: witness.steps.length, breaks: [] });

/** Two operations that take no step of their own: one is called, the other is called and answers. */
const idle: Witness = {
  machine: pair,
  steps: [
    { lane: 0, starts: true, call: CALL, operation: { do: 'bind', device: 'A', driver: 'vfio' } },
    { lane: 1, starts: true, call: ANSWER, result: 'ENOENT', operation: { do: 'register', group: 'group 0' } },
  ].map((step) => ({ before: [], after: [], changes: [], happenings: [], ...step }) as WitnessStep),
};

const idling = (differsAt: number): Trace => ({ witness: idle, differsAt, breaks: [] });

export const diffs = {
  different: diffOf(telling),
  harmless: diffOf({
    ...telling,
    standing: 'neither',
    breaks: [[], []],
    differences: [{ ...difference, instead: [], standing: 'neither', traces: [harmless(mixing), harmless(nothing)] }],
  }),
  idle: diffOf({ ...telling, differences: [{ ...difference, traces: [idling(2), idling(2)] }] }),
  idleMarked: diffOf({ ...telling, differences: [{ ...difference, traces: [idling(0), idling(1)] }] }),
  parting: diffOf({
    kind: 'same outcomes, different choices',
    parting: {
      machine: [pair, pair],
      operations: 2,
      before: ['call: bind A'],
      traces: [mixing, nothing],
      can: [['bind A -> OK'], []],
    },
  }),
  same: {
    ...diffOf({ kind: 'same' }),
    restriction: { kind: 'admits nothing more', inFlight: 1, undecided: { inFlight: 2, machines: 3 } },
  },
  undecided: diffOf({ kind: 'undecided', covered: 'after 5,000 states of 3 machines' }),
} as const satisfies Readonly<Record<string, Diff>>;
