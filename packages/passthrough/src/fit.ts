import type { Evidence, FoundDevice, FoundMachine } from '@busward/topology';
import { match } from 'ts-pattern';
import { callOf } from './claim.ts';
import { verdictText, type InspectedGroup, type Inspection } from './inspect.ts';
import { placeText } from './place-text.ts';
import { regionsTold } from './region.ts';

/** The machine that a message is about, and what of it the message names. */
export interface View {
  readonly machine: FoundMachine;
  readonly inspection: Inspection;
  readonly group?: InspectedGroup;
  readonly device?: FoundDevice;
  /** A device that the message names and the machine does not have: nothing of the machine can be meant. */
  readonly stranger?: string;
}

/** Whether a cause is the machine's. */
export interface Fit {
  readonly is: 'fits' | 'does not fit' | 'cannot tell';
  readonly because: string;
}

/** `undefined`: it cannot be told. */
export const fit = (yes: boolean | undefined, because: string): Fit => ({
  is: yes === undefined ? 'cannot tell' : yes ? 'fits' : 'does not fit',
  because,
});

/** A fit that depends on the group, which the message may not name. */
const ofGroup =
  (judge: (group: InspectedGroup, view: View) => Fit) =>
  (view: View): Fit =>
    view.group ? judge(view.group, view) : unjudged(view, 'group');

export const ofDevice =
  (judge: (device: FoundDevice, view: View) => Fit) =>
  (view: View): Fit =>
    view.device ? judge(view.device, view) : unjudged(view, 'device');

const unjudged = ({ machine, stranger }: View, what: 'group' | 'device'): Fit =>
  fit(
    undefined,
    stranger === undefined
      ? `the message names no ${what} of the machine`
      : `nothing is judged: the message is of ${stranger}, which ${machine.name} does not have`,
  );

/** No listing tells what files are open. */
export const openFiles = (): Fit => fit(undefined, 'no listing tells who has files open');

/** Whether a 1:1 region is told of for the group, of which `concerns` says whether it is one that matters. */
export const ofRegions =
  (concerns: (from: readonly Evidence[]) => boolean | undefined) =>
  (view: View): Fit =>
    ofGroup(({ group }) => {
      const members = view.machine.devices.flatMap((found) => (found.group?.is === group ? [{ found }] : []));
      const told = regionsTold(view.machine, group, members);
      if (!told) return fit(undefined, `nothing tells what firmware asks for in group ${group}`);
      if (told.length === 0) return fit(false, `firmware asks for no 1:1 region in group ${group}`);
      return fit(concerns(told), `group ${group}: firmware asks for a 1:1 region (${told.map(placeText).join(', ')})`);
    })(view);

export const verdictIs = (kind: InspectedGroup['verdict']['kind']) =>
  ofGroup(({ group, verdict }) =>
    fit(verdict.kind === 'unknown' ? undefined : verdict.kind === kind, `group ${group}: ${verdictText(verdict)}`),
  );

/** Of a driver that keeps a user from a group whose file he has: where it has none, another call is refused before. */
export const isInTheWay = ofGroup(({ group, verdict }, { device }) => {
  if (verdict.kind !== 'blocked')
    return fit(verdict.kind === 'unknown' ? undefined : false, `group ${group}: ${verdictText(verdict)}`);
  const itself = verdict.by.some((one) => one.device === device?.name)
    ? `; the message is of ${device!.name} itself`
    : '';
  const told = `group ${group}: ${verdictText(verdict)}${itself}`;
  const { refused, later } = verdict;
  return refused.step === 'open group'
    ? fit(
        later ? undefined : false,
        `${told}; but no device of it has a VFIO driver here, so that ${callOf(refused.step, group)} = ${refused.result} comes first`,
      )
    : fit(true, told);
});

/** That no member has a VFIO driver, so that the group has no file. */
export const hasNoFile = ofGroup(({ group, verdict }) => {
  const has = match(verdict)
    .with({ kind: 'ready' }, () => true)
    .with({ kind: 'free' }, { kind: 'bridges' }, () => false)
    .with({ kind: 'blocked', refused: { step: 'open group' } }, () => false)
    // Whoever is not told may have one, and is not known to.
    .with({ kind: 'blocked' }, ({ unknown }) => (unknown.some(({ of }) => of === 'driver') ? undefined : true))
    .with({ kind: 'impossible' }, { kind: 'unknown' }, () => undefined)
    .exhaustive();
  return fit(
    has === undefined ? undefined : !has,
    `group ${group}: ${has ? 'a device of it has a VFIO driver' : verdictText(verdict)}`,
  );
});

export const driverOf = (device: FoundDevice): string =>
  device.driver === undefined ? 'nothing tells its driver' : `${device.name} is on ${device.driver.is ?? 'no driver'}`;
