import type { Device, Machine } from '@busward/core';
import type { Kind } from '../alike.ts';

/** Many like devices of a group, in a machine where few of them stand for all. */
export interface Crowd {
  readonly kind: Kind;
  /** Those that operations work on: as many as can be in flight. */
  readonly actors: readonly string[];
  /** Those that only stand there. */
  readonly others: readonly string[];
}

/** A machine with a few devices in the place of each crowd. */
export interface Sketch {
  readonly machine: Machine;
  readonly crowds: readonly Crowd[];
}

/** Like devices are a crowd if there are more of them than can be in flight, and than two, of which ways are shown. */
export const isCrowd = ({ devices }: Kind, inFlight: number): boolean =>
  devices.length > Math.max(2, inFlight) && !devices.some(namesDomain);

/**
 * Draws a machine with fewer devices: a crowd ({@link isCrowd}) is drawn as `inFlight` actors and `others` more. Where a crowd is smaller than that, its first device is copied.
 */
export function sketchOf(machine: Machine, kinds: readonly Kind[], inFlight: number, others: number): Sketch {
  const crowds = kinds
    .filter((kind) => isCrowd(kind, inFlight))
    .map((kind) => ({ kind, drawn: drawnFor(kind, inFlight + others) }));
  const devices = machine.devices.flatMap((device) => {
    const crowd = crowds.find(({ kind }) => kind.devices.includes(device));
    if (!crowd) return [device];
    return crowd.kind.devices[0] === device ? crowd.drawn : [];
  });
  return {
    machine: { ...machine, devices },
    crowds: crowds.map(({ kind, drawn }) => {
      const names = drawn.map(({ name }) => name);
      return { kind, actors: names.slice(0, inFlight), others: names.slice(inFlight) };
    }),
  };
}

/** A domain that is named after its device tells it from the others. */
const namesDomain = ({ drivers }: Device): boolean =>
  drivers.some((driver) => !driver.managesDma && driver.ownDomain !== undefined);

const drawnFor = ({ devices: [first, ...rest] }: Kind, count: number): readonly Device[] =>
  Array.from({ length: count }, (_, at) =>
    at === 0 ? first! : (rest[at - 1] ?? { ...first!, name: `${first!.name} copy ${at}` }),
  );
