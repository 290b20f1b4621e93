import {
  callOf,
  type Blocker,
  type Evidence,
  placeText,
  type InspectedGroup,
  type InspectedMember,
  type Inspection,
  type Refused,
} from '@busward/passthrough';
import { count } from '@busward/core';
import { match } from 'ts-pattern';
import { section, table, wrap, type Cell, type Page } from './columns.ts';
import { likeNames, namesText } from './like-names.ts';
import { inTheWay, isSaidBelow, likeMembers, unknownOf } from './members.ts';
import { owningText } from './owning.ts';

/** A machine group by group; `unread`: also every line that could not be read. */
export function inspectionText(inspection: Inspection, page: Page, { unread = false } = {}): string {
  const { groups, model, machine } = inspection;
  const lines = [
    ...wrap(model === undefined || model === machine ? machine : `${machine}: ${model}`, page.width),
    ...wrap(sizeOf(inspection), page.width),
    ...(groups.length > 0 ? ['', ...table([heads, ...groups.flatMap(rowsOf)], page)] : []),
    ...inspectionSections(inspection, { unread }).flatMap(({ heading, sentences }) =>
      section(heading, sentences, page),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** What is to be said of a machine beside the list of its groups. */
export function inspectionSections(
  inspection: Inspection,
  { unread }: { readonly unread: boolean },
): readonly { readonly heading: string; readonly sentences: readonly string[] }[] {
  const { groups, alone } = inspection;
  const spanning = groups.filter(({ buses }) => buses.length > 1);
  return [
    {
      heading: 'Blocked groups',
      sentences: groups.flatMap((group) => refusedText(group, placesIn(inspection))),
    },
    { heading: 'Unknown groups', sentences: groups.flatMap(unknownText) },
    {
      heading: 'Groups that span buses',
      sentences: spanning.map(
        ({ group, buses, members }) =>
          `group ${group}, ${buses.join(' and ')}: ${members.map(nameAndDriver).join(', ')}`,
      ),
    },
    { heading: 'Without a group', sentences: alike(alone.filter(({ known }) => known)) },
    { heading: 'Of unknown group', sentences: alike(alone.filter(({ known }) => !known)) },
    { heading: 'Notes', sentences: [...inspection.says, ...contradictionsOf(inspection)] },
    { heading: 'Not read', sentences: unreadOf(inspection, unread) },
  ].filter(({ sentences }) => sentences.length > 0);
}

const heads = ['group', 'device', 'bus', 'driver', 'a user', 'why'].map((text) => ({ text }));

/** Colours of the comparison that mean much the same. */
const colours = {
  ready: 'isolated',
  free: 'not restored',
  bridges: 'undecided',
  blocked: 'mixed',
  impossible: 'crash',
  unknown: 'undecided',
} as const;
export const verdictWords = {
  ready: 'can own it',
  free: 'could own it',
  bridges: 'only bridges',
  blocked: 'is blocked',
  impossible: 'never can',
  unknown: 'unknown',
} as const;

function rowsOf(group: InspectedGroup): readonly (readonly Cell[])[] {
  const { verdict } = group;
  return likeMembers(group).map(({ members: [member, ...others] }, at) => [
    { text: at === 0 ? group.group : '' },
    { text: namesText([member, ...others].map(({ name }) => name)) },
    { text: member.bus ?? '?' },
    { text: driverText(member) },
    at === 0 ? { text: verdictWords[verdict.kind], outcome: colours[verdict.kind] } : { text: '' },
    {
      text: [
        ...(others.length > 0 ? [`${others.length + 1} devices`] : []),
        ...remarksOn(member, inTheWay(group, member)),
        ...new Set(unknownOf(group, member)),
      ].join(', '),
    },
  ]);
}

const driverText = ({ driver }: InspectedMember): string => (driver === undefined ? '?' : (driver ?? '-'));

const nameAndDriver = (member: InspectedMember): string =>
  typeof member.driver === 'string' ? `${member.name} on ${member.driver}` : member.name;

const remarksOn = ({ managesDma, needed }: InspectedMember, blocks: boolean): readonly string[] => [
  ...(blocks ? ['in the way'] : []),
  ...(managesDma ? ['manages DMA itself'] : []),
  ...needed.map(({ is }) => is),
];

/** Why a group is refused: by whom, at which call, and where that stands. */
const refusedText = ({ group, verdict }: InspectedGroup, place: (from: Evidence) => string): readonly string[] =>
  match(verdict)
    .with({ kind: 'blocked' }, ({ by, refused, later, unknown }) => {
      const where = by.length === 1 ? 'another device' : 'one device only';
      const untold = unknown.filter((one) => !isSaidBelow(one));
      const more = [
        ...(later ? [`, and with a VFIO driver on ${where} ${toldText(group, later)}`] : []),
        ...(untold.length > 0 ? [`; unknown: ${untold.map(({ device }) => device).join(', ')}`] : []),
        ...unknown.flatMap(({ of, why }) => (of === 'region' ? [`; ${why}`] : [])),
      ];
      return [
        `group ${group}: ${blockersText(by, place) || 'its drivers together'}; ${toldText(group, refused)}${more.join('')}`,
      ];
    })
    .with({ kind: 'impossible' }, ({ refused, from }) => [
      `group ${group}: firmware asks for a 1:1 region${from.length > 0 ? ` (${from.map(place).join(', ')})` : ''}; ${toldText(group, refused)}, whatever is unbound`,
    ])
    .otherwise(() => []);

/** Why a group cannot be judged, where the table has no room for it. */
const unknownText = ({ group, verdict }: InspectedGroup): readonly string[] =>
  verdict.kind === 'unknown'
    ? verdict.unknown.filter(isSaidBelow).map(({ device, why }) => `group ${group}, ${device}: ${why}`)
    : [];

const toldText = (group: string, { step, result }: Refused): string => `${callOf(step, group)} = ${result}`;

/** `A is on nvme (line 5), dpcon.0-95 are on fsl_mc_allocator (line 69 and 95 more)`. */
const blockersText = (by: readonly Blocker[], place: (from: Evidence) => string): string =>
  likeNames(
    by,
    ({ device }) => device,
    ({ driver }) => driver,
  )
    .map(([first, ...others]) => {
      const names = namesText([first, ...others].map(({ device }) => device));
      const where = `(${place(first.from)}${others.length > 0 ? ` and ${others.length} more` : ''})`;
      return `${names} ${others.length > 0 ? 'are' : 'is'} on ${first.driver} ${where}`;
    })
    .join(', ');

/** How many groups there are, and how many of them a user can own. */
export function sizeOf({ groups, alone, kernel }: Inspection): string {
  const devices = groups.reduce((sum, { members }) => sum + members.length, alone.length);
  const whole = `${count(devices, 'device')} in ${count(groups.length, 'group')}`;
  if (groups.length === 0)
    return alone.every(({ known }) => known) ? whole : `${count(devices, 'device')}; nothing tells their groups`;
  return `${whole}; under Linux ${kernel} ${owningText((kind) => groups.filter(({ verdict }) => verdict.kind === kind).length)}`;
}

/** Where something stands; of a single source, by its lines. */
const placesIn =
  ({ files }: Inspection) =>
  (from: Evidence): string =>
    files.length === 1 && from.line !== undefined && from.at === undefined ? `line ${from.line}` : placeText(from);

/** Devices for which the same is to be said, in one sentence. */
function alike(alone: Inspection['alone']): readonly string[] {
  const whys = [...new Set(alone.map(({ why }) => why))];
  return whys.map((why) => {
    const names = alone.filter((one) => one.why === why).map(({ device }) => device.name);
    const shown =
      names.length > 12 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ');
    return `${shown}: ${why}`;
  });
}

/** What two lines say that cannot both be true. */
export const contradictionsOf = ({ contradictions }: Pick<Inspection, 'contradictions'>): readonly string[] =>
  contradictions.map(
    ({ device, fact, first, second }) =>
      `${device === undefined ? '' : `${device}, `}${fact}: ${String(first.is)} (${placeText(first.from)}), and ${String(second.is)} (${placeText(second.from)})`,
  );

function unreadOf({ unread }: Inspection, all: boolean): readonly string[] {
  if (unread.length === 0) return [];
  if (all) return unread.map((one) => `${placeText(one)}: ${one.text}`);
  return [`${count(unread.length, 'line')}; --unread shows ${unread.length === 1 ? 'it' : 'them'}`];
}
