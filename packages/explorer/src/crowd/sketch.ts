import type { Bus, Device, Machine } from '@busward/core';
import { looksAt, namesDomain, type Kind } from '../likeness/kinds.ts';

/** Many like devices of a group, in a machine where few of them stand for all. */
export interface Crowd {
  readonly kind: Kind;
  /** Those that operations work on: as many as can be in flight, and two at least, so that it shows what counts devices. */
  readonly actors: readonly string[];
  /** Those that only stand there. */
  readonly others: readonly string[];
}

/** A machine with a few devices in the place of each crowd. */
export interface Sketch {
  readonly machine: Machine;
  readonly crowds: readonly Crowd[];
}

/** Devices that only stand there: so many are drawn first. */
export const OTHERS = 6;

/** Like devices are a crowd if there are more of them than can be in flight, and than two, of which ways are shown. */
export const isCrowd = ({ devices }: Kind, inFlight: number): boolean =>
  devices.length > Math.max(2, inFlight) && !devices.some(namesDomain);

/**
 * Draws a machine with fewer devices: a crowd ({@link isCrowd}) is drawn as its actors and `others` more, or as it is where
 * it is smaller than that.
 */
export function sketchOf(
  machine: Machine,
  kinds: readonly Kind[],
  buses: readonly Bus[],
  inFlight: number,
  others: number,
): Sketch {
  const acting = Math.max(2, inFlight);
  const crowds = kinds
    .filter((kind) => isCrowd(kind, inFlight))
    .map((kind) => ({ kind, drawn: drawnFor(machine, kind, buses, acting, acting + others) }));
  const devices = machine.devices.flatMap((device) => {
    const crowd = crowds.find(({ kind }) => kind.devices.includes(device));
    if (!crowd) return [device];
    return crowd.kind.devices[0] === device ? crowd.drawn : [];
  });
  return {
    machine: { ...machine, devices },
    crowds: crowds.map(({ kind, drawn }) => {
      const names = drawn.map(({ name }) => name);
      return { kind, actors: names.slice(0, acting), others: names.slice(acting) };
    }),
  };
}

/**
 * In a mixed crowd all actors are of one kind, so that their programs are told alike; then the others take turns, kind by
 * kind. Where there are too few of a kind its first device is copied. A copy has the facts of what it is copied from: where a
 * refinement would relate the two by them, as no two devices of the crowd are, there is none. Nothing is drawn where there are too
 * few of every kind then.
 */
function drawnFor(
  machine: Machine,
  { devices, of }: Kind,
  buses: readonly Bus[],
  acting: number,
  count: number,
): readonly Device[] {
  if (!of) return devices.slice(0, count);
  const lists = of.map((kind) => withCopies(kind.devices));
  const lead = lists.findIndex((list) => list.length >= acting);
  if (lead < 0) return [];
  const drawn = lists[lead]!.slice(0, acting);
  const turns = [...lists.slice(lead + 1), ...lists.slice(0, lead + 1)];
  for (let turn = 0; turn < count; turn++)
    for (const list of turns) {
      const one = list.filter((device) => !drawn.includes(device))[0];
      if (one && drawn.length < count) drawn.push(one);
    }
  return drawn;

  function withCopies(like: readonly Device[]): readonly Device[] {
    const [first] = like;
    const copies = Array.from({ length: count }, (_, at) => ({ ...first!, name: `${first!.name} copy ${at + 1}` }));
    return isRelated(copies[0]!, first!) ? like : [...like, ...copies];
  }

  function isRelated(copy: Device, original: Device): boolean {
    const all = { ...machine, devices: [...machine.devices, copy] };
    return looksAt(original, all, buses).includes(copy) || looksAt(copy, all, buses).includes(original);
  }
}
