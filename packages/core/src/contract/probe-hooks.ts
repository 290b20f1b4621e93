import { EBUSY, EPROBE_DEFER, OK, type Errno } from '../errno.ts';
import { configureHook, READ_DRIVER, unconfigureHook } from '../kernel/bus-kernel.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { layOut } from '../kernel/layout.ts';
import { kernelDriver, machine, userDriver, type Device, type Driver } from '../machine.ts';
import { withoutDriver } from '../minded.ts';
import { blamed, PluginError } from '../plugin-error.ts';
import { note, perform, type Atom, type Program } from '../step.ts';
import { unfold, type Place } from '../unfold.ts';
import type { Bus } from './bus.ts';

/** Told of a function of a plugin before it runs for the first time: one that loops without a step never comes back. */
export const probing: { begins?: (what: string) => void } = {};

/** As often as this a hook has to do the same. */
const ROUNDS = 8;

/**
 * Runs both hooks through every answer the kernel can give, and calls the rest once; says whether `use` was called.
 * Throws a {@link PluginError} that names the bus and the function.
 */
export function probeHooks(bus: Bus): boolean {
  probing.begins?.(`bus '${bus.name}', example`);
  const device: Device = withoutDriver({
    name: 'a device',
    bus: bus.name,
    facts: blamed(`bus '${bus.name}', example`, () => bus.example('a device')),
    group: 'a group',
    joins: 'at first bind',
    direct: false,
    bridge: false,
    drivers: [kernelDriver('a kernel driver'), userDriver('a driver that manages DMA')],
  });
  for (const [part, call] of [
    ['firmware', () => bus.firmware(device)],
    ['isolation', () => bus.isolation(device)],
    ['recognise', () => bus.recognise(device.name, 'a driver')],
    ['refine', () => bus.refine?.of(device, [device])],
  ] as const) {
    const what = `bus '${bus.name}', ${part}`;
    probing.begins?.(what);
    const answer = blamed<unknown>(what, call);
    if (part === 'isolation' && !(Array.isArray(answer) && answer.every((key) => typeof key === 'string')))
      throw new PluginError(
        `${what}: returned ${JSON.stringify(answer)}; return a list of keys, [] if it has no group`,
      );
  }
  const of = machine(`probe of bus '${bus.name}'`, { devices: [device] });
  const kernel = { machine: of, layout: layOut(of), strategy: undefined as never, bus: () => bus } satisfies Kernel;
  let called = false;
  const own = {
    *use(): Program<Errno> {
      called = true;
      return yield* perform<Errno>({
        name: 'use',
        key: 'use',
        outcomes: [OK, EBUSY, EPROBE_DEFER],
        touches: [kernel.layout.cells[0]!],
        run: () => OK,
      });
    },
    *unuse(): Program<Errno> {
      yield* note('unuse');
      return OK;
    },
  };
  const hooks = [
    ['dma_configure', configureHook(kernel, device, own)],
    ['dma_unconfigure', unconfigureHook(kernel, device, own)],
  ] as const;
  const seen = new Map<string, string>();
  // In turn, so that what one of them leaves behind shows in the other.
  for (let round = 0; round <= ROUNDS; round++)
    for (const [name, hook] of hooks) {
      const what = `bus '${bus.name}', ${name}`;
      if (round === 0) probing.begins?.(what);
      const place = blamed(what, () => unfold(() => hook.run(), what));
      const text = JSON.stringify(place);
      if (!seen.has(name)) {
        failOnThrow(place, what, []);
        seen.set(name, text);
      } else if (seen.get(name) !== text)
        throw new PluginError(
          `${what} is not deterministic: the same outcomes led to different ends; it may depend on nothing else, and remember nothing`,
        );
    }
  return called;
}

function failOnThrow(place: Place, what: string, history: readonly string[]): void {
  if (place.kind === 'throws') {
    if (place.error instanceof PluginError) throw place.error;
    const after = history.length > 0 ? ` after ${history.join(', ')}` : '';
    const twice = history.filter((one) => one.startsWith(`${READ} `)).length > 1;
    throw new PluginError(
      `${what} threw '${place.error.message}'${after}${twice ? ' (rule 6, one read of the driver; M20)' : ''}`,
    );
  }
  if (place.kind === 'step')
    place.next.forEach((next, at) =>
      failOnThrow(next, what, [...history, answerOf(place.atom, place.atom.outcomes[at])]),
    );
}

const READ = 'kernel.driver.read';

function answerOf({ name }: Atom, outcome: unknown): string {
  if (name !== READ_DRIVER) return `${name} gave ${String(outcome)}`;
  return `${READ} gave ${(outcome as Driver | undefined)?.name ?? 'no driver'}`;
}
