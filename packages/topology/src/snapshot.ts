import type { Evidence, Found, FoundDevice, FoundMachine, Need } from './found.ts';
import type { DeviceFacts, Tell } from './statement.ts';
import { withoutIdentity, kernelWithoutIdentity, optionsOfInterest, nameWithoutIdentity } from './identity.ts';
import { regionTables, tableOf } from './region-table.ts';
import type { LineReader } from './text/line-reader.ts';

/**
 * A machine as a small text, fit to attach to a bug report: one JSON object a line, first the machine, then its groups,
 * then its devices. It holds what the readers need and nothing that identifies the machine or its owner: fields and
 * values are let through by a list of what is allowed (identity.ts).
 */
export function writeSnapshot(found: FoundMachine): string {
  const rename = nameWithoutIdentity();
  const machine = {
    'busward snapshot': 1,
    ...shown('kernel', kernelWithoutIdentity(found.kernel?.is)),
    ...shown('model', withoutIdentity(found.model?.is)),
    ...shown('commandLine', optionsOfInterest(found.commandLine?.is)),
    needsTold: found.needsTold.map(({ is }) => is),
  };
  const unread = new Set(found.unread.flatMap(({ groups: named = [] }) => named).filter((one) => isNumber.test(one)));
  const groups = [...new Set([...Object.keys(found.groups), ...unread])].map((group) => ({
    group,
    ...shown('type', found.groups[group]?.type?.is),
    ...shown('direct', found.groups[group]?.direct?.is),
    ...shown('table', tableOf(found.groups[group]?.direct?.from)),
    // What they say may identify; that there is something does not.
    ...(unread.has(group) && { unread: true }),
  }));
  const devices = found.devices.map((device) => ({
    device: rename(device.name),
    ...Object.fromEntries(
      Object.entries(facts).flatMap(([fact, { write }]) => {
        const told = device[fact as keyof typeof facts] as Found<unknown> | undefined;
        const is = told && write(told.is, rename);
        return is === undefined ? [] : [[fact, is]];
      }),
    ),
    ...shown('table', tableOf((device.direct ?? device.asks)?.from)),
    ...(device.needed && { needed: device.needed.map(({ is }) => is) }),
  }));
  return [machine, ...groups, ...devices].map((line) => `${JSON.stringify(line)}\n`).join('');
}

const isNumber = /^\d{1,9}$/;

const shown = (key: string, is: unknown): object => (is === undefined ? {} : { [key]: is });

/** Reads the lines of a snapshot; one that is cut off or changed is unread, the others count. */
export function snapshotLines(tell: Tell): LineReader {
  return {
    kind: 'busward snapshot',
    line(text, from) {
      if (!/^\{"(?:busward snapshot|group|device)":/.test(text)) return false;
      const object = parsed(text);
      if (object && 'busward snapshot' in object) {
        if (object['busward snapshot'] !== 1)
          tell({
            kind: 'says',
            text: `${from.file}: a snapshot of a newer busward; what this one knows of it is read`,
          });
        const { kernel, model, commandLine, needsTold } = object;
        tell({
          kind: 'machine',
          facts: {
            ...(isText(kernel) && { kernel }),
            ...(isText(model) && { model }),
            ...(isText(commandLine) && { commandLine }),
          },
          from,
        });
        for (const need of needsIn(needsTold)) tell({ kind: 'need told', need, from });
        return true;
      }
      if (object && isText(object['device'])) {
        const name = object['device'];
        const { device: _, needed, table, ...told } = object;
        const known = Object.entries(told).filter(
          ([fact, is]) => Object.hasOwn(facts, fact) && facts[fact as Fact].is(is),
        );
        const fromTable = within(from, table);
        if (known.length < Object.keys(told).length || (table !== undefined && fromTable === from))
          tell({ kind: 'unread', text, from });
        const ofRegion = known.filter(([fact]) => fact === 'direct' || fact === 'asks');
        const others = known.filter((one) => !ofRegion.includes(one));
        tell({ kind: 'device', name, facts: Object.fromEntries(others) as DeviceFacts, from });
        if (ofRegion.length > 0)
          tell({ kind: 'device', name, facts: Object.fromEntries(ofRegion) as DeviceFacts, from: fromTable });
        for (const need of needsIn(needed)) tell({ kind: 'needed', name, need, from });
        return true;
      }
      const group = object?.['group'];
      if (object && isText(group) && isNumber.test(group)) {
        const { type, direct, table } = object;
        if (object['unread'] === true) tell({ kind: 'unread', text, from });
        if (isText(type)) tell({ kind: 'group', group, facts: { type }, from });
        if (typeof direct === 'boolean') tell({ kind: 'group', group, facts: { direct }, from: within(from, table) });
        return true;
      }
      tell({ kind: 'unread', text, from });
      return true;
    },
  };
}

/** Where a 1:1 region stands, and the table that told of it. */
const within = (from: Evidence, table: unknown): Evidence => {
  const at = regionTables.find((one) => one === table);
  return at === undefined ? from : { ...from, at };
};

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

const isText = (is: unknown): is is string => typeof is === 'string' && is.length > 0 && is.length <= 1000;
const isTextOrNull = (is: unknown): boolean => is === null || isText(is);

const needs: readonly Need[] = ['root disk', 'active network', 'console'];
const needsIn = (list: unknown): readonly Need[] =>
  Array.isArray(list) ? list.filter((one): one is Need => needs.includes(one as Need)) : [];

type Fact = Exclude<keyof FoundDevice, 'name' | 'needed'>;

/** For each fact: what may stand in a snapshot, and how it is written there. */
const facts: Readonly<
  Record<Fact, { is(value: unknown): boolean; write(value: unknown, rename: (name: string) => string): unknown }>
> = {
  bus: { is: isText, write: word },
  group: { is: (is) => is === null || (isText(is) && /^\d+$/.test(is)), write: (is) => is },
  driver: { is: isTextOrNull, write: word },
  override: { is: isTextOrNull, write: word },
  modules: {
    is: (is) => Array.isArray(is) && is.every(isText),
    write: (is) => (is as readonly string[]).map(word).filter((one) => one !== undefined),
  },
  joins: { is: (is) => is === 'when added' || is === 'at first bind', write: (is) => is },
  class: { is: (is) => isText(is) && /^(?:[0-9a-f]{2}){2,3}$/.test(is), write: (is) => is },
  bridge: { is: (is) => is === true, write: (is) => is },
  ids: { is: (is) => isText(is) && /^[0-9a-f]{4}:[0-9a-f]{4}$/.test(is), write: (is) => is },
  says: { is: isText, write: (is) => withoutIdentity(is as string) },
  asks: { is: (is) => is === true, write: (is) => is },
  direct: { is: (is) => typeof is === 'boolean', write: (is) => is },
  parent: { is: isText, write: (is, rename) => rename(is as string) },
  physfn: { is: isText, write: (is, rename) => rename(is as string) },
};

/** A driver, a module, a bus: short words that its author has chosen. */
function word(is: unknown): unknown {
  if (is === null) return null;
  return isText(is) && /^[\w+.() -]{1,40}$/.test(is) ? withoutIdentity(is) : undefined;
}
