import { thousands } from '@busward/core';
import type { Kind } from '../likeness/kinds.ts';
import type { CompareOptions, ComparisonRow } from './compare.ts';
import { engines } from '../search/engines.ts';
import { groupBy } from '../group-by.ts';
import type { Moved } from './movable.ts';
import type { Part } from '../likeness/parts.ts';
import { byNumber } from '../judging/principle-order.ts';

/** What was looked at, in sentences. */
export function boundOf(
  { machine, strategies, principles, engine = engines[0]!, reduction = true }: CompareOptions,
  inFlight: number,
  shapes: readonly (readonly Part[])[],
  rows: readonly ComparisonRow[],
  moved: Moved | undefined,
  {
    drawn,
    counted,
    exchanged,
    alike,
    amongFew,
  }: {
    readonly drawn: ReadonlyMap<string, ReadonlySet<string>>;
    readonly counted: readonly bigint[];
    readonly exchanged: readonly string[];
    readonly alike: readonly string[];
    readonly amongFew: readonly string[];
  },
): readonly string[] {
  const users = machine.users.map(({ name, through }) => `${name} (${through})`).join(', ');
  const uncounted = strategies.filter((strategy) => !strategy.counts).map((strategy) => strategy.name);
  const nameOf = ({ machine: { groups, devices } }: Part): string => groups[0] ?? devices[0]!.name;
  return [
    `${inFlight} operations in flight${shapes.flat().length > 1 ? ' in each part' : ''}; any bind, unbind, claim, attach, open, close and release, at any time; ${machine.users.length === 1 ? 'user' : 'users'} ${users}; the IOMMU is there from the start`,
    `engine ${engine.name}: ${engine.says}${reduction ? '' : '; without reductions: all devices and groups together'}`,
    ...(counted.length > 0
      ? [
          `decided by diagrams, which visit nothing and count every state: ${counted.length === 1 ? 'a system' : `${counted.length} systems`} of ${few(
            counted.map((one) => thousands(one)),
            ' and ',
          )} states`,
        ]
      : []),
    ...exchanged,
    ...alike,
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
        ([first, ...others]) => `${nameOf(first!)} answers for ${few(others.map(nameOf))}, which differ in names only`,
      ),
    `principles judged: ${principles.map(({ id }) => id).join(' ')}` +
      (uncounted.length > 0
        ? `; P4 and P5 speak of a count, which ${uncounted.join(', ')} ${uncounted.length === 1 ? 'does' : 'do'} not keep`
        : ''),
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

const few = (names: readonly string[], between = ', '): string =>
  names.length <= 8 ? names.join(between) : `${names.slice(0, 6).join(between)} and ${names.length - 6} more`;
