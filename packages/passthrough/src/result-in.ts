import {
  assemble,
  device,
  EAGAIN,
  EBUSY,
  EINVAL,
  ENODEV,
  EPERM,
  kernelDriver,
  machine,
  OK,
  vfioDriverOf,
  type Bus,
  type Clients,
  type Machine,
  type Operation,
  type System,
  type User,
} from '@busward/core';
import { compile, interpreter, judgesOf, run, seek, startingAt } from '@busward/explorer';
import type { JudgedBy } from './judged-by.ts';
import { K, V, type Situation } from './situations.ts';

/**
 * What the action comes to under a kernel: `OK`, an errno, `crash`, `blocked`; or 'not there' where the kernel cannot get into
 * the situation (iommufd before 6.2).
 */
export function resultIn(situation: Situation, judged: JudgedBy): string {
  const known = answers.get(judged) ?? new Map<Situation, string>();
  answers.set(judged, known);
  const answer = known.get(situation) ?? askFor(situation, judged);
  known.set(situation, answer);
  return answer;
}

const answers = new WeakMap<JudgedBy, Map<Situation, string>>();

function askFor(situation: Situation, judged: JudgedBy): string {
  const { before, does, about, meanwhile } = situation;
  if (about === 'through iommufd' && !judged.strategy.surroundings.vfio.iommufd) return 'not there';
  if (does.do === 'claim' && !judged.strategy.surroundings.vfio.iommufd) return 'not there';
  const bus = judged.buses.find(({ name }) => name === 'pci') ?? judged.buses[0]!;
  const rename = <T extends Operation>(one: T): T =>
    'driver' in one && one.driver === V ? { ...one, driver: vfioDriverOf(bus).name } : one;
  const operations = before.map(rename);
  const of = machineOf(situation, bus);
  if (meanwhile) return resultBeside(of, operations, meanwhile, rename(does), judged);
  const { ran } = run(
    assembled(of, judged, { kind: 'open', inFlight: 1, menu: [] }),
    [...operations, rename(does)],
    [],
  );
  const reached = ran.length === before.length + 1 && ran.slice(0, -1).every(({ result }) => result === 'OK');
  return reached ? ran.at(-1)!.result : 'not there';
}

/** The first refusal that some interleaving with what is under way shows; OK if none does. */
function resultBeside(
  of: Machine,
  before: readonly Operation[],
  meanwhile: Operation,
  does: Operation,
  judged: JudgedBy,
): string {
  const system = assembled(of, judged, { kind: 'actors', actors: [[meanwhile], [does]] });
  const model = interpreter(system);
  for (const operation of before) model.start(operation);
  const compiled = startingAt(compile(system), model.state());
  const shows = (is: string): boolean =>
    seek(compiled, judgesOf(system, []), { facts: [{ kind: 'result', operation: does, is }], how: 'together' }).path !==
    undefined;
  return [EAGAIN, EBUSY, EPERM, EINVAL, ENODEV].find(shows) ?? OK;
}

const assembled = (of: Machine, { strategy, buses }: JudgedBy, clients: Clients): System =>
  assemble(of, strategy, buses, clients);

function machineOf({ about, does }: Situation, bus: Bus): Machine {
  const users: readonly User[] = ['u0', 'u1'].map((name) => ({
    name,
    through: does.do === 'claim' || (about === 'through iommufd' && name === 'u1') ? 'iommufd' : 'container',
  }));
  const drivers = [kernelDriver(K), vfioDriverOf(bus)];
  const group = about === 'A has no group' ? {} : { group: 'g' };
  return machine('two devices', {
    users,
    ...(about === 'overridden' && { overrides: true as const }),
    devices: [
      device(bus, 'A', { ...group, drivers, direct: about === 'A has a 1:1 region' }),
      device(bus, 'B', { group: 'g', drivers }),
    ],
    iommu: about === 'the IOMMU comes later' ? 'later' : 'present',
    types: { now: { g: 'DMA' }, auto: 'DMA' },
  });
}
