import type { FoundMachine } from '@busward/topology';
import { causes, type Cause, type CauseName, type Attempt, type Fit, type View } from './causes.ts';
import { errnoIn } from './errno-text.ts';
import { inspect } from './inspect.ts';
import type { JudgedBy } from './judged-by.ts';
import { messages, type Message } from './messages.ts';
import { resultIn } from './result-in.ts';
import { situations } from './situations.ts';

/** A message that was recognised in a text. */
export interface Explanation {
  readonly line: string;
  readonly means: string;
  readonly source: string;
  readonly does?: Attempt;
  readonly errno?: string;
  readonly group?: string;
  readonly device?: string;
  readonly todo?: string;
  /** Those that fit the machine first. */
  readonly causes: readonly ExplainedCause[];
}

export interface ExplainedCause {
  readonly says: string;
  readonly todo: string;
  /** What the kernels say in that situation, by version: the model's answers. */
  readonly byKernel: readonly { readonly version: string; readonly action: Attempt; readonly result: string }[];
  /** Where the errno is from, if no model has it. */
  readonly source?: string;
  readonly fit?: Fit;
}

/**
 * Explains each message of a text that is known, once. `kernels`: the one that it was said by, or all that could be. With a
 * machine each cause is held against it. A text that is nothing but an errno is explained for every step that can say it.
 */
export function explain(text: string, kernels: readonly JudgedBy[], machine?: FoundMachine): readonly Explanation[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const whole = lines.join(' ');
  const known = lines.flatMap((line) => {
    const message = messages.find(({ pattern }) => pattern.test(line));
    return message ? [{ line, message }] : [];
  });
  const once = known.filter(({ message }, at) => known.findIndex((one) => one.message === message) === at);
  if (once.length > 0) return once.map(({ line, message }) => explained(line, whole, message, kernels, machine));
  const joined = messages.find(({ pattern }) => pattern.test(whole));
  if (joined) return [explained(whole, whole, joined, kernels, machine)];
  const errno = errnoIn(whole);
  return errno === undefined ? [] : [explained(whole, whole, ofErrno, kernels, machine)];
}

const ofErrno: Message = {
  pattern: /$/,
  means: 'an error number alone: these are the steps of a hand-over that can say it, and why',
  source: 'the model, and the recordings it agrees with',
};

function explained(
  line: string,
  whole: string,
  message: Message,
  kernels: readonly JudgedBy[],
  machine: FoundMachine | undefined,
): Explanation {
  // The errno of a Python traceback or a shell may stand on another line than the call.
  const errno = errnoIn(line) ?? message.errno ?? errnoIn(whole);
  const view = machine && viewOf(whole, machine, kernels[0]!);
  const named = new Set<CauseName>(message.causes);
  if (!message.causes && errno !== undefined)
    for (const name of Object.keys(causes) as CauseName[])
      if (tells(causes[name], message.does, errno, kernels)) named.add(name);
  const told = message.causes ? undefined : errno;
  const all = [...named].map((name) => explainedCause(causes[name], message.does, told, kernels, view));
  const order = ['fits', 'cannot tell', undefined, 'does not fit'] as const;
  const group = view?.group?.group ?? groupIn(whole);
  return {
    line: line.trim(),
    means: message.means,
    source: message.source,
    ...(message.does !== undefined && { does: message.does }),
    ...(errno !== undefined && { errno }),
    ...(group !== undefined && { group }),
    ...(view?.device && { device: view.device.name }),
    ...(message.todo !== undefined && { todo: message.todo }),
    causes: all.toSorted((a, b) => order.indexOf(a.fit?.is) - order.indexOf(b.fit?.is)),
  };
}

function explainedCause(
  cause: Cause,
  does: Attempt | undefined,
  /** Only situations that can tell it are of interest. */
  errno: string | undefined,
  kernels: readonly JudgedBy[],
  view: View | undefined,
): ExplainedCause {
  const modelled = (cause.model ?? []).map((name) => situations[name]);
  const told = modelled.filter(
    (situation) =>
      (does === undefined || situation.action === does) &&
      (errno === undefined || kernels.some((judged) => resultIn(situation, judged) === errno)),
  );
  const fit = view && cause.fits?.(view);
  return {
    says: cause.says,
    todo: cause.todo,
    byKernel: told.flatMap((situation) =>
      kernels.map((judged) => ({
        version: judged.version,
        action: situation.action,
        result: resultIn(situation, judged),
      })),
    ),
    ...(cause.source && { source: cause.source.where }),
    ...(fit && { fit }),
  };
}

/** Whether a cause can be behind an errno at a step; at any step, where none is known. */
function tells(cause: Cause, does: Attempt | undefined, errno: string, kernels: readonly JudgedBy[]): boolean {
  const { source } = cause;
  if (source && source.errno === errno && (does === undefined || source.does === does)) return true;
  return (cause.model ?? [])
    .map((name) => situations[name])
    .filter(({ action }) => does === undefined || action === does)
    .some((situation) => kernels.some((judged) => resultIn(situation, judged) === errno));
}

/** What of the machine a text is about: a group by its number, or by a device; a device by its name, long or short. */
function viewOf(text: string, machine: FoundMachine, judged: JudgedBy): View {
  const inspection = inspect(machine, judged);
  const device = machine.devices
    .filter(({ name }) => text.includes(name) || (name.startsWith('0000:') && text.includes(name.slice(5))))
    .toSorted((a, b) => b.name.length - a.name.length)[0];
  const number = groupIn(text) ?? device?.group?.is ?? undefined;
  const group =
    inspection.groups.find((one) => one.group === number) ??
    // The only group that a user could mean.
    (number === undefined && inspection.groups.length === 1 ? inspection.groups[0] : undefined);
  return { machine, inspection, ...(group && { group }), ...(device && { device }) };
}

const groupIn = (text: string): string | undefined =>
  /\bgroup[ =:]+(\d+)/i.exec(text)?.[1] ??
  /\/dev\/vfio\/(\d+)/.exec(text)?.[1] ??
  /iommu_groups\/(\d+)/.exec(text)?.[1];
