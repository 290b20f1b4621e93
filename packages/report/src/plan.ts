import { thousands } from '@busward/core';
import {
  echoed,
  quoted,
  reasonText,
  type Commands,
  type Deed,
  type Plan,
  type Planned,
  type TakenOver,
  type Write,
} from '@busward/passthrough';
import { section, wrap, type Page } from './columns.ts';
import { contradictionsOf } from './inspection.ts';

/** The plan as a script of writes, or of the commands of a tool, with what has to be known of it as comments; or why there is none. */
export function planText(plan: Plan, page: Page, commands?: Commands): string {
  const { machine, asked, kernel } = plan;
  if (plan.kind === 'refused')
    return `${[
      ...wrap(machine, page.width),
      ...wrap(
        plan.reasons.every(({ isOpen }) => isOpen)
          ? `whether ${asked.join(', ')} can be handed to a user under Linux ${kernel} is unknown`
          : `${asked.join(', ')} cannot be handed to a user under Linux ${kernel}`,
        page.width,
      ),
      ...section('Because', plan.reasons.map(reasonText), page),
      ...section('Notes', [...plan.says, ...contradictionsOf(plan)], page),
    ].join('\n')}\n`;
  const lines = [
    ...comment(machine, page),
    ...comment(`${asked.join(', ')} to a user, under Linux ${kernel}`, page),
    ...((commands ?? plan).there.length === 0 ? comment('nothing has to be done: a user can own it now', page) : []),
    '',
    ...(commands?.there ?? [
      ...plan.drivers.map((driver) => `modprobe ${quoted(driver)}`),
      ...plan.there.flatMap(deedText),
    ]),
    '',
    ...comment('what has to be so now', page),
    ...(commands ?? plan).check.map(checkText),
    ...plan.groups.map(({ group }) => `ls -l ${quoted(`/dev/vfio/${group}`)}`),
    '',
    ...comment('the way back', page),
    ...(commands?.back ?? plan.back.flatMap(deedText)),
    '',
    ...[...(commands?.says ?? [...tried(plan), ...plan.backSays]), ...plan.says, ...contradictionsOf(plan)].flatMap(
      (one) => comment(one, page),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const comment = (text: string, page: Page): readonly string[] => wrap(text, page.width, '# ');

const deedText = (deed: Deed): readonly string[] =>
  deed.kind === 'write' ? [writeText(deed.write)] : takenOverText(deed);

/** As the model has it: in rounds, of which the second is for whoever had matched before the first. */
const takenOverText = ({ override, unbind, bind }: TakenOver): readonly string[] => [
  'for round in 1 2 3 4; do',
  `  ${writeText(override)}`,
  `  [ ! -e ${quoted(unbind.path.replace(/\/unbind$/, ''))} ] || ${writeText(unbind)}`,
  `  ${writeText(bind)} && break`,
  'done',
];

/** `echo` ends with a newline, which alone is what clears an override. */
const writeText = ({ value, path }: Write): string => `${echoed(value)} > ${quoted(path)}`;

const checkText = ({ device, bus, driver }: Planned['check'][number]): string =>
  driver === null
    ? `[ ! -e ${quoted(`/sys/bus/${bus}/devices/${device}/driver`)} ]`
    : `[ -e ${quoted(`/sys/bus/${bus}/drivers/${driver}/${device}`)} ]`;

function tried({ carriedOut }: Planned): readonly string[] {
  const states = carriedOut.reduce((sum, one) => sum + one.states, 0);
  const against = carriedOut.flatMap((one) => one.against);
  if (against.length === 0) return ['tried in the model: there, a user comes and goes, and back to the very state'];
  const on = against.length === 1 ? against[0]! : `each of ${against.length} devices in turn`;
  const both = carriedOut.every(({ atOnce }) => atOnce)
    ? 'both at once'
    : 'one at a time, since the group has many kinds of devices';
  const owned = carriedOut.some(({ held }) => held !== undefined) ? 'unless it is refused as said below, ' : '';
  return [
    `tried in the model: there, a user comes and goes, and back, in every interleaving with somebody who has a driver looked for and with a module that loads, on ${on}, ${both} (${thousands(states)} states): ${owned}the user owns the group in all of them, and all end in the very state, or in what those others would have made of it without the plan`,
    'whoever comes between the unbind and the bind costs a round: a driver that has matched before the override (__driver_attach() takes device_lock after that), or somebody who has vfio looked for; four rounds outlast the three that were tried',
  ];
}
