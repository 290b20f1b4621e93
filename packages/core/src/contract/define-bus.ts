import { configureHook, unconfigureHook } from '../kernel/bus-kernel.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { layOut } from '../kernel/layout.ts';
import { EBUSY, EPROBE_DEFER, OK, type Errno } from '../errno.ts';
import { kernelDriver, machine, userDriver, type Device, type Facts } from '../machine.ts';
import { PluginError } from '../plugin-error.ts';
import { note, perform, type Program } from '../step.ts';
import { unfold, type Place } from '../unfold.ts';
import { contains } from '../version.ts';
import type { Bus, BusDefinition, Revision } from './bus.ts';

/**
 * Makes a bus plugin: checks its shape, runs its hooks through everything the kernel can answer, and freezes it.
 * Throws a {@link PluginError} that names the bus, the hook and the call.
 */
export function defineBus<const B extends string, F extends Facts>(definition: BusDefinition<B, F>): Bus<B, F> {
  checkShape(definition);
  const bus = completed(definition);
  const revisions = new Map<string, Bus<B, F>>();
  // No kernel had the refinement.
  const { refine: _, ...upstream } = definition;
  for (const revision of definition.history) completed({ ...upstream, ...hooksOf(revision) });
  return bus;

  function completed(of: BusDefinition<B, F>, past?: Pick<Bus<B, F>, 'asIn' | 'revision'>): Bus<B, F> {
    const draft: Bus<B, F> = { ...of, at, callsUse: false, ...past };
    return Object.freeze({ ...draft, callsUse: probeHooks(draft as Bus) });
  }

  function at(version: string): Bus<B, F> {
    const revision =
      definition.history.find(({ commit }) => commit === version) ??
      definition.history.findLast((one) => contains(one.since, version));
    if (revision) {
      // To complete one is to run its hooks through everything.
      const known =
        revisions.get(version) ??
        completed({ ...upstream, ...hooksOf(revision), says: revision.says }, { asIn: version, revision });
      revisions.set(version, known);
      return known;
    }
    const first = definition.history[0];
    throw new PluginError(
      `bus '${definition.name}' has no revision for Linux ${version}; ` +
        (first ? `its history begins with ${first.since[0]} (${first.commit})` : 'its history is empty'),
    );
  }
}

const hooksOf = <B extends string, F extends Facts>({ dma_configure, dma_unconfigure, hookless }: Revision<B, F>) => ({
  dma_configure,
  dma_unconfigure,
  ...(hookless && { hookless }),
});

const required = ['dma_configure', 'dma_unconfigure', 'example', 'firmware', 'recognise', 'isolation'] as const;
const sentences = ['source', 'says'] as const;
const lists = ['managedDrivers', 'history'] as const;

function checkShape(definition: BusDefinition<string, Facts>): void {
  const broken = (what: string): PluginError =>
    new PluginError(`bus '${String((definition as { name?: unknown } | undefined)?.name)}': ${what}`);
  if (
    typeof definition !== 'object' ||
    definition === null ||
    typeof definition.name !== 'string' ||
    definition.name === ''
  )
    throw new PluginError(`a bus needs a name; write defineBus({ name: 'mybus', ... })`);
  for (const part of required)
    if (typeof definition[part] !== 'function')
      throw broken(`${part} is ${typeof definition[part]}; write a function there`);
  for (const part of sentences)
    if (typeof definition[part] !== 'string')
      throw broken(`${part} is ${typeof definition[part]}; write a sentence there`);
  const known = ['name', ...sentences, ...required, 'role', 'special', 'refine', 'hookless', ...lists];
  const added = ['at', 'asIn', 'revision', 'callsUse'];
  for (const part of Object.keys(definition))
    if (![...known, ...added].includes(part))
      throw broken(`has a part '${part}', which means nothing; its parts are ${known.join(', ')}`);
  for (const part of lists)
    if (!Array.isArray(definition[part]))
      throw broken(`${part} is ${typeof definition[part]}; write a list there, [] if there is none`);
  for (const driver of definition.managedDrivers)
    if (typeof driver.name !== 'string' || !driver.managesDma)
      throw broken(`managedDrivers has ${JSON.stringify(driver)}; write userDriver('name') or stubDriver('name')`);
}

/** Runs both hooks through every answer the kernel can give; says whether `use` was called. Throws what a hook throws. */
function probeHooks(bus: Bus): boolean {
  const device: Device = {
    name: 'a device',
    bus: bus.name,
    facts: bus.example('a device'),
    group: 'a group',
    joins: 'at first bind',
    direct: false,
    bridge: false,
    drivers: [kernelDriver('a kernel driver'), userDriver('a driver that manages DMA')],
  };
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
  for (const [name, hook] of [
    ['dma_configure', configureHook(kernel, device, own)],
    ['dma_unconfigure', unconfigureHook(kernel, device, own)],
  ] as const) {
    const what = `bus '${bus.name}', ${name}`;
    const first = unfold(() => hook.run(), what);
    failOnThrow(first, what, []);
    const seen = JSON.stringify(first);
    for (let again = 0; again < 8; again++)
      if (JSON.stringify(unfold(() => hook.run(), what)) !== seen)
        throw new PluginError(
          `${what} is not deterministic: the same outcomes led to different ends; it may depend on nothing else`,
        );
  }
  return called;
}

function failOnThrow(place: Place, what: string, history: readonly string[]): void {
  if (place.kind === 'throws') {
    if (place.error instanceof PluginError) throw place.error;
    throw new PluginError(
      `${what} threw '${place.error.message}'${history.length > 0 ? ` after ${history.join(', ')}` : ''}`,
    );
  }
  if (place.kind === 'step')
    place.next.forEach((next, at) =>
      failOnThrow(next, what, [...history, `${place.atom.name} gave ${nameOf(place.atom.outcomes[at])}`]),
    );
}

const nameOf = (outcome: unknown): string =>
  typeof outcome === 'object' && outcome !== null && 'name' in outcome ? String(outcome.name) : String(outcome);
