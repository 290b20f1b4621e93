import { describeOperation, type Operation } from '@busward/core';
import type { Witness, WitnessStep } from '@busward/explorer';
import { match, P } from 'ts-pattern';
import { changesOf, isShown, refusalOf } from '../witness.ts';

/** Who calls whom, in order: a witness as a sequence diagram. */
export interface Sequence {
  /** From left to right: who acts, then the kernel from the driver core to VFIO. Only those that take part. */
  readonly lanes: readonly string[];
  readonly messages: readonly Message[];
}

export interface Message {
  /** The step's number in the witness, from 1. Steps that only lock or look are left out and counted. */
  readonly number: number;
  /** Indices into `lanes`; the same for what one does by itself. */
  readonly from: number;
  readonly to: number;
  readonly kind: 'call' | 'return';
  readonly text: string;
  /** What changes, in words; none for most. */
  readonly changes: string;
  readonly refused: boolean;
  /** Here it differs from the other trace. */
  readonly marked: boolean;
}

const kernelLanes = ['driver core', 'bus', 'IOMMU core', 'VFIO'] as const;
type KernelLane = (typeof kernelLanes)[number];

/** `marked`: the index of the step that gets a mark. */
export function sequenceOf({ steps }: Witness, marked?: number): Sequence {
  const at = new Map<number, KernelLane>();
  const told = steps.flatMap((step, index) => {
    const entry = entryOf(step.operation);
    const lane = laneOf(step);
    const from =
      lane === 'IOMMU core' && at.get(step.lane) === 'bus' ? 'bus' : lane === 'bus' ? callerOfBus(entry) : entry;
    at.set(step.lane, lane);
    return messagesOf(step, index, { actor: actorOf(step.operation), entry, from, lane }, steps, marked);
  });
  const takePart = new Set(told.flatMap(({ from, to }) => [from, to]));
  const lanes = [
    ...new Set(steps.map(({ operation }) => actorOf(operation))),
    ...kernelLanes.filter((lane) => takePart.has(lane)),
  ];
  return { lanes, messages: told.map((one) => ({ ...one, from: lanes.indexOf(one.from), to: lanes.indexOf(one.to) })) };
}

interface Told extends Omit<Message, 'from' | 'to'> {
  readonly from: string;
  readonly to: string;
}

function messagesOf(
  step: WitnessStep,
  index: number,
  {
    actor,
    entry,
    from,
    lane,
  }: { readonly actor: string; readonly entry: string; readonly from: string; readonly lane: string },
  steps: readonly WitnessStep[],
  marked: number | undefined,
): readonly Told[] {
  const { operation, starts, result, call } = step;
  const shown = isShown(step) || index === steps.length - 1 || index === marked;
  const plain = { number: index + 1, changes: '', refused: false, marked: false };
  const refusal = refusalOf(step);
  return [
    ...(starts
      ? [
          {
            ...plain,
            from: actor,
            to: entry,
            kind: 'call' as const,
            text: describeOperation(operation),
            marked: index === marked && !shown,
          },
        ]
      : []),
    ...(shown
      ? [
          {
            ...plain,
            from,
            to: lane,
            kind: 'call' as const,
            text: refusal === undefined ? call : `${call}: ${refusal}`,
            changes: changesOf(step),
            refused: refusal !== undefined,
            marked: index === marked,
          },
        ]
      : []),
    ...(result === undefined
      ? []
      : [
          {
            ...plain,
            from: entry,
            to: actor,
            kind: 'return' as const,
            text: `= ${result}`,
            refused: /^E[A-Z]/.test(result),
          },
        ]),
  ];
}

/** Who asks: a user by name; root, through sysfs; hardware that comes and goes; a module that registers an IOMMU. */
const actorOf = (operation: Operation): string =>
  'user' in operation
    ? operation.user
    : match(operation.do)
        .with(P.union('add', 'remove', 'rescan'), () => 'hot-plug')
        .with('register', () => 'IOMMU driver')
        .otherwise(() => 'root');

/** The part of the kernel that the call enters first. */
const entryOf = (operation: Operation): KernelLane =>
  'user' in operation
    ? 'VFIO'
    : operation.do === 'register' || operation.do === 'set type'
      ? 'IOMMU core'
      : 'driver core';

const callerOfBus = (entry: KernelLane): KernelLane => (entry === 'VFIO' ? 'driver core' : entry);

/** Linux puts a function's owner before its name. What a strategy calls its own section is done by the IOMMU core. */
function laneOf({ call }: WitnessStep): KernelLane {
  if (/^_*vfio_|^iommufd_|^container\b|container_q$|: vfio_/.test(call)) return 'VFIO';
  if (/^READ_ONCE\(dev->driver\)|^(of|acpi)_dma_configure|^NULL dereference/.test(call)) return 'bus';
  if (/^(dev->driver|_*device_|_*driver_|kill_device)|\.(probe|probe returns|remove)$/.test(call)) return 'driver core';
  return 'IOMMU core';
}
