import { section, table, wrap, type Page } from '@busward/report';
import { groupsOf, type Behind, type Prediction, type Remark, type Score } from '@busward/topology';

/** A prediction for people: who is with whom, and what firmware does not tell. */
export function predictionText(prediction: Prediction, page: Page): readonly string[] {
  const { file, model, behind, cannotKnow, without, regions, provided, damage } = prediction;
  const groups = [...groupsOf(prediction)];
  const rows = groups.flatMap(([group, members]) => [
    ...members.map(({ device, streams }, at) => [at === 0 ? group : '', device.bus, device.name, short(streams)]),
    ...behind
      .filter((one) => members.some(({ device }) => one.with.includes(device.name)))
      .map((one) => ['', one.bus ?? '', behindText(one), one.allIn ?? 'some of their streams']),
  ]);
  return [
    ...wrap(`${model === undefined ? 'As' : `${model}, as`} predicted from ${file}`, page.width),
    '',
    ...(rows.length > 0
      ? table(
          [['group', 'bus', 'device', 'known to its IOMMU as'], ...rows].map((row) => row.map((text) => ({ text }))),
          page,
        )
      : ['no device gets a predicted group']),
    ...section('Behind', others(behind), page),
    ...section('1:1 regions: no user can own the group of a device that has one', remarks(regions), page),
    ...section('Cannot know', remarks(cannotKnow), page),
    ...section('No group', remarks(without), page),
    ...section('Provided that', remarks(provided), page),
    ...section(
      'Damaged, so that this is partial',
      damage.map(({ at }) => at ?? ''),
      page,
    ),
  ];
}

/** How well groups were predicted. */
export function scoreText(score: Score, files: readonly string[], page: Page): readonly string[] {
  const { verdict, groups, cannotKnow, shouldHaveNone, unknown, notLogged } = score;
  const wrong = groups.filter((one) => one.wrong.length > 0);
  const isStrange = groups.length === 0 && cannotKnow.length === 0 && notLogged.length > 0;
  return [
    ...wrap(
      `Against ${files.join(', ')}: ${verdict}${groups.length === 0 ? '' : `; ${groups.length - wrong.length} of ${groups.length} groups are as predicted`}`,
      page.width,
    ),
    ...(isStrange
      ? wrap('  ! no device there is one of which firmware tells: is it of the same machine?', page.width, '', '    ')
      : []),
    ...groups
      .filter(({ members, wrong: reasons }) => members.length > 1 && reasons.length === 0)
      .flatMap(({ group, members }) => wrap(`group ${group}: ${members.join(', ')}`, page.width, '  = ', '    ')),
    ...wrong.flatMap(({ group, wrong: reasons }) =>
      wrap(`group ${group}: ${reasons.join('; ')}`, page.width, '  ! ', '    '),
    ),
    ...shouldHaveNone.flatMap(({ name, says }) =>
      wrap(`${name} should have none: ${says}`, page.width, '  ! ', '    '),
    ),
    ...list('cannot know', [...new Set(cannotKnow.map(({ name }) => name))], page),
    ...list('not behind an IOMMU in this firmware', unknown, page),
    ...list('predicted, and not told of there', notLogged, page),
  ];
}

const list = (what: string, names: readonly string[], page: Page): readonly string[] =>
  names.length === 0 ? [] : wrap(`${what}: ${few(names)}`, page.width, '  - ', '    ');

/** What is said of several, once. */
function remarks(all: readonly Remark[]): readonly string[] {
  const about = new Map<string, string[]>();
  for (const one of all) about.set(one.says, [...(about.get(one.says) ?? []), ...one.about]);
  return [...about].map(([says, names]) => (names.length === 0 ? says : `${few(names)}: ${says}`));
}

/** Controllers whose devices are in no row above, and that map something. */
const others = (behind: readonly Behind[]): readonly string[] =>
  behind
    .filter((one) => one.with.length === 0 && (one.maps.length > 0 || one.controller.includes(', behind ')))
    .map((one) => `${behindText(one)}${one.maps.length === 0 ? '' : `: ${short(one.maps)}`}`);

const behindText = ({ controller, bus }: Behind): string =>
  controller.includes(', behind ')
    ? controller
    : `${bus === 'pci' ? 'PCI functions' : bus === undefined ? 'devices' : `${bus} devices`} behind ${controller}`;

const few = (names: readonly string[]): string =>
  names.length <= 6 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;

const short = (streams: readonly string[]): string =>
  streams.length <= 2 ? streams.join(', ') : `${streams[0]} and ${streams.length - 1} more`;
