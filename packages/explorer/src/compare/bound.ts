import { count, thousands } from '@busward/core';
import type { Kind } from '../likeness/kinds.ts';
import type { CompareOptions, ComparisonRow } from './compare.ts';
import { isPictured, type Pictured } from '../crowd/result.ts';
import { stopOf } from '../search/ended.ts';
import type { Decided } from '../search/engine.ts';
import type { Setting } from './exploring-once.ts';
import { groupBy } from '../group-by.ts';
import type { Looked } from './laboratory.ts';
import { looksAtNames } from '../likeness/minded.ts';
import type { MovedDevice } from './movable.ts';
import type { Part } from '../likeness/parts.ts';
import { byNumber, judgesOfEvents } from '../judging/judges.ts';

/** How a machine was compared. */
export interface Compared {
  /** Parts that look alike. */
  readonly shapes: readonly (readonly Part[])[];
  readonly rows: readonly ComparisonRow[];
  /** Crowds of which few devices stood for all, in sentences, and the strategies under which they did. */
  readonly drawn: ReadonlyMap<string, ReadonlySet<string>>;
  readonly moved: MovedDevice | undefined;
  /** Strategies under which it is moved among few. */
  readonly amongFew: readonly string[];
}

/** What was looked at, in sentences. */
export function boundOf(
  { machine, strategies, principles, inFlight, engine, reduction }: CompareOptions & Setting,
  { shapes, rows, drawn, moved, amongFew }: Compared,
  { searches, crowds }: Looked,
): readonly string[] {
  const users = machine.users.map(({ name, through }) => `${name} (${through})`).join(', ');
  const uncounted = strategies.filter((strategy) => !strategy.counts).map((strategy) => strategy.name);
  const pictures = crowds.filter(isPictured);
  const counted = searches.flatMap((one) => one.counted ?? []);
  const nameOf = ({ machine: { groups, devices } }: Part): string => groups[0] ?? devices[0]!.name;
  const apart = judgesOfEvents(principles).map(({ id }) => id);
  return [
    `${count(inFlight, 'operation')} in flight${shapes.flat().length > 1 ? ' in each part' : ''}; any bind, unbind, claim, attach, open, close and release, at any time; ${machine.users.length === 1 ? 'user' : 'users'} ${users}; the IOMMU ${machine.iommu === 'later' ? 'registers at some time, or never' : 'is there from the start'}`,
    `engine ${engine.name}: ${engine.says}${reduction ? '' : '; without reductions: all devices and groups together'}`,
    ...(apart.length > 0
      ? [`nobody is taken for another, and no step with another: ${apart.join(', ')} may tell apart what happens`]
      : []),
    ...strategies
      .filter(looksAtNames)
      .map((one) => `under ${one.name} somebody looks at names of devices, not at devices: none stands for others`),
    ...(counted.length > 0
      ? [
          `decided by diagrams, which visit nothing and count every state: ${counted.length === 1 ? 'a system' : `${counted.length} systems`} of ${few(
            counted.map((one) => thousands(one)),
            ' and ',
          )} states`,
        ]
      : []),
    ...exchangedText(searches, pictures),
    ...viewedText(searches),
    ...amongFewText(searches),
    ...alikeText([...searches, ...pictures], searches.length + crowds.length),
    ...[...drawn].map(([text, under]) =>
      under.size === strategies.length || drawn.size === 1 ? text : `under ${[...under].join(', ')}: ${text}`,
    ),
    ...openOf(rows),
    ...(moved && amongFew.length > 0 && moved.few.devices.length < moved.part.machine.devices.length
      ? [
          `${amongFew.length < strategies.length ? `under ${amongFew.join(', ')}: ` : ''}on another bus: in ${moved.group} with ${moved.few.devices.length} of them, and no more`,
        ]
      : []),
    ...(shapes.flat().length > 1 ? ['groups are explored apart: no operation touches variables of two of them'] : []),
    ...shapes
      .filter((parts) => parts.length > 1)
      .map(
        ([first, ...others]) =>
          `${nameOf(first!)} answers for ${few(others.map(nameOf))}, which ${others.length === 1 ? 'differs' : 'differ'} in names only`,
      ),
    `principles judged: ${principles.map(({ id }) => id).join(' ')}` +
      (uncounted.length > 0
        ? `; P4 and P5 speak of a count, which ${uncounted.join(', ')} ${uncounted.length === 1 ? 'does' : 'do'} not keep`
        : ''),
    ...notFollowedText(searches, crowds),
  ];
}

export const crowdText = ({ group, devices, of }: Kind): string =>
  `${group}: ${devices.length} like devices on ${[...new Set(devices.map(({ bus }) => bus))].join(', ')} are a crowd: ` +
  (of ? 'tables are the same whichever of them is where; ' : '') +
  'what is isolated is so with all of them; what is broken was carried out among all of them, by a way that is shortest if two of them take part';

/** What is undecided beside an outcome that is known, strategy by strategy. */
function openOf(rows: readonly ComparisonRow[]): readonly string[] {
  const open = groupBy(
    rows.flatMap(({ strategy, verdicts }) => {
      const ids = new Set([...verdicts.values()].flatMap((one) => (one.kind === 'broken' ? one.undecided : [])));
      return ids.size > 0 ? [{ name: strategy.name, ids: [...ids].toSorted(byNumber).join(' ') }] : [];
    }),
    ({ ids }) => ids,
  );
  return [...open].map(
    ([ids, those]) =>
      `${those.map(({ name }) => name).join(', ')}: whether anything can break ${ids}, too, is undecided`,
  );
}

/** Users who were exchanged, in sentences. */
function alikeText(all: readonly Pick<Decided, 'alike'>[], systems: number): readonly string[] {
  const classes = all.flatMap(({ alike = [] }) => alike.map(String));
  return [...groupBy(classes, (names) => names)].map(
    ([names, { length }]) =>
      `${names.replaceAll(',', ', ')} are alike in every table${length < systems ? ` (of ${length} systems of ${systems})` : ''}: of states that differ in who is who one was visited`,
  );
}

/** Systems in which states were taken for one another, or more was looked at than can be, in sentences. */
function exchangedText(all: readonly Decided[], pictures: readonly Pictured[]): readonly string[] {
  const orders = all.flatMap(({ exchanged }) => exchanged?.exchange.orders ?? []);
  const say = (many: number, what: string): readonly string[] =>
    many === 0 ? [] : [`in ${many === 1 ? 'a system' : `${many} systems`} ${what}`];
  const together = 'steps under a lock were taken together';
  return [
    ...say(
      orders.filter((of) => of > 1).length,
      `one was looked at of states that differ in which of like devices is where, and ${together}`,
    ),
    ...say(orders.filter((of) => of === 1).length, together),
    ...say(
      all.filter(({ exchanged }) => exchanged?.searched[0]?.moved !== undefined).length,
      'a step was taken together with the one before or after it, too, where nobody minds what is between them',
    ),
    ...say(
      [...all.map(({ exchanged, viewed }) => exchanged ?? viewed), ...pictures].filter((one) => one?.isPast).length,
      'an operation that begins by looking at one thing after another was taken to have seen anything',
    ),
  ];
}

/** Systems of which views said what can be broken at most, in sentences. */
function viewedText(all: readonly Decided[]): readonly string[] {
  const views = all.flatMap(({ viewed }) => viewed?.views ?? []);
  if (views.length === 0) return [];
  return [
    `in ${views.length === 1 ? 'a system' : `${views.length} systems`} not every state was looked at, but what each device can be in beside what they share: ` +
      `among ${few(views.map((one) => thousands(one)))} such views nothing else is broken`,
  ];
}

/** Ways that were looked for where few devices do anything, in sentences. */
function amongFewText(all: readonly Decided[]): readonly string[] {
  const most = Math.max(0, ...all.map(({ amongFew = 0 }) => amongFew));
  return most === 0
    ? []
    : [
        `a way may be the shortest only of those in which the same ${most === 2 ? 'two' : 'two or three'} devices do anything`,
      ];
}

/** What searches left out, in sentences. */
const notFollowedText = (searches: readonly Decided[], crowds: Looked['crowds']): readonly string[] => [
  ...new Set([
    ...searches.flatMap(({ ended, overflow }) => [
      ...(ended.kind === 'enough' && ended.found === 'the worst'
        ? ['not every state was looked at: among many, the worst there is had been broken on every bus']
        : []),
      ...(overflow === undefined ? [] : [`not followed, where P4 is not judged: ${overflow}`]),
      ...(ended.kind !== 'stopped' ? [] : [`a search was stopped ${ended.by}: what it had not found is undecided`]),
    ]),
    ...crowds
      .map((one) => (one.kind === 'pictured' ? stopOf(one) : one.because))
      .flatMap((why) => (why === undefined ? [] : [`what a crowd can do was not seen whole, ${why}`])),
  ]),
];

const few = (names: readonly string[], between = ', '): string =>
  names.length <= 8 ? names.join(between) : `${names.slice(0, 6).join(between)} and ${names.length - 6} more`;
