import type { Start } from '../tables/compile.ts';
import { tabulate } from '../tables/table.ts';
import type { Judges } from '../judging/judges.ts';
import { promisingFirst } from '../likeness/promising.ts';
import { breachText, missingIn, type Breach } from '../search/breach.ts';
import type { Enough } from '../search/ended.ts';
import { exploring, type Limits, type Violation } from '../search/explore.ts';
import type { Reduced } from '../search/reduced.ts';
import type { Watched } from '../search/watched.ts';
import type { AtMost } from './at-most.ts';
import type { DeviceExchange } from './exchange.ts';

/** What was found where few devices do anything. */
export interface AmongFew {
  readonly states: number;
  /** Each with a way that is shortest of those in which only these few do anything. */
  readonly violations: readonly Violation[];
  /** So many of them, at most. */
  readonly most: number;
}

/** Who is like whom, and how a way of one becomes a way of the other. */
export type Likeness = Pick<DeviceExchange, 'kin' | 'exchanged'>;

/** Devices that do anything: most of what can be broken is broken by two, and what two cannot break three often can. */
const SIZES = [2, 3];
/** States that are looked at of all few together: there are other ways to find what these do not. */
const MOST_STATES = 100_000;
/** States after which these go on in linear memory: tables know most of what there is. */
const LINEAR_AFTER = 100;

/**
 * Looks for ways to what is `wanted` in the same system with all devices but a few idle, one few after another: a way that is
 * found there is one of the whole, and, with another device in its place, of any that is like it. Not all that is wanted need be
 * there; and less may be enough.
 */
export function* lookingAmongFew(
  compiled: Reduced,
  judges: Judges,
  wanted: readonly Breach[],
  limits: Limits,
  { kin, exchanged }: Likeness,
  isEnough?: (found: readonly Breach[]) => Enough | undefined,
): Watched<AmongFew> {
  const names = promisingFirst(compiled.system.machine.devices).map(({ name }) => name);
  const found = new Map<string, Violation>();
  const missing = (device: string): readonly Breach[] =>
    wanted.filter((one) => one.device === device && !found.has(breachText(one)));
  let states = 0;
  let most = 0;
  for (const few of fews(names, kin, (device) => missing(device).length > 0)) {
    if (states >= MOST_STATES || isEnough?.([...found.values()])) break;
    const mine = few.flatMap(missing);
    const bounded = {
      ...limits,
      linearAfter: LINEAR_AFTER,
      maxStates: Math.min(limits.maxStates, MOST_STATES - states),
    };
    const looked = yield* exploring(onlyWith(compiled, few), judges, bounded, (broken) =>
      missingIn(broken, mine).length === 0 ? 'all' : undefined,
    );
    states += looked.states;
    for (const { principle, device, path } of looked.violations)
      for (const like of kin(device)) {
        const one = { principle, device: like, path: exchanged(path, device, like) };
        if (found.has(breachText(one))) continue;
        found.set(breachText(one), one);
        most = few.length;
      }
    if (looked.ended.kind === 'stopped') break;
  }
  return { states, violations: [...found.values()], most };
}

export const noLikeness: Likeness = { kin: (device) => [device], exchanged: (path) => path };

/** Ways of one device are ways of those like it, where operations begin as they do in the system itself. */
export const likenessIn = ({ exchange, isPast }: Pick<AtMost, 'exchange' | 'isPast'>): Likeness =>
  isPast === true ? noLikeness : exchange;

/** Two devices, and then three, one of which at least `isWanted` when it is their turn; of those that are alike some. */
function* fews(
  devices: readonly string[],
  kin: Likeness['kin'],
  isWanted: (device: string) => boolean,
): Generator<readonly string[]> {
  const kindOf = (few: readonly string[]): string => JSON.stringify(few.map((device) => kin(device)[0]!).toSorted());
  for (const size of SIZES) {
    const seen = new Set<string>();
    for (const few of size < devices.length ? choose(devices, size) : [])
      if (!seen.has(kindOf(few)) && few.some(isWanted)) {
        seen.add(kindOf(few));
        yield few;
      }
  }
}

/** Every way to choose so many of them. */
function choose<T>(some: readonly T[], many: number): readonly (readonly T[])[] {
  if (many === 0) return [[]];
  return some.flatMap((one, at) => choose(some.slice(at + 1), many - 1).map((rest) => [one, ...rest]));
}

/** The same system, in which nobody begins anything with other devices. */
function onlyWith(compiled: Reduced, few: readonly string[]): Reduced {
  const never = tabulate('guard of what is left out', compiled.cells, [], () => false);
  const isLeftOut = ({ operation }: Start): boolean => 'device' in operation && !few.includes(operation.device);
  const nodes = compiled.nodes.map((node) =>
    node.kind === 'at'
      ? node
      : { ...node, starts: node.starts.map((one) => (isLeftOut(one) ? { ...one, possible: never } : one)) },
  );
  return { ...compiled, nodes };
}
