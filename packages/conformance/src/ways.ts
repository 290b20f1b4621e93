import {
  count,
  EBUSY,
  ENODEV,
  EPROBE_DEFER,
  kernelDriver,
  OK,
  stubDriver,
  userDriver,
  type Admitted,
  type Bus,
  type BusKernel,
  type Device,
  type Driver,
  type ManagedDriver,
  type Program,
} from '@busward/core';

/** One way through a hook: what it called, what it was answered, and how it ended. */
export interface Way {
  readonly hook: HookName;
  readonly calls: readonly Call[];
  readonly end: End;
}

export interface Call {
  readonly call: 'firmware.configure' | 'driver.read' | 'dma.teardown' | `ownership.${OwnershipCall}`;
  /** An errno, or the driver that was read. */
  readonly answer?: string | Driver | undefined;
  /** What `bypass` was told. */
  readonly why?: string;
}

export type HookName = 'dma_configure' | 'dma_unconfigure';
type OwnershipCall = 'use' | 'unuse' | 'notNeeded' | 'bypass';
type End =
  | { readonly kind: 'returned'; readonly value: string | undefined }
  | { readonly kind: 'oops'; readonly reason: string }
  | { readonly kind: 'threw'; readonly message: string };

/** More calls than any hook has. */
const ENDLESS = 100;

/** Every way through a hook: it is run once for each history of answers, the shortest first. */
export function waysThrough(bus: Bus, hook: HookName, device: Device): readonly Way[] {
  const ways: Way[] = [];
  const script: number[] = [];
  do {
    const kernel = scripted(script, driversOf(bus));
    ways.push({ hook, end: endOf(() => bus[hook](device, kernel.facade), kernel.calls), calls: kernel.calls });
    nextScript(script, kernel.choices);
  } while (script.length > 0);
  return ways.toSorted((a, b) => a.calls.length - b.calls.length);
}

/** A way, a line for each call. */
export const wayLines = ({ hook, calls, end }: Way): readonly string[] => [
  `${hook}(device)`,
  ...calls.map(callLine),
  `  ${endText(end)}`,
];

const callLine = (one: Call): string =>
  `  kernel.${one.call}${one.why === undefined ? '' : `('${one.why}')`}${'answer' in one ? ` = ${answerText(one.answer)}` : ''}`;

/** Two ways say the same in the same words. */
export const sameWays = (a: readonly Way[], b: readonly Way[]): boolean =>
  JSON.stringify(a.map(wayLines)) === JSON.stringify(b.map(wayLines));

/** What `dev->driver` was, each time it was read. */
export const readsOf = ({ calls }: Way): readonly (Driver | undefined)[] =>
  calls.flatMap((one) => (one.call === 'driver.read' ? [one.answer as Driver | undefined] : []));

/** A driver that does not manage DMA, every managed one that the bus knows, and one of each kind if it knows none. */
function driversOf({ managedDrivers }: Bus): readonly Driver[] {
  const known = (forUser: boolean): readonly ManagedDriver[] => managedDrivers.filter((one) => one.forUser === forUser);
  const or = (all: readonly ManagedDriver[], one: ManagedDriver) => (all.length > 0 ? all : [one]);
  return [
    kernelDriver('a kernel driver'),
    ...or(known(true), userDriver('a VFIO driver')),
    ...or(known(false), stubDriver('a stub driver')),
  ];
}

/** A kernel that answers as the script says, the first answer where it says nothing. */
function scripted(script: readonly number[], drivers: readonly Driver[]) {
  const calls: Call[] = [];
  const choices: { readonly taken: number; readonly of: number }[] = [];
  function* ask<T>(call: Call['call'], answers: readonly T[]): Program<T> {
    const taken = script[choices.length] ?? 0;
    choices.push({ taken, of: answers.length });
    const answer = answers[taken]!;
    note({ call, answer: answer as Call['answer'] });
    return answer;
  }
  function note(one: Call): void {
    calls.push(one);
    if (calls.length > ENDLESS) throw new Error(`never ends: it made ${ENDLESS} calls`);
  }
  const facade: BusKernel = {
    firmware: { configure: () => ask('firmware.configure', [OK, EPROBE_DEFER, ENODEV]) },
    driver: { read: () => ask('driver.read', [undefined, ...drivers]) },
    dma: {
      *teardown() {
        note({ call: 'dma.teardown' });
      },
    },
    ownership: {
      use: () => ask('ownership.use', [OK as Admitted, EBUSY, EPROBE_DEFER]),
      *unuse() {
        note({ call: 'ownership.unuse' });
      },
      notNeeded: () => (note({ call: 'ownership.notNeeded' }), OK as Admitted),
      bypass: (why) => (note({ call: 'ownership.bypass', why }), OK as Admitted),
    },
    *oops(_device, reason) {
      throw new Oops(reason);
    },
  };
  return { facade, calls, choices };
}

class Oops extends Error {}

/** Nothing is yielded by a kernel that answers at once. */
function endOf(start: () => Program<string | void>, calls: readonly Call[]): End {
  try {
    const { done, value } = start().next();
    return done
      ? { kind: 'returned', value: value ?? undefined }
      : { kind: 'threw', message: `yielded after ${count(calls.length, 'call')}` };
  } catch (error) {
    if (error instanceof Oops) return { kind: 'oops', reason: error.message };
    return { kind: 'threw', message: error instanceof Error ? error.message : String(error) };
  }
}

/** Counts up: the last choice that has another answer takes it; empty when all were taken. */
function nextScript(script: number[], choices: readonly { readonly taken: number; readonly of: number }[]): void {
  script.splice(0, script.length, ...choices.map(({ taken }) => taken));
  while (script.length > 0 && script.at(-1)! + 1 === choices[script.length - 1]!.of) script.pop();
  if (script.length > 0) script.push(script.pop()! + 1);
}

export const answerText = (answer: Call['answer']): string =>
  typeof answer === 'object' ? answer.name : answer === undefined ? 'no driver' : answer;

const endText = (end: End): string =>
  end.kind === 'returned'
    ? `returns ${end.value ?? ''}`.trimEnd()
    : end.kind === 'oops'
      ? `crashes: ${end.reason}`
      : `throws '${end.message}'`;
