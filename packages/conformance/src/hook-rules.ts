import { OK, type Driver, type RuleNumber } from '@busward/core';
import { answerText, readsOf, type Way } from './ways.ts';

/** Both hooks of a bus, in every way. */
export interface HookWays {
  readonly configure: readonly Way[];
  readonly unconfigure: readonly Way[];
  /** None of its devices ever has a group, so that there is nothing to check. */
  readonly ungrouped: boolean;
}

/** A way that breaks a rule. */
export interface Offence {
  readonly found: string;
  readonly way: Way;
  /** A way through the other hook that does not fit it. */
  readonly cleanup?: Way;
  readonly change: string;
}

/** The rules that can be told from the hooks alone. */
export type HookRule = Exclude<RuleNumber, 7 | 8>;

/** Finds the shortest way that breaks the rule. */
export const offenceAgainst = (rule: HookRule, hooks: HookWays): Offence | undefined => looks[rule](hooks);

const looks: Readonly<Record<HookRule, (hooks: HookWays) => Offence | undefined>> = {
  1: ({ configure, ungrouped }) =>
    first(refusedFirst(configure), (way) => {
      const refused = refusalIn(way);
      if (refused && refused.answer !== resultOf(way) && way.end.kind === 'returned')
        return {
          found: `dma_configure returned ${String(resultOf(way))}, where ${refused.call} had said ${answerText(refused.answer)}`,
          change: `return what ${refused.call} returned`,
        };
      if (refused || ungrouped || resultOf(way) !== OK || isGranted(way) || isExempt(way)) return undefined;
      return {
        found: 'dma_configure succeeded for a driver that does not manage DMA, and the shared check was not asked',
        change:
          'call kernel.ownership.use(device), and return what it returned; say `ungrouped` if no device has a group',
      };
    }),
  2: ({ configure }) =>
    first(configure, (way) => {
      const asked = way.calls.findIndex(({ call }) => call === 'ownership.use');
      const configured = way.calls.map(({ call }) => call).lastIndexOf('firmware.configure');
      if (asked < 0 || (configured >= 0 && configured < asked)) return undefined;
      return {
        found:
          configured < 0
            ? 'the check was asked, and firmware never configured'
            : 'firmware was configured after the check was asked',
        change: 'call kernel.firmware.configure(device, ...) first, and kernel.ownership.use(device) last',
      };
    }),
  3: ({ configure }) =>
    first(configure, (way) => {
      const refused = way.calls.findIndex((one) => one.call === 'ownership.use' && one.answer !== OK);
      if (refused < 0 || count(way, 'firmware.configure', OK) === 0) return undefined;
      if (way.calls.slice(refused).some(({ call }) => call === 'dma.teardown')) return undefined;
      return {
        found: 'the check refused, and the DMA setup was left as it was',
        change: 'call kernel.dma.teardown(device) before you return the refusal',
      };
    }),
  4: ({ configure, unconfigure }) =>
    first(refusedFirst(configure), (way) => {
      if (way.end.kind !== 'returned') return undefined;
      const kept = count(way, 'ownership.use', OK) - count(way, 'ownership.unuse');
      if (resultOf(way) !== OK)
        return kept === 0
          ? undefined
          : {
              found: 'dma_configure failed and kept what the check had granted; dma_unconfigure is not called then',
              change: 'call kernel.ownership.unuse(device) before you return, or check last',
            };
      for (const back of unconfigure.filter((one) => isSteady(one) && mayFollow(way, one))) {
        const given = count(back, 'ownership.unuse');
        if (given === kept) continue;
        return {
          cleanup: back,
          found: `dma_unconfigure gave back ${given}, where dma_configure had been granted ${kept}`,
          change: 'give back exactly when dma_configure was granted: decide by driver.managesDma in both hooks',
        };
      }
      return undefined;
    }),
  5: ({ configure }) =>
    first(
      configure.filter((way) => readsOf(way).every((driver) => driver === undefined)),
      (way) => {
        const change = 'read the driver once, and return kernel.ownership.notNeeded(driver) when there is none';
        if (way.end.kind === 'oops') return { found: `without a driver it crashes: ${way.end.reason}`, change };
        if (count(way, 'ownership.use') > 0)
          return { found: 'without a driver it asks the check all the same', change };
        if (!refusalIn(way) && resultOf(way) !== OK)
          return { found: `without a driver it returns ${String(resultOf(way))}`, change };
        return undefined;
      },
    ),
  6: ({ configure, unconfigure }) =>
    // A way that crashes shows more than one in which the two reads only could differ.
    first(
      [...configure, ...unconfigure].toSorted((a, b) => Number(b.end.kind === 'oops') - Number(a.end.kind === 'oops')),
      (way) => {
        if (readsOf(way).length < 2) return undefined;
        return {
          found: `dev->driver was read ${readsOf(way).length} times`,
          change: 'read the driver once, keep what was read, and decide everything by it',
        };
      },
    ),
};

/** What every way of calling a hook at the wrong time has to survive. */
export function wrongTimes(hooks: HookWays, again: HookWays): Offence | undefined {
  const broken = first([...hooks.configure, ...hooks.unconfigure], ({ end }) =>
    end.kind === 'threw'
      ? { found: `it threw '${end.message}'`, change: 'make no assumption on what happened before' }
      : undefined,
  );
  if (broken) return broken;
  const crashing = first(hooks.unconfigure.filter(isSteady), ({ end }) =>
    end.kind === 'oops'
      ? { found: `dma_unconfigure crashes: ${end.reason}`, change: 'do nothing where there is nothing to give back' }
      : undefined,
  );
  if (crashing) return crashing;
  const takingBack = first(
    hooks.unconfigure.filter((way) => readsOf(way).length > 0 && readsOf(way).every((driver) => driver === undefined)),
    (way) =>
      count(way, 'ownership.unuse') > 0
        ? { found: 'without a driver it gives back what nobody has', change: 'give back for a driver only' }
        : undefined,
  );
  if (takingBack) return takingBack;
  const changed = [
    ...differing(hooks.configure, again.configure),
    ...differing(hooks.unconfigure, again.unconfigure),
  ][0];
  return (
    changed && {
      way: changed,
      found: 'it does something else when it is called again',
      change: 'keep nothing between calls: the same answers have to lead to the same calls',
    }
  );
}

const differing = (a: readonly Way[], b: readonly Way[]): readonly Way[] => {
  const before = new Set(a.map((way) => JSON.stringify(way)));
  return b.filter((way) => !before.has(JSON.stringify(way)));
};

function first(ways: readonly Way[], look: (way: Way) => Omit<Offence, 'way'> | undefined): Offence | undefined {
  for (const way of ways) {
    const offence = look(way);
    if (offence) return { ...offence, way };
  }
  return undefined;
}

/** Under device_lock: the driver stays. */
const isSteady = (way: Way): boolean => new Set(readsOf(way)).size <= 1;

const resultOf = ({ end }: Way): string | undefined => (end.kind === 'returned' ? end.value : undefined);

const refusalIn = ({ calls }: Way) =>
  calls.find(({ call, answer }) => (call === 'ownership.use' || call === 'firmware.configure') && answer !== OK);

/** Those under device_lock; that the check's own refusal is lost says more than that a deferral is. */
const refusedFirst = (ways: readonly Way[]): readonly Way[] =>
  ways.filter(isSteady).toSorted((a, b) => Number(isRefused(b)) - Number(isRefused(a)));

const isRefused = ({ calls }: Way): boolean =>
  calls.some(({ call, answer }) => call === 'ownership.use' && answer !== OK);

const isGranted = (way: Way): boolean => count(way, 'ownership.use', OK) > 0;

/** The driver was read, and there is none or it manages DMA. */
const isExempt = (way: Way): boolean => {
  const [driver] = readsOf(way);
  return readsOf(way).length > 0 && (driver === undefined || driver.managesDma);
};

const count = ({ calls }: Way, wanted: string, answer?: unknown): number =>
  calls.filter((one) => one.call === wanted && (answer === undefined || one.answer === answer)).length;

/** The cleanup of a bind whose hook went `way`: there is a driver, and it is the same one. */
function mayFollow(way: Way, cleanup: Way): boolean {
  const [[then], [now]] = [readsOf(way), readsOf(cleanup)] as [(Driver | undefined)[], (Driver | undefined)[]];
  if (readsOf(cleanup).length > 0 && now === undefined) return false;
  if (readsOf(way).length > 0 && then === undefined) return false;
  return then === undefined || now === undefined || then.name === now.name;
}
