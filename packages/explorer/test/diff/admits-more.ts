import type { Lts } from './brute-force.ts';

/*
 * Whether one system does what another does not, by its definition and nothing else: every trace of the first with so many
 * calls is walked with all states that the other can be in, which follows the same but for calls, that it makes or leaves out, and for refusals,
 * where it has been refused, too, or has not called.
 */

/** A state of the one that follows, and what it has under way. */
interface Place {
  readonly state: number;
  readonly underWay: readonly string[];
}

export function admitsMore(a: Lts, b: Lts, mostCalls: number): boolean {
  const start = closed([{ state: 0, underWay: [] }], []);
  const left = [{ state: 0, underWay: [] as readonly string[], places: start, calls: 0 }];
  const visited = new Set<string>();
  for (const { state, underWay, places, calls } of left) {
    const key = `${calls} ${state} ${underWay.join()} ${keysOf(places).join(' ')}`;
    if (visited.has(key)) continue;
    visited.add(key);
    for (const [shows, to] of a.steps[state]!) {
      const made = calls + (shows.startsWith('call: ') ? 1 : 0);
      if (made > mostCalls) continue;
      const now = after(shows, underWay);
      const followed = following(shows, places, now);
      if (followed.length === 0) return true;
      left.push({ state: to, underWay: now, places: closed(followed, now), calls: made });
    }
  }
  return false;

  function following(shows: string, places: readonly Place[], now: readonly string[]): readonly Place[] {
    if (shows === '' || shows.startsWith('call: ')) return places;
    const same = places.flatMap(({ state, underWay }) =>
      b.steps[state]!.filter(([shown]) => shown === shows).map(([, to]) => ({
        state: to,
        underWay: after(shows, underWay),
      })),
    );
    const refused = refusedBy(shows);
    if (refused === undefined) return same;
    return [...same, ...places.filter(({ underWay }) => times(underWay, refused) <= times(now, refused))];
  }

  /** With all that follows unseen, and by calls of what is under way in the first. */
  function closed(places: readonly Place[], underWay: readonly string[]): readonly Place[] {
    const all = [...places];
    const known = new Set(keysOf(all));
    for (const one of all)
      for (const [shows, to] of b.steps[one.state]!) {
        const called = shows.startsWith('call: ') ? shows.slice(6) : undefined;
        if (shows !== '' && (called === undefined || times(one.underWay, called) >= times(underWay, called))) continue;
        const next = { state: to, underWay: after(shows, one.underWay) };
        const [key] = keysOf([next]) as [string];
        if (!known.has(key)) all.push(next);
        known.add(key);
      }
    return all;
  }
}

const keysOf = (places: readonly Place[]): readonly string[] =>
  places.map(({ state, underWay }) => `${state}(${underWay.join()})`).toSorted();

const times = (all: readonly string[], wanted: string): number => all.filter((one) => one === wanted).length;

/** Answers read `bind A to kernel = OK`; an end reads the same, but nothing comes after it. */
function after(shows: string, underWay: readonly string[]): readonly string[] {
  if (shows.startsWith('call: ')) return [...underWay, shows.slice(6)].toSorted();
  const at = underWay.indexOf(answered(shows) ?? '');
  return at < 0 ? underWay : underWay.toSpliced(at, 1);
}

const answered = (shows: string): string | undefined => /^(.*) = [A-Z_]+$/u.exec(shows)?.[1];
const refusedBy = (shows: string): string | undefined => (shows.endsWith('= OK') ? undefined : answered(shows));
