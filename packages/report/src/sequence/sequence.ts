import { ANSWER, CALL, describeOperation, type Operation } from '@busward/core';
import type { Witness, WitnessStep } from '@busward/explorer';
import { match, P } from 'ts-pattern';
import { changesOf, isMoment, isShown, refusalOf } from '../witness.ts';

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
  const told: Told[] = [];
  // By operation: where its last step was, and where its last message led.
  const wasIn = new Map<number, KernelLane>();
  const ledTo = new Map<number, string>();
  steps.forEach((step, index) => {
    const { operation, starts, result, call, lane: mine } = step;
    const [actor, entry, lane] = [actorOf(operation), entryOf(operation), laneOf(step)];
    const tell = (from: string, to: string, text: string, more: Partial<Told> = {}): void => {
      const plain = { number: index + 1, kind: 'call', changes: '', refused: false, marked: false } as const;
      told.push({ ...plain, from, to, text, ...more });
      ledTo.set(mine, to);
    };
    const here = index === marked;
    if (starts) tell(actor, entry, describeOperation(operation), { marked: here && call === CALL });
    if (isShown(step) || (!isMoment(step) && (index === steps.length - 1 || here))) {
      const byBus = lane === 'IOMMU core' && wasIn.get(mine) === 'bus';
      if (byBus && ledTo.get(mine) !== 'bus') tell(callerOfBus(entry), 'bus', 'hook of the bus');
      const from =
        byBus || (lane === 'bus' && ledTo.get(mine) === 'bus') ? 'bus' : lane === 'bus' ? callerOfBus(entry) : entry;
      const refusal = refusalOf(step);
      tell(from, lane, refusal === undefined ? call : `${call}: ${refusal}`, {
        changes: changesOf(step),
        refused: refusal !== undefined,
        marked: here,
      });
    }
    if (result !== undefined)
      tell(entry, actor, `= ${result}`, {
        kind: 'return',
        refused: /^E[A-Z]/.test(result),
        marked: here && call === ANSWER,
      });
    wasIn.set(mine, lane);
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
