import type { Cell } from '@busward/core';
import { startsOf, type Start } from '../tables/compile.ts';
import type { Reduced } from '../search/reduced.ts';
import type { Only } from '../tables/moves.ts';
import type { Pictures } from './picture.ts';
import { sameUsers } from './same-users.ts';
import type { Sample } from './samples.ts';
import type { Crowd } from './sketch.ts';

/** Which moves are looked at in a sample of a picture: together they are all that there are in one of its states, but for names. */
export interface WhatMoves {
  /** What is under way goes on, and what starts needs no device of a crowd that is not at hand already. */
  goesOn(sample: Sample, busy: number): Only;
  /** What starts at the actor that has just left its class. */
  starts(sample: Sample): Only;
}

/** In a further sample only what looks at cells that differ; and of users who are the same one starts. */
export function whatMoves(compiled: Reduced, crowds: readonly Crowd[], pictures: Pictures): WhatMoves {
  const { nodes, system } = compiled;
  const all = startsOf(compiled);
  const actors = new Set(crowds.flatMap((crowd) => crowd.actors));
  const alike = sameUsers(compiled);
  const isSampled = ({ id }: Cell): boolean => pictures.sampled.has(id);
  const nowhere = new Uint8Array(nodes.length);
  const everywhere = nowhere.map(() => 1);
  const sampledNodes = Uint8Array.from(nodes, (node) => (node.kind === 'at' && node.touches.some(isSampled) ? 1 : 0));
  const goingOn = new Map<number, Only>();
  const starting = new Map<string, Only>();

  return {
    goesOn({ row, further }, busy) {
      const same = alike.in(row);
      const key = (same * 2 ** pictures.actors.length + busy) * 2 + (further ? 1 : 0);
      let known = goingOn.get(key);
      if (!known) {
        const atHand = new Set(pictures.actors.filter((_, at) => busy & (1 << at)));
        const starts = alike.without(all, same).filter((one) => {
          const { operation } = one;
          const ready = !('device' in operation) || !actors.has(operation.device) || atHand.has(operation.device);
          return ready && (!further || looks(one));
        });
        goingOn.set(key, (known = { starts, nodes: further ? sampledNodes : everywhere }));
      }
      return known;
    },
    starts({ row, actor, further }) {
      const same = alike.in(row);
      const key = `${actor} ${further} ${same}`;
      let known = starting.get(key);
      if (!known) {
        const starts = alike
          .without(all, same)
          .filter((one) => 'device' in one.operation && one.operation.device === actor && (!further || looks(one)));
        starting.set(key, (known = { starts, nodes: nowhere }));
      }
      return known;
    },
  };

  /** Whether it may be different in a further sample. */
  function looks({ first, operation }: Start): boolean {
    return first.touches.some(isSampled) || system.possible(operation).touches.some(isSampled);
  }
}
