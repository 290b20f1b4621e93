import { groupBy } from '../group-by.ts';
import { kindsOf, loosened, namesDomain, type Kind } from '../likeness/kinds.ts';
import { startsOf, type Compiled } from '../tables/compile.ts';
import { looksOneByOne } from '../likeness/one-by-one.ts';
import { likeDevice, likeDevicesOf, type LikeDevice, type LikeDevices } from './like-devices.ts';
import { arrangementsOf, choicesOf, ordersOf, type Arrangement, type Mixture } from './arrangements.ts';
import type { Turn } from '../tables/turns.ts';

/** Devices of a system that can change places without anything being different but names ({@link kindsOf}). */
export interface DeviceExchange {
  /** In how many orders like devices can be: so many times fewer states there are, at most. */
  readonly orders: number;
  /** Those that a device can change places with, itself among them. */
  likes(device: string): readonly string[];
  /** Those among them of which core knows that they are alike, whatever tables say. */
  kin(device: string): readonly string[];
  readonly devices: LikeDevices;
  /** Ways to put devices of kinds that were taken for one in each other's places: tables have to {@link devicesAgree} that nothing comes of it. */
  readonly arrangements: readonly Arrangement[];
  /** Devices are taken to be alike of which core knows that they are not on one bus, or in one role. */
  readonly isLoose: boolean;
  /** The same path with two like devices in each other's place. */
  exchanged(path: readonly Turn[], one: string, other: string): readonly Turn[];
}

/** More ways to put devices in each other's places are not looked at. */
const MOST_ARRANGEMENTS = 20;

/**
 * Nothing if slots are told apart, if an operation goes through like devices one by one, or if members can leave: who is like whom
 * may hang on the first that refuses a domain. `loosely` takes kinds for one that
 * core knows nothing different of ({@link loosened}).
 */
export function deviceExchangeOf(compiled: Compiled, loosely?: 'loosely'): DeviceExchange | undefined {
  const { system, initial, symmetric } = compiled;
  const { machine, strategy, bus } = system.kernel;
  if (!symmetric || startsOf(compiled).some(({ operation }) => operation.do === 'remove')) return undefined;
  const buses = [...new Set(machine.devices.map(bus))];
  const strict = kindsOf(machine, buses, strategy);
  const mixtures = (loosely ? loosened(strict) : strict)
    .filter(({ group, devices }) => group !== undefined && devices.length > 1 && !devices.some(namesDomain))
    .flatMap(mixturesOf)
    .filter(({ devices }) => devices.length > 1);
  const arrangements = arrangementsOf(compiled, mixtures, MOST_ARRANGEMENTS);
  if (!arrangements) return undefined;
  const kinds = mixtures.map(({ devices }) => devices);
  if (
    looksOneByOne(
      compiled,
      kinds.map((alike) => alike.map(({ name }) => name)),
    ) !== undefined
  )
    return undefined;

  const kindOf = (device: string) => kinds.find((alike) => alike.some(({ name }) => name === device));

  return {
    orders: ordersOf(kinds.map(({ length }) => length)),
    devices: likeDevicesOf(compiled, kinds),
    arrangements,
    isLoose: mixtures.some(({ classes }) => classes.length > 1),
    likes: (device) => kindOf(device)?.map(({ name }) => name) ?? [device],
    kin: (device) =>
      mixtures
        .flatMap(({ devices, classes }) => classes.map((some) => some.map((at) => devices[at]!.name)))
        .find((some) => some.includes(device)) ?? [device],
    exchanged(path, one, other) {
      const [mine, theirs] = [choicesOf(compiled, one), choicesOf(compiled, other)];
      const twins = new Map([
        ...mine.map((choice, at) => [choice, theirs[at]!] as const),
        ...theirs.map((choice, at) => [choice, mine[at]!] as const),
      ]);
      return path.map(({ lane, start }) =>
        start === undefined ? { lane } : { lane, start: twins.get(start) ?? start },
      );
    },
  };

  /**
   * Those of a kind that have as many cells and places, and begin alike; what is on several buses need not. In the order of the
   * machine, in which most steps look at them: what one finds early its twin does not find late.
   */
  function mixturesOf({ devices, of }: Kind): readonly Mixture[] {
    const alike = machine.devices.filter((one) => devices.includes(one)).map((one) => likeDevice(compiled, one.name));
    const classOf = (name: string): number =>
      (of ?? []).findIndex((one) => one.devices.some((own) => own.name === name));
    const shapeOf = ({ cells: own, nodes: at }: LikeDevice): string =>
      `${at.length} ${own.map((id) => initial[id]).join()}`;
    return [...groupBy(alike, shapeOf).values()].map((some) => ({
      devices: some,
      classes: [...groupBy([...some.keys()], (at) => classOf(some[at]!.name)).values()],
    }));
  }
}
