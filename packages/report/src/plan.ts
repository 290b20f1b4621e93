import { reasonText, type Commands, type Plan, type Planned, type Write } from '@busward/passthrough';
import { section } from './inspection.ts';
import { wrap, type Page } from './columns.ts';

/** The plan as a script of writes, or of the commands of a tool, with what has to be known of it as comments; or why there is none. */
export function planText(plan: Plan, page: Page, commands?: Commands): string {
  const { machine, asked, kernel } = plan;
  if (plan.kind === 'refused')
    return `${[
      ...wrap(`${machine}: ${asked.join(', ')} cannot be handed to a user under Linux ${kernel}`, page.width),
      ...section('Because', plan.reasons.map(reasonText), page),
    ].join('\n')}\n`;
  const lines = [
    ...comment(`${machine}: ${asked.join(', ')} to a user, under Linux ${kernel}`, page),
    ...(plan.there.length === 0 ? comment('nothing has to be done: a user can own it now', page) : []),
    '',
    ...(commands?.there ?? [...plan.drivers.map((driver) => `modprobe ${driver}`), ...plan.there.map(writeText)]),
    '',
    ...comment('what has to be so now', page),
    ...plan.check.map((one) => checkText(commands ? { ...one, driver: commands.driver } : one)),
    ...plan.groups.map(({ group }) => `ls -l /dev/vfio/${group}`),
    '',
    ...comment('the way back', page),
    ...(commands?.back ?? plan.back.map(writeText)),
    '',
    ...[...(commands ? commands.says : tried(plan)), ...plan.says].flatMap((one) => comment(one, page)),
  ];
  return `${lines.join('\n')}\n`;
}

const comment = (text: string, page: Page): readonly string[] => wrap(text, page.width, '# ');

/** `echo` ends with a newline, which alone is what clears an override. */
const writeText = ({ value, path, ifBound }: Write): string =>
  `${ifBound ? `[ ! -e ${path.replace(/\/unbind$/, '')} ] || ` : ''}echo${value === '' ? '' : ` ${value}`} > ${path}`;

const checkText = ({ device, bus, driver }: Planned['check'][number]): string =>
  driver === null
    ? `[ ! -e /sys/bus/${bus}/devices/${device}/driver ]`
    : `[ -e /sys/bus/${bus}/drivers/${driver}/${device} ]`;

function tried({ carriedOut }: Planned): readonly string[] {
  const states = carriedOut.reduce((sum, one) => sum + one.states, 0);
  const against = carriedOut.flatMap((one) => one.against);
  return [
    `tried in the model: forward, a user comes and goes, and back to the very state${
      against.length === 0
        ? ''
        : `; every interleaving with somebody who has a driver looked for, on ${against.length === 1 ? against[0] : `each of ${against.length} devices in turn`} (${states.toLocaleString('en')} states)`
    }`,
  ];
}
