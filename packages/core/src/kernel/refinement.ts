import type { Cell, Cells, Happening } from '../cell.ts';
import type { Seen } from '../contract/bus.ts';
import { guarded } from '../contract/guarded.ts';
import type { Claim } from '../contract/strategy.ts';
import { EBUSY, EPROBE_DEFER, OK, type Errno } from '../errno.ts';
import { minding, notMinding } from '../minded.ts';
import { membersOf, type Device } from '../machine.ts';
import { blamed, PluginError } from '../plugin-error.ts';
import { replaceSteps, WAIT, type Atom, type Program } from '../step.ts';
import { boundDriver } from './group.ts';
import type { Kernel } from './kernel.ts';

/** `use` of `device`, where its bus may refuse what the strategy admits. */
export const refineUse = (kernel: Kernel, device: Device, program: Program<Errno>): Program<Errno> =>
  refine(kernel, [device], 'kernel', program);

/** A claim, where the bus of every member may refuse what the strategy admits. */
export const refineClaim = (kernel: Kernel, { group }: Claim, program: Program<Errno>): Program<Errno> =>
  refine(kernel, membersOf(kernel.machine, group), 'user', program);

function refine(
  kernel: Kernel,
  devices: readonly Device[],
  by: 'kernel' | 'user',
  program: Program<Errno>,
): Program<Errno> {
  const judges = devices.flatMap((device) => {
    const refinement = kernel.bus(device).refine;
    if (!refinement) return [];
    const looksAt: unknown = blamed(`bus '${device.bus}', refine`, () =>
      notMinding(() => refinement.of(device, kernel.machine.devices)),
    );
    if (!isDevices(looksAt))
      throw new PluginError(
        `bus '${device.bus}', refine: of() returned no list of devices; return some of those it was given`,
      );
    return [{ device, refinement, looksAt }];
  });
  if (judges.length === 0) return program;
  const reads = judges.flatMap(({ device, looksAt }) => [
    kernel.layout.device(device.name).member,
    ...looksAt.flatMap((one) => footprint(kernel, one)),
  ]);
  const verdictOf = (cells: Cells): Errno => {
    for (const { device, refinement, looksAt } of judges) {
      const what = `bus '${device.bus}', refine`;
      const seen = looksAt.map((one) => guarded(see(kernel, cells, one), `${what}: what it sees of ${one.name}`));
      const verdict: Errno = blamed(what, () => minding(kernel.strategy, () => refinement.judge(device, by, seen)));
      if (verdict === OK || (by === 'user' && !cells.get(kernel.layout.device(device.name).member))) continue;
      if (verdict === EBUSY || verdict === EPROBE_DEFER) return verdict;
      throw new PluginError(
        `bus '${device.bus}', refine: judged ${String(verdict)}; it may only return OK, EBUSY or EPROBE_DEFER`,
      );
    }
    return OK;
  };
  return replaceSteps(program, (atom) => restricted(atom, reads, verdictOf));
}

function see(kernel: Kernel, cells: Cells, device: Device): Seen {
  const owned =
    device.group !== undefined &&
    cells.get(kernel.layout.device(device.name).member) &&
    cells.get(kernel.layout.group(device.group).owner).startsWith('user');
  return { device, driver: boundDriver(kernel, cells, device), ownedByUser: owned };
}

function footprint(kernel: Kernel, device: Device): readonly Cell[] {
  const { driver, member } = kernel.layout.device(device.name);
  const owner = device.group === undefined ? [] : [kernel.layout.group(device.group).owner];
  return [driver, member, ...owner];
}

const isDevices = (value: unknown): value is readonly Device[] =>
  Array.isArray(value) && value.every((one) => typeof (one as Device | undefined)?.name === 'string');

/** The atom, undone and refused where it admits and `verdictOf` does not: a refinement cannot admit. */
function restricted(atom: Atom, reads: readonly Cell[], verdictOf: (cells: Cells) => Errno): Atom {
  return {
    ...atom,
    key: `${atom.key} refined`,
    outcomes: [...new Set([...atom.outcomes, EBUSY, EPROBE_DEFER])],
    touches: [...new Set([...atom.touches, ...reads])],
    run(cells) {
      const draft = draftOf(cells);
      const outcome = atom.run(draft.cells);
      if (outcome === WAIT) return outcome;
      const verdict = outcome === OK ? verdictOf(cells) : OK;
      if (verdict !== OK) return verdict;
      draft.commit();
      return outcome;
    },
  };
}

/** Writes and happenings held back until `commit`. */
function draftOf(cells: Cells): { readonly cells: Cells; commit(): void } {
  const written = new Map<Cell, unknown>();
  const events: Happening[] = [];
  return {
    cells: {
      get: <T>(cell: Cell<T>) => (written.has(cell) ? (written.get(cell) as T) : cells.get(cell)),
      set: (cell, value) => void written.set(cell, value),
      emit: (event) => void events.push(event),
    },
    commit() {
      for (const [cell, value] of written) cells.set(cell, value);
      events.forEach((event) => cells.emit(event));
    },
  };
}
