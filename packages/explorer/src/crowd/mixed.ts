import { takenAsOne, type Kind } from '../kinds.ts';
import { areFew } from '../represent.ts';
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
      const names = [...crowd.actors, ...crowd.others];
      const turns = crowd.kind.of!.slice(1).map((_, kind) => {
        const by = crowd.actors.length + kind;
        return [...names.slice(by), ...names.slice(0, by)];
      });
      return [...turns, ...(crowd.kind.of!.length > 2 ? [names.toReversed()] : [])].map((order) =>
        inOrder(sketch, crowd, order),
      );
    });
}

function inOrder({ machine, crowds }: Sketch, crowd: Crowd, order: readonly string[]): Sketch {
  const names = [...crowd.actors, ...crowd.others];
  const devices = machine.devices.map((device) => {
    const at = names.indexOf(device.name);
    return at < 0 ? device : machine.devices.find(({ name }) => name === order[at])!;
  });
  const { length } = crowd.actors;
  return {
    machine: { ...machine, devices },
    crowds: crowds.map((one) =>
      one === crowd ? { ...crowd, actors: order.slice(0, length), others: order.slice(length) } : one,
    ),
  };
}
