import { InputError, profiles, type Bus } from '@busward/core';
import { matrixing, type MatrixKernel } from '@busward/explorer';
import { matrixRenderings, renderMatrix, type MatrixRendering } from '@busward/report';
import { besideAnother, variantOf } from '@busward/scenario';
import { noSuch } from '@busward/scenario/nearest';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { buildCommand } from '@stricli/core';
import { outputFlag } from '../flags/paths.ts';
import { patienceFlags, type Patience } from '../flags/patience.ts';
import { namesFlag } from '../flags/names.ts';
import { asInput } from '../as-input.ts';
import { choosePlugins, type Chosen } from '../plugins/choose.ts';
import { kernelsNamed } from '../plugins/kernels-named.ts';
import { isKernel } from '../plugins/sides.ts';
import { withStrategies } from '../plugins/plugins.ts';
import { pageOf } from '../terminal/page.ts';
import { writeOut } from '../files/write-out.ts';
import { version } from '../version.ts';
import { inFlightFlag } from '../flags/in-flight.ts';
import { watched } from '../terminal/watched.ts';

interface Flags extends Patience {
  readonly bus?: readonly string[];
  readonly principle?: readonly string[];
  readonly differences: boolean;
  readonly as: MatrixRendering;
  readonly output?: string;
  readonly inFlight: number;
}

export const matrixCommand = buildCommand<Flags, string[]>({
  docs: {
    brief: 'all buses by all strategies by all principles, and which buses are one',
    fullDescription:
      'Explores a device of each bus beside one of another bus in one group, under each strategy or profile; tells which ' +
      'principles are broken, which buses behave alike, and by which smallest scenario others stand apart. Of several ' +
      'kernels that are named, also what changed from each to the next, bus by bus.',
  },
  parameters: {
    positional: {
      kind: 'array',
      parameter: {
        brief: 'strategies or profiles, or paths of strategies; without any, all strategies',
        parse: String,
        placeholder: 'kernel',
      },
    },
    flags: {
      bus: namesFlag('only these buses; or a path or package to load', 'bus'),
      principle: namesFlag('judge only these principles', 'principle'),
      differences: {
        kind: 'boolean',
        brief: 'leave out what breaks nothing, and what does not stand apart',
        withNegated: false,
        default: false,
      },
      as: { kind: 'enum', values: matrixRenderings, default: 'text', brief: 'how it is told' },
      output: outputFlag,
      inFlight: inFlightFlag,
      ...patienceFlags,
    },
    aliases: { o: 'output' },
  },
  async func(flags, ...given) {
    const { names, strategies } = await kernelsNamed(given);
    const chosen = withStrategies(await choosePlugins(flags), strategies);
    const kernels = (names.length > 0 ? names : chosen.strategies.map(({ name }) => name)).map((name) =>
      kernelOf(name, chosen),
    );
    const lacking = kernels.flatMap((kernel) => lackingIn(kernel, chosen));
    if (kernels.every(({ columns }) => columns.length === 0))
      throw new InputError(`--bus: ${lacking.join('; ')}; give a newer kernel, or another bus`);
    const search = matrixing({
      kernels,
      machinesFor: (sides, buses) => besideAnother(sides, buses, partnerOf(sides[0], buses)).machines,
      principles: chosen.principles,
      changes: names.length > 1,
      inFlight: flags.inFlight,
      limits: { maxStates: flags.maxStates },
      bound: [...chosen.says, ...lacking, ...besideAnother([kernels[0]!, kernels[0]!], [pci, pci], platform).says],
    });
    const found = await watched(search, flags);
    writeOut(renderMatrix(found, flags.as, pageOf(process.stdout), version, flags), flags.output);
  },
});

/** A kernel with those buses that it had. */
function kernelOf(name: string, chosen: Chosen): MatrixKernel {
  if (name.includes(',') && !name.includes(' but '))
    throw new InputError(
      `${name}: kernels have blanks between them, as in busward matrix ${name.split(',').join(' ')}`,
    );
  if (chosen.allBuses.some((bus) => bus.name === name))
    throw new InputError(`${name}: is a bus, and strategies or profiles are given; write --bus ${name}`);
  if (!isKernel(name, chosen)) {
    const listed = [...profiles, ...chosen.strategies].map((one) => one.name);
    throw new InputError(noSuch('strategy or profile', name, listed));
  }
  const variant = asInput(name, () => variantOf(name, { ...chosen, buses: chosen.allBuses }));
  const had = variant.everyBus();
  const columns = had.filter((bus) => chosen.buses.some((one) => one.name === bus.name));
  return { name, strategy: variant.strategy, buses: had, columns };
}

/** Which of the buses that are asked about a kernel did not have yet, in a sentence. */
function lackingIn({ name, columns }: MatrixKernel, { buses }: Chosen): readonly string[] {
  const lacking = buses.filter((bus) => !columns.some((had) => had.name === bus.name)).map((bus) => bus.name);
  return lacking.length === 0 ? [] : [`${name} has no ${lacking.join(' and no ')} yet`];
}

/** The other device of a machine is on PCI, or on the platform bus where PCI is in question. */
function partnerOf({ buses }: { readonly buses: readonly Bus[] }, asked: readonly Bus[]): Bus {
  const name = asked.some((bus) => bus.name === 'pci') ? 'platform' : 'pci';
  return buses.find((bus) => bus.name === name)!;
}
