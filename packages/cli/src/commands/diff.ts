import { InputError, type Machine, type Principle } from '@busward/core';
import { certifying, diffing, pairsOf, type Diff, type Watched } from '@busward/explorer';
import { diffRenderings, renderDiff, type DiffRendering } from '@busward/report';
import { generatingUpTo, usualSize, type Generated } from '@busward/scenario';
import { machineOf, readMachine } from '@busward/topology';
import { buildCommand } from '@stricli/core';
import { patienceFlags, type Patience } from '../flags/patience.ts';
import { namesFlag } from '../flags/names.ts';
import { asInput } from '../as-input.ts';
import { choosePlugins } from '../plugins/choose.ts';
import { endWith } from '../terminal/exit-code.ts';
import { atLeastOne, numberUpTo } from '../flags/number.ts';
import { pageOf } from '../terminal/page.ts';
import { fileFlag, keepApart, outputFlag } from '../flags/paths.ts';
import { installedPlugins } from '../plugins/plugins.ts';
import { loadScenario, scenarioFile } from '../files/scenario-files.ts';
import { isKernel, sidesOf, UNREFINED, type Sides } from '../plugins/sides.ts';
import { writeOut } from '../files/write-out.ts';
import { version } from '../version.ts';
import { inFlightFlag } from '../flags/in-flight.ts';
import { watched } from '../terminal/watched.ts';
import { writeWhole } from '../files/write-whole.ts';

interface Flags extends Patience {
  readonly machine?: string;
  readonly kernel?: string;
  readonly bus?: string;
  readonly principle?: readonly string[];
  readonly all: boolean;
  readonly as: DiffRendering;
  readonly output?: string;
  readonly failOn?: FailOn;
  readonly certificate?: string;
  readonly iommu?: 'present' | 'later';
  readonly maxDevices?: number;
  readonly maxGroups?: number;
  readonly maxUsers?: number;
  readonly maxOperations?: number;
  readonly inFlight: number;
}

type FailOn = 'different' | 'weaker';

/** Beyond that, `--all` does not look unless it is told to. */
const OPERATIONS_OF_ALL = 6;

const USUAL_KERNEL = '7.3';
const USUAL_BUS = 'pci';

/** States of each side as they are seen, and of what is made of them: about a gigabyte. */
const USUAL_STATES = 1_000_000;

export const diffCommand = buildCommand<Flags, [string, string?]>({
  docs: {
    brief: 'the smallest scenario that tells two buses, strategies or kernels apart, or the proof that none does',
    fullDescription:
      'Compares two buses (pci, cdx@6.12, a path), two strategies (v8) or two profiles (linux@6.12): on the machine of a ' +
      'file, or on all machines up to a size. Prints the smallest scenario after which one side does what the other never ' +
      'does, with both traces, and which side is weaker. A single bus that has a refinement is compared with itself without it.',
  },
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'a bus, strategy or profile', parse: String, placeholder: 'bus-or-kernel' },
        { brief: 'another one', parse: String, placeholder: 'another', optional: true },
      ],
    },
    flags: {
      machine: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief:
          'whatever tells of a machine (a kernel log, lspci, /sys), or a scenario file; without it, all machines up to a size',
        placeholder: 'file',
      },
      kernel: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: `the profile or strategy that two buses are compared under; ${USUAL_KERNEL}, if nothing is said`,
        placeholder: 'name',
      },
      bus: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: `the bus that two kernels are compared on; ${USUAL_BUS}, if nothing is said`,
        placeholder: 'name',
      },
      principle: namesFlag('only what breaks these principles tells two sides apart (all: any principle)', 'principle'),
      all: {
        kind: 'boolean',
        brief: 'every essentially different difference',
        withNegated: false,
        default: false,
      },
      as: {
        kind: 'enum',
        values: diffRenderings,
        default: 'text',
        brief: 'how it is told: mail is 72 columns of ASCII, markdown has mermaid, html needs nothing else',
      },
      output: outputFlag,
      failOn: {
        kind: 'enum',
        values: ['different', 'weaker'],
        optional: true,
        brief: 'exit with 1 if the sides differ, or if the first is weaker than the second',
      },
      certificate: fileFlag('write the proof that they are the same into this file, for verify-certificate'),
      iommu: {
        kind: 'enum',
        values: ['present', 'later'],
        optional: true,
        brief: 'generate only machines whose IOMMU is there from the start, or comes later',
      },
      maxDevices: size('devices', usualSize.devices, 8),
      maxGroups: size('groups', usualSize.groups, 8),
      maxUsers: size('users', usualSize.users, 4),
      maxOperations: {
        kind: 'parsed',
        parse: atLeastOne,
        optional: true,
        brief: `look for nothing that takes more operations (with --all: ${OPERATIONS_OF_ALL})`,
        placeholder: 'n',
      },
      inFlight: inFlightFlag,
      ...patienceFlags,
      maxStates: { ...patienceFlags.maxStates, default: String(USUAL_STATES) },
    },
    aliases: { o: 'output' },
  },
  async func(flags, first, another) {
    keepApart({ '--output': flags.output, '--certificate': flags.certificate }, flags.machine ? [flags.machine] : []);
    const second = another ?? (await withoutRefinement(first));
    const wanted = flags.principle?.[0] === 'all' ? [] : flags.principle;
    const { principles } = await choosePlugins({ ...(wanted && { principle: wanted }) });
    const { kernel, bus } = underOf(flags);
    const sides = await sidesOf({ names: [first, second], kernel, bus }, await installedPlugins());
    const idle = idleFlag(flags, sides);
    if (idle !== undefined) throw new InputError(`${idle}; leave it out`);
    const given = flags.machine === undefined ? undefined : await read(flags.machine, sides, principles);
    const most = flags.maxOperations ?? (flags.all ? OPERATIONS_OF_ALL : undefined);
    const compared = (of: Generated): Watched<Diff> =>
      diffing({
        sides: sides.sides,
        machines: of.machines,
        ...(of.stoppedBy !== undefined && { stoppedBy: of.stoppedBy }),
        principles,
        by: flags.principle ? 'principles' : 'behaviour',
        all: flags.all,
        ...(most !== undefined && { most }),
        inFlight: flags.inFlight,
        restriction: second === `${first}@${UNREFINED}`,
        limits: { maxStates: flags.maxStates },
        bound: [...sides.says, ...of.says],
      });
    const { machines, found } = await watched(
      (function* () {
        const of = given ?? (yield* generating(sides, flags));
        return { machines: of.machines, found: yield* compared(of) };
      })(),
      flags,
    );
    if (isFailure(found, flags.failOn)) endWith(1);
    writeOut(renderDiff(found, flags.as, pageOf(process.stdout), version), flags.output);
    if (flags.certificate !== undefined) await writeCertificate(flags.certificate, found, sides, machines, flags);
  },
});

const underOf = ({ kernel = USUAL_KERNEL, bus = USUAL_BUS }: Flags) => ({ kernel, bus });

/** A flag that says nothing of this comparison, and why. */
function idleFlag(flags: Flags, { kind, sides }: Sides): string | undefined {
  const names = sides.map(({ name }) => `'${name}'`).join(' and ');
  if (kind === 'kernels' && flags.kernel !== undefined)
    return `--kernel ${flags.kernel}: two buses are compared under it, and ${names} are kernels themselves`;
  if (flags.principle && flags.certificate !== undefined)
    return `--certificate ${flags.certificate}: is about everything that can be seen, and --principle is not`;
  if (kind === 'buses' && flags.bus !== undefined)
    return `--bus ${flags.bus}: two kernels are compared on it, and ${names} are buses themselves`;
  if (flags.machine === undefined) return undefined;
  const idle = Object.entries({
    '--max-devices': flags.maxDevices,
    '--max-groups': flags.maxGroups,
    '--max-users': flags.maxUsers,
    '--iommu': flags.iommu,
  }).find(([, value]) => value !== undefined);
  return (
    idle && `${idle[0]} ${idle[1]}: is about machines that are generated, and --machine ${flags.machine} gives one`
  );
}

/** What a bus is compared with if nothing else is named. */
async function withoutRefinement(first: string): Promise<string> {
  const isBus = !isKernel(first, await installedPlugins());
  const [usual, another] = isBus ? ['platform', 'pci'] : ['v8', 'v7'];
  if (isBus && !first.includes('@')) return `${first}@${UNREFINED}`;
  throw new InputError(
    `diff compares two; give another ${isBus ? 'bus' : 'strategy or profile'} behind '${first}', ` +
      `as in busward diff ${first} ${first === usual ? another : usual}`,
  );
}

/** Only for what is the same by everything that can be seen. */
async function writeCertificate(
  file: string,
  { finding }: Diff,
  { sides }: Sides,
  machines: Parameters<typeof certifying>[0]['machines'],
  flags: Flags,
): Promise<void> {
  if (finding.kind !== 'same')
    throw new InputError(`${file}: not written; a certificate is for what is the same by everything that can be seen`);
  const { inFlight, maxStates } = flags;
  const search = certifying({ sides, machines, inFlight, limits: { maxStates }, under: underOf(flags) });
  const certificate = await watched(search, flags);
  if (typeof certificate === 'string') throw new InputError(`${file}: not written; ${certificate}`);
  writeWhole(file, `${JSON.stringify(certificate)}\n`, '--certificate');
}

/** What is not decided holds no line. */
function isFailure({ finding }: Diff, failOn: FailOn | undefined): boolean {
  if (failOn === undefined || finding.kind === 'same') return false;
  if (finding.kind === 'undecided') return true;
  if (failOn === 'different') return true;
  return finding.kind === 'different' && ['first is weaker', 'incomparable'].includes(finding.standing);
}

function generating({ sides, buses }: Sides, flags: Flags): Watched<Generated> {
  const partner = sides[0].buses.find(({ name }) => buses.every((one) => one.name !== name) && isUsual(name));
  return generatingUpTo({
    sides,
    buses,
    ...(partner && sides[0].strategy === sides[1].strategy && { partner }),
    ...(flags.iommu && { iommu: flags.iommu }),
    size: {
      devices: flags.maxDevices ?? usualSize.devices,
      groups: flags.maxGroups ?? usualSize.groups,
      users: flags.maxUsers ?? usualSize.users,
    },
  });
}

/** The bus of what shares a group with the devices in question. */
const isUsual = (name: string): boolean => name === 'pci' || name === 'platform';

async function read(file: string, { sides, buses, kind }: Sides, principles: readonly Principle[]): Promise<Generated> {
  const { machine, says } = await machineIn(file, sides[0].buses);
  const onBuses = kind === 'buses' && buses[0].name !== buses[1].name ? buses : undefined;
  const paired = asInput(file, () => pairsOf(machine, sides, principles, onBuses));
  return { machines: paired.machines, says: [...says, ...paired.says] };
}

async function machineIn(
  file: string,
  buses: Sides['sides'][0]['buses'],
): Promise<{ readonly machine: Machine; readonly says: readonly string[] }> {
  if (!/\.ya?ml$/.test(file)) return machineOf(await readMachine([file], buses), buses);
  const { scenario } = await loadScenario(scenarioFile(file));
  return { machine: scenario.machine, says: [`the machine of ${scenario.file}; its actors are not looked at`] };
}

function size(what: string, usual: number, most: number) {
  return {
    kind: 'parsed',
    parse: (text: string) => numberUpTo(most, text),
    optional: true,
    brief: `generate machines of at most so many ${what}, from 1 to ${most}; ${usual}, if nothing is said`,
    placeholder: 'n',
  } as const;
}
