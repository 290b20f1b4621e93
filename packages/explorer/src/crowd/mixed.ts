import type { Device, Machine } from '@busward/core';
import { takenAsOne, type Kind } from '../likeness/kinds.ts';
import { areFew } from '../likeness/represent.ts';
import { isCrowd, type Crowd, type Sketch } from './sketch.ts';

/** No sketch shows more kinds in one crowd. */
const MOST = 6;

/**
 * The kinds, with those of a group taken as one that core knows nothing different of, where that makes a crowd. They are on
 * several buses, or a refinement looks at some of them only; under many strategies nothing comes of that. Whoever draws
 * pictures of such a crowd has to see to it ({@link rearranged}). Where devices are few, all their states are as soon seen.
 */
export function mixed(kinds: readonly Kind[], inFlight: number): readonly Kind[] {
  if (areFew(kinds, inFlight) && !kinds.some((kind) => isCrowd(kind, inFlight))) return kinds;
  return takenAsOne(kinds, (all) => all.of!.length <= MOST && isCrowd(all, inFlight));
}

/**
 * The sketch with the devices of each mixed crowd in other places: moved on, so that each kind acts once, and back to front.
 * If its tables are the same then, it does not matter who is where.
 */
export function rearranged(sketch: Sketch): readonly Sketch[] {
  return sketch.crowds
    .filter(({ kind }) => kind.of !== undefined)
    .flatMap((crowd) => {
      const drawn = drawnOf(crowd).map((name) => sketch.machine.devices.find((device) => device.name === name)!);
      const turns = crowd.kind.of!.slice(1).map((_, kind) => {
        const by = crowd.actors.length + kind;
        return [...drawn.slice(by), ...drawn.slice(0, by)];
      });
      return [...turns, ...(crowd.kind.of!.length > 2 ? [drawn.toReversed()] : [])].map((order) =>
        withDevices(sketch, crowd, order),
      );
    });
}

/**
 * The sketch with the last devices of each crowd that is of one kind, back to front. If its tables are not the same then, these are
 * told apart by their names, or by where they stand.
 */
export const fromTheEnd = (sketch: Sketch): Sketch =>
  sketch.crowds
    .filter(({ kind }) => kind.of === undefined)
    .reduce(
      (so, crowd) => withDevices(so, crowd, crowd.kind.devices.toReversed().slice(0, drawnOf(crowd).length)),
      sketch,
    );

/**
 * The same with the devices of each crowd back to front, behind everybody that they stood before: who acts is the last. If its tables
 * are not the same then, devices are told apart by where they stand.
 */
export function turnedRound({ machine, crowds }: Sketch, whole: Machine): Sketch {
  const ends = crowds.map(({ kind }) => whole.devices.findLast((device) => kind.devices.includes(device)));
  const devices = whole.devices.flatMap((device) => {
    const own = crowds.find(({ kind }) => kind.devices.includes(device));
    if (!own) return [device];
    const drawn = drawnOf(own);
    return ends.includes(device) ? machine.devices.filter(({ name }) => drawn.includes(name)).toReversed() : [];
  });
  return { machine: { ...machine, devices }, crowds };
}

const drawnOf = ({ actors, others }: Crowd): readonly string[] => [...actors, ...others];

/** The sketch with these devices in the place of those that are drawn of a crowd. */
function withDevices({ machine, crowds }: Sketch, crowd: Crowd, order: readonly Device[]): Sketch {
  const drawn = drawnOf(crowd);
  const names = order.map(({ name }) => name);
  const { length } = crowd.actors;
  return {
    machine: { ...machine, devices: machine.devices.map((device) => order[drawn.indexOf(device.name)] ?? device) },
    crowds: crowds.map((one) =>
      one === crowd ? { ...crowd, actors: names.slice(0, length), others: names.slice(length) } : one,
    ),
  };
}
