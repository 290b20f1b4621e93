import { startsOf, type At, type Compiled } from '../tables/compile.ts';
import { pairedEvents } from '../tables/same-events.ts';
import { sameWrites } from '../tables/same-writes.ts';
import { situationsIn } from '../tables/situations.ts';
import type { Entry, Situation, Table } from '../tables/table.ts';
import type { Happening } from '@busward/core';
import { brokenAt, type Broken, type Judges, type StateJudge } from '../judging/judges.ts';
import { mindedOf } from '../likeness/minded.ts';
import { aboutWhom } from './about-whom.ts';
import type { Arrangement } from './arrangements.ts';

/** Devices were taken to be alike, and are not: since something was minded meanwhile, or as tables show. */
export class DevicesUnlike extends Error {
  readonly by: 'minded' | 'tables';
  constructor(by: DevicesUnlike['by']) {
    super(`devices are not alike: ${by}`);
    this.by = by;
  }
}

/** Throws {@link DevicesUnlike} if devices that change places are not alike, as far as has come up. */
export function seeThatAlike(compiled: Compiled, judges: Judges, arrangements: readonly Arrangement[]): void {
  const { machine, strategy } = compiled.system.kernel;
  const minded = new Map(machine.devices.map((device) => [device.name, mindedOf(device, strategy)]));
  if (arrangements.some(({ devices }) => [...devices].some(([one, other]) => minded.get(one) !== minded.get(other))))
    throw new DevicesUnlike('minded');
  if (!devicesAgree(compiled, judges, arrangements)) throw new DevicesUnlike('tables');
}

/** So many situations of a table are looked at for one of its twin's, where it reads more: one that goes on until it finds somebody may read all. */
const MOST = 500;

/**
 * Whether devices of several kinds can be put in each other's places without anything being different, in every situation
 * that has come up: what is looked at before an operation starts, and each step, do with them in other places what they did,
 * to those who are there now.
 */
export function devicesAgree(compiled: Compiled, judges: Judges, arrangements: readonly Arrangement[]): boolean {
  const { cells, initial, nodes } = compiled;
  const situationsOf = situationsIn(cells, initial, 'only asked');
  const about = aboutWhom(compiled, arrangements);
  const starts = startsOf(compiled);
  const steps = new Map<At, { readonly whom: number; twin(arrangement: Arrangement): At }>();
  starts.forEach(({ first }, choice) =>
    steps.set(first, { whom: about.start(choice), twin: ({ starts: to }) => starts[to[choice]!]!.first }),
  );
  nodes.forEach((node, at) => {
    if (node.kind === 'at') steps.set(node, { whom: about.node(at), twin: ({ nodes: to }) => nodes[to[at]!] as At });
  });
  return (
    starts.every((start, choice) =>
      start.possible.learned().every((here) =>
        about.placed(about.start(choice) | about.reads(here)).every((arrangement) => {
          const { possible } = starts[arrangement.starts[choice]!]!;
          return doesSame(arrangement, here, possible, (x, y) => x.result === y.result);
        }),
      ),
    ) &&
    [...steps].every(([one, { whom, twin }]) =>
      one.table.learned().every((here) =>
        about.placed(whom | about.step(one, here)).every((arrangement) => {
          const other = twin(arrangement);
          return doesSame(arrangement, here, other.table, (x, y) => sameStep(arrangement, one, x, other, y));
        }),
      ),
    ) &&
    (judges.ours || judges.states.every(judgesSame))
  );

  /** Others than core's may judge by anything. */
  function judgesSame({ table, devices }: StateJudge): boolean {
    return arrangements.every((arrangement) => {
      const places = devices.map((name) => devices.indexOf(arrangement.devices.get(name) ?? name));
      return table
        .learned()
        .every((here) =>
          doesSame(arrangement, here, table, (x, y) => brokenAt(places, x.result) === y.result, 'or some'),
        );
    });
  }

  function hearsSame(arrangement: Arrangement, mine: Happening, yours: Happening): boolean {
    if (!judges.hears(mine)) return true;
    const told = (broken: readonly Broken[], nameOf: (device: string) => string): string =>
      JSON.stringify(broken.map(({ principle, devices }) => [principle.id, devices.map(nameOf).toSorted()]));
    const becomes = (name: string): string => arrangement.devices.get(name) ?? name;
    return [true, false].every((alone) =>
      judges
        .eventTable(mine, alone)
        .learned()
        .every((here) =>
          doesSame(
            arrangement,
            here,
            judges.eventTable(yours, alone),
            (x, y) => told(x.result, becomes) === told(y.result, (name) => name),
            'or some',
          ),
        ),
    );
  }

  /** Whatever else the other table reads there. */
  function doesSame<T>(
    { cells: moved }: Arrangement,
    { reads, values, entry }: Situation<T>,
    other: Table<T>,
    same: (x: Entry<T>, y: Entry<T>) => boolean,
    orSome?: 'or some',
  ): boolean {
    const given = reads.map((id) => moved[id]!);
    const twins = situationsOf(other, given, values, MOST, orSome);
    return twins?.every((twin) => same(entry, twin.entry)) === true;
  }

  function sameStep(arrangement: Arrangement, one: At, x: Entry<number>, other: At, y: Entry<number>): boolean {
    if (x.failure || y.failure) return x.failure?.name === y.failure?.name;
    if (x.result < 0 || y.result < 0) return x.result === y.result;
    const [next, twin] = [one.next[x.result], other.next[y.result]];
    if ((next === undefined) !== (twin === undefined) || (next?.error === undefined) !== (twin?.error === undefined))
      return false;
    if (next && twin && !next.error && arrangement.nodes[next.to] !== twin.to) return false;
    return sameWrites(x.writes, y.writes, arrangement.cells) && saySame(arrangement, x.events, y.events);
  }

  function saySame(arrangement: Arrangement, mine: readonly Happening[], yours: readonly Happening[]): boolean {
    const pairs = pairedEvents(mine, yours, (value) => arrangement.devices.get(value as string) ?? value);
    return pairs?.every(([event, twin]) => judges.ours || hearsSame(arrangement, event, twin)) === true;
  }
}
