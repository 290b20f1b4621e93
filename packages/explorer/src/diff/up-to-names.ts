import { driverOf, isVfioDriver, type Machine, type Operation } from '@busward/core';

/** Operations on a machine. */
export interface Done {
  readonly machine: Machine;
  readonly operations: readonly Operation[];
}

/**
 * Whether `all` contains `some`, each operation as often, once the devices, groups, users and drivers of `some` are called as
 * their likes in `all`. A device is like another on its bus, a driver like another of its kind; the rest of the machines
 * (who joins when, whether the IOMMU comes later) is not looked at.
 */
export function containsUpToNames(all: Done, some: Done): boolean {
  if (some.operations.length > all.operations.length) return false;
  const left = all.operations.map((operation) => ({ operation, taken: false }));
  return match(0, new Map());

  /** Finds partners for the operations of `some` from `at` on, under a renaming that is made on the way. */
  function match(at: number, names: ReadonlyMap<string, string>): boolean {
    const wanted = some.operations[at];
    if (!wanted) return true;
    for (const candidate of left) {
      if (candidate.taken) continue;
      const longer = renamed(wanted, candidate.operation, names);
      if (!longer) continue;
      candidate.taken = true;
      if (match(at + 1, longer)) return true;
      candidate.taken = false;
    }
    return false;
  }

  /** `names` and what it takes to make one operation of the other; `undefined` if nothing does. */
  function renamed(
    one: Operation,
    other: Operation,
    names: ReadonlyMap<string, string>,
  ): ReadonlyMap<string, string> | undefined {
    const [mine, yours] = [partsOf(some.machine, one), partsOf(all.machine, other)];
    if (one.do !== other.do || mine.length !== yours.length) return undefined;
    const longer = new Map(names);
    for (const [at, part] of mine.entries()) {
      const twin = yours[at]!;
      if (part.like !== twin.like) return undefined;
      if (part.name === '') continue;
      const before = longer.get(part.name);
      if (before === undefined ? [...longer.values()].includes(twin.name) : before !== twin.name) return undefined;
      longer.set(part.name, twin.name);
    }
    return longer;
  }
}

interface Part {
  /** `device A`; '' for what is told by its kind alone. */
  readonly name: string;
  readonly like: string;
}

/** What an operation is about. A device brings its group, so that who shares one is kept. */
function partsOf(machine: Machine, operation: Operation): readonly Part[] {
  const parts: Part[] = [];
  const device = 'device' in operation ? operation.device : undefined;
  if (device !== undefined) {
    const { bus, group } = machine.devices.find(({ name }) => name === device)!;
    parts.push({ name: `device ${device}`, like: bus }, { name: `group ${group}`, like: String(group !== undefined) });
    if ('driver' in operation) {
      const driver = driverOf(machine, device, operation.driver);
      parts.push({ name: '', like: JSON.stringify([driver.managesDma, isVfioDriver(driver)]) });
    }
  }
  if ('group' in operation) parts.push({ name: `group ${operation.group}`, like: 'true' });
  if ('type' in operation) parts.push({ name: '', like: operation.type });
  if ('user' in operation) {
    const { through } = machine.users.find(({ name }) => name === operation.user)!;
    parts.push({ name: `user ${operation.user}`, like: through });
  }
  return parts;
}
