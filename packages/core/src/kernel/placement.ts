import type { Placement, Strategy } from '../contract/strategy.ts';
import { isErrno, OK, type Errno } from '../errno.ts';
import { mindingProgram, notMindingVerbs } from '../minded.ts';
import type { Device, Driver } from '../machine.ts';
import { PluginError } from '../plugin-error.ts';
import { isProgram, type Program } from '../step.ts';
import { configureHook, unconfigureHook } from './bus-kernel.ts';
import type { Kernel } from './kernel.ts';
import { deviceOwnership } from './ownership.ts';

/*
 * Where the strategy puts the check. What the driver core calls is asked for ownership afresh each time: kernel code has no
 * memory but the state, and so the caller learns nothing but the result.
 */

export function* beforeDriverSet(kernel: Kernel, device: Device, driver: Driver): Program<Errno> {
  const { at } = kernel.strategy;
  return at.beforeDriverSet
    ? yield* decided(kernel, 'beforeDriverSet', (given) =>
        at.beforeDriverSet!(device, driver, given(deviceOwnership(kernel, device))),
      )
    : OK;
}

export function* afterUnbind(kernel: Kernel, device: Device, driver: Driver, configured: boolean): Program<void> {
  const { at } = kernel.strategy;
  if (at.afterUnbind)
    yield* placed(kernel, 'afterUnbind', (given) =>
      at.afterUnbind!(device, driver, configured, given(deviceOwnership(kernel, device))),
    );
}

/** The bus's `dma_configure`, where the strategy puts it. */
export function* configure(kernel: Kernel, device: Device, driver: Driver): Program<Errno> {
  const { at } = kernel.strategy;
  const own = deviceOwnership(kernel, device);
  const hook = configureHook(kernel, device, at.busUse === 'nothing' ? checksNothing : own);
  if (!at.configure) return yield* hook.run();
  return yield* decided(kernel, 'configure', (given) => at.configure!(device, driver, given(hook), given(own)));
}

/** The bus's `dma_unconfigure`, where the strategy puts it; 5.10 has none. */
export function* cleanUp(kernel: Kernel, device: Device, driver: Driver): Program<void> {
  const { at, surroundings } = kernel.strategy;
  const own = deviceOwnership(kernel, device);
  if (!surroundings.driverCore.cleansUp) return;
  const hook = unconfigureHook(kernel, device, at.busUnuse === 'nothing' ? checksNothing : own);
  if (!at.unconfigure) return yield* hook.run();
  yield* placed(kernel, 'unconfigure', (given) => at.unconfigure!(device, driver, given(hook), given(own)));
}

/** What is done at a place of a bind, or of its end. Where the strategy has nothing there, it is the same for each driver. */
export interface Hook {
  readonly at: keyof Placement;
  run(): Program<unknown>;
}

/** What the bus and the strategy do at a bind and at its end, place by place. */
export const hooksOf = (kernel: Kernel, device: Device, driver: Driver): readonly Hook[] => [
  { at: 'beforeDriverSet', run: () => beforeDriverSet(kernel, device, driver) },
  { at: 'configure', run: () => configure(kernel, device, driver) },
  { at: 'unconfigure', run: () => cleanUp(kernel, device, driver) },
  { at: 'afterUnbind', run: () => afterUnbind(kernel, device, driver, true) },
  { at: 'afterUnbind', run: () => afterUnbind(kernel, device, driver, false) },
];

/** Of what the strategy is given to call: what it answers is `heard`. */
type Given = <V extends object>(verbs: V) => V;

/**
 * What the strategy has at a place, with what it is `given` to call. Throws a {@link PluginError} if that is no program, or if it calls
 * something and never starts it.
 */
function* placed<T>(
  { strategy }: Kernel,
  part: keyof Placement,
  run: (given: Given) => Program<T>,
  heard = new Set<unknown>(),
): Program<T> {
  const broken = brokenAt(strategy, part);
  const unstarted = new Set<{ readonly verb: string }>();
  const given: Given = (verbs) =>
    notMindingVerbs(verbs, (verb, program) => {
      const made = { verb };
      unstarted.add(made);
      return (function* () {
        unstarted.delete(made);
        const answer = yield* program;
        heard.add(answer);
        return answer;
      })();
    });
  const result = yield* mindingProgram(strategy, () => {
    const program: unknown = run(given);
    if (isProgram(program)) return program as Program<T>;
    throw broken(`returned ${String(program)}, which is no program; write *${part}(...)`);
  });
  for (const { verb } of unstarted) throw broken(`called ${verb}(...) and never started it; write yield* before it`);
  return result;
}

/**
 * The same where it decides whether the device is bound: throws, too, if it comes to no errno, or refuses by itself, in no section, so
 * that nobody could judge whether there was a cause.
 */
function* decided(kernel: Kernel, part: keyof Placement, run: (given: Given) => Program<Errno>): Program<Errno> {
  const broken = brokenAt(kernel.strategy, part);
  const heard = new Set<unknown>([OK]);
  const verdict = yield* placed(kernel, part, run, heard);
  if (!isErrno(verdict))
    throw broken(`returned ${String(verdict)}, which is no errno; return OK, or what the bus or the check returned`);
  if (!heard.has(verdict))
    throw broken(`refused with ${verdict}, as neither the bus nor the check had; let a section of the check refuse`);
  return verdict;
}

const brokenAt =
  ({ name }: Strategy, part: keyof Placement) =>
  (what: string): PluginError =>
    new PluginError(`strategy '${name}', at.${part}: ${what}`);

const checksNothing = { use: succeed, unuse: succeed };

function* succeed(): Program<Errno> {
  return OK;
}
