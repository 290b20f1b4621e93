import type { Admitted, BusKernel } from '../contract/bus.ts';
import { guarded } from '../contract/guarded.ts';
import type { Hook } from '../contract/strategy.ts';
import { isErrno, OK, type Errno } from '../errno.ts';
import { notMinding, notMindingProgram } from '../minded.ts';
import type { Device, Driver } from '../machine.ts';
import { PluginError } from '../plugin-error.ts';
import { note, perform, type Program } from '../step.ts';
import { configureFirmware } from './firmware.ts';
import { boundDriver } from './group.ts';
import type { Kernel } from './kernel.ts';
import type { Checked } from './ownership.ts';

/** `bus->dma_configure`, held to the contract: an errno, success only through the facade, every call started. */
export function configureHook(kernel: Kernel, device: Device, own: Pick<Checked, 'use' | 'unuse'>): Hook<Errno> {
  const bus = kernel.bus(device);
  return {
    callsUse: bus.callsUse,
    missing: bus.hookless === true,
    *run() {
      const session = open(kernel, device, 'dma_configure', own);
      const verdict = yield* session.started(() => bus.dma_configure(device, session.facade));
      session.close();
      if (!isErrno(verdict))
        throw session.broken(
          `returned ${String(verdict)}, which is no errno; return OK from the ownership facade, or a refusal`,
        );
      if (verdict === OK && !session.admitted())
        throw session.broken(
          'succeeded without the ownership facade; return what ownership.use, notNeeded or bypass returned',
        );
      return verdict;
    },
  };
}

/** `bus->dma_unconfigure`, upstream's `dma_cleanup`. */
export function unconfigureHook(kernel: Kernel, device: Device, own: Pick<Checked, 'use' | 'unuse'>): Hook<void> {
  const bus = kernel.bus(device);
  return {
    callsUse: bus.callsUse,
    missing: bus.hookless === true,
    *run() {
      const session = open(kernel, device, 'dma_unconfigure', own);
      yield* session.started(() => bus.dma_unconfigure(device, session.facade));
      session.close();
    },
  };
}

/** One run of a hook: its facade, and what has to be true of it when it ends. */
function open(kernel: Kernel, mine: Device, hook: string, own: Pick<Checked, 'use' | 'unuse'>) {
  const bus = kernel.bus(mine);
  const unstarted = new Set<{ readonly call: string }>();
  const read = new Set<Driver | undefined>();
  let admitted = false;
  const admit = (): Admitted => {
    admitted = true;
    return OK as Admitted;
  };
  const broken = (what: string): PluginError => new PluginError(`bus '${bus.name}', ${hook}: ${what}`);
  /** Notes a call, which has to be started before the hook ends, and to be about the device the hook was called for. */
  const tracked = <T, U>(
    call: string,
    device: Device,
    program: () => Program<T>,
    answer: (result: T) => U,
  ): Program<U> => {
    if (device !== mine)
      throw broken(`called kernel.${call} for '${device?.name}'; a hook speaks for its own device, '${mine.name}'`);
    const made = { call };
    unstarted.add(made);
    return (function* () {
      unstarted.delete(made);
      return answer(yield* program());
    })();
  };
  const part = <T extends object>(name: string, calls: T): T =>
    guarded(calls, `bus '${bus.name}', ${hook}: kernel.${name}`);
  const facade: BusKernel = {
    firmware: part('firmware', {
      configure: (device, lookup) =>
        tracked('firmware.configure', device, () => configureFirmware(kernel, device, lookup), itself),
    }),
    driver: part('driver', {
      read: (device) =>
        tracked(
          'driver.read',
          device,
          () => readDriver(kernel, device),
          (driver) => (read.add(driver), driver),
        ),
    }),
    dma: part('dma', {
      teardown: (device) =>
        tracked('dma.teardown', device, () => note(`arch_teardown_dma_ops(${device.name})`), itself),
    }),
    ownership: part('ownership', {
      use: (device) =>
        tracked(
          'ownership.use',
          device,
          () => own.use(device),
          (verdict) => (verdict === OK ? admit() : verdict),
        ),
      unuse: (device) =>
        tracked(
          'ownership.unuse',
          device,
          () => own.unuse(device),
          () => {},
        ),
      notNeeded(driver) {
        if (read.size === 0)
          throw broken('called ownership.notNeeded for what is not the answer of driver.read; read dev->driver first');
        if (!read.has(driver)) {
          const needed = [...read].some((one) => one && !one.managesDma);
          throw broken(
            `called ownership.notNeeded for ${told(driver)}, where driver.read had answered ${[...read].map(told).join(', then ')}; ` +
              `pass on what was read${needed ? ', and for a kernel driver call ownership.use' : ''}`,
          );
        }
        if (driver === undefined || driver.managesDma) return admit();
        throw broken(
          `called ownership.notNeeded for '${(driver as Driver).name}', which does not manage DMA itself; call ownership.use`,
        );
      },
      bypass(reason) {
        if (typeof reason === 'string' && reason !== '') return admit();
        throw broken('called ownership.bypass without a reason; say why the check may be left out');
      },
    }),
    oops: (device, reason) => tracked('oops', device, () => crash(kernel, device, reason), itself),
  };
  return {
    facade: guarded(facade, `bus '${bus.name}', ${hook}: kernel`),
    broken,
    admitted: () => admitted,
    started<T>(hooked: () => Program<T>): Program<T> {
      const program = notMinding(hooked);
      if (typeof program === 'object' && program !== null && Symbol.iterator in program)
        return notMindingProgram(() => program);
      throw broken(`is no generator function; write *${hook}(device, kernel)`);
    },
    close() {
      for (const { call } of unstarted)
        throw broken(`made kernel.${call}(...) and never started it; write yield* before it`);
    },
  };
}

const told = (driver: Driver | undefined): string => (driver ? `'${driver.name}'` : 'no driver');

const itself = <T>(result: T): T => result;

export const READ_DRIVER = 'READ_ONCE(dev->driver)';

/** One atomic read of `dev->driver`. */
function readDriver(kernel: Kernel, device: Device): Program<Driver | undefined> {
  const { driver } = kernel.layout.device(device.name);
  return perform({
    name: READ_DRIVER,
    key: `driver(${device.name})`,
    outcomes: [undefined, ...device.drivers],
    touches: [driver],
    run: (cells) => boundDriver(kernel, cells, device),
  });
}

/** The machine stops: nothing comes after this step. */
function* crash(kernel: Kernel, device: Device, text: string): Program<never> {
  const { crashed } = kernel.layout.device(device.name);
  yield* perform({
    name: text,
    key: `crash(${device.name}) ${text}`,
    outcomes: [],
    touches: [crashed],
    run(cells) {
      cells.set(crashed, true);
      cells.emit({ kind: 'crashed', device: device.name, text });
      return undefined as never;
    },
  });
  throw new Error('unreachable: the machine has stopped');
}
