import { ANSWER, CALL, describeOperation } from '@busward/core';
import type { Witness, WitnessStep } from '@busward/explorer';
import { wrap, type Page } from './columns.ts';

/**
 * A witness as text: a column for each operation in flight, kernel function names, and what changes. Steps that only
 * take or give back a lock, or look at something, are left out; the numbers count them. Where the page is too narrow
 * for columns, operations in flight are told apart by a letter. `marked`: the step with that index gets an arrow.
 */
export function witnessLines(witness: Witness, page: Page, marked?: number): readonly string[] {
  const columnOf = columnsOf(witness.steps);
  const rows = witness.steps.flatMap((step, at) =>
    tell(step, at === marked || (at === witness.steps.length - 1 && !isMoment(step))).map((row, line, { length }) => ({
      ...row,
      number: `${at === marked && line === length - 1 ? '> ' : ''}${at + 1}`,
      column: columnOf[at]!,
    })),
  );
  const columns = Math.max(0, ...columnOf) + 1;
  const digits = Math.max(...rows.map(({ number }) => number.length));
  const width = Math.max(...rows.map(({ does }) => does.length)) + 2;
  // Lanes move together as far as the page wants; what was in flight before is then beside, not before, what comes.
  const room = page.width - 34 - digits - 2 - width;
  const lane = columns === 1 ? 0 : Math.min(width, Math.floor(room / (columns - 1)));
  const left = digits + 2 + (columns - 1) * lane + width;
  if (left + 30 > page.width || (columns > 1 && lane < 4))
    return rows.flatMap(({ number, column, does, changes }) => {
      const mark = columns > 1 ? `${String.fromCharCode(65 + column)} ` : '';
      const first = `${number.padStart(digits)}  ${mark}`;
      const blank = ' '.repeat(first.length);
      return [
        ...wrap(does, page.width, first, blank),
        ...(changes === '' ? [] : wrap(changes, page.width, `${blank}    `)),
      ];
    });
  return rows.flatMap(({ number, column, does, changes }) => {
    const before = `${number.padStart(digits)}  ${' '.repeat(column * lane)}${does}`.padEnd(left);
    return wrap(changes, page.width, before, ' '.repeat(left));
  });
}

interface Row {
  readonly does: string;
  readonly changes: string;
}

/** What a step changes and what the kernel says meanwhile, in words. */
export const changesOf = (step: WitnessStep): string => [...tellChanges(step), ...step.happenings].join('; ');

/** The error that a step decided on, where the operation does not end with it there and then. */
export const refusalOf = ({ outcome, result }: WitnessStep): string | undefined =>
  outcome !== undefined && /^E[A-Z_]+$/.test(outcome) && outcome !== result ? outcome : undefined;

/** Steps that only take or give back a lock, or look at something, are not worth a line. */
export const isShown = (step: WitnessStep): boolean => changesOf(step) !== '' || refusalOf(step) !== undefined;

/** A call as such, or its answer, where an operation has no step of its own: nothing happens in the kernel. */
export const isMoment = ({ call }: WitnessStep): boolean => call === CALL || call === ANSWER;

function tell(step: WitnessStep, stressed: boolean): readonly Row[] {
  const changes = changesOf(step);
  const result = step.result === undefined ? '' : `  = ${step.result}`;
  const shown = isShown(step) || stressed;
  const starts = step.starts ? [{ does: describeOperation(step.operation) + (shown ? '' : result), changes: '' }] : [];
  if (shown) return [...starts, { does: `  ${doneIn(step, result)}`, changes }];
  return step.starts || result === '' ? starts : [{ does: result, changes: '' }];
}

function doneIn(step: WitnessStep, result: string): string {
  if (step.call === CALL) return 'the call begins';
  if (step.call === ANSWER) return `it returns ${step.result}`;
  const refusal = refusalOf(step);
  return `${step.call}${refusal === undefined ? '' : `: ${refusal}`}${result}`;
}

/** `driver none -> nvme, +running; group 4: owner_cnt 0 -> 1`: what the operation is about goes without its name. */
function tellChanges({ operation, changes }: WitnessStep): readonly string[] {
  const about = 'device' in operation ? operation.device : 'group' in operation ? operation.group : undefined;
  const things = new Map<string, string[]>(about === undefined ? [] : [[about, []]]);
  for (const { cell, from, to } of changes) {
    const [, thing, name] = /^(.*)\.([^.]+)$/.exec(cell)!;
    if (name!.endsWith('_lock')) continue;
    const told = from === 'false' ? `+${name}` : to === 'false' ? `-${name}` : `${name} ${from} -> ${to}`;
    things.set(thing!, [...(things.get(thing!) ?? []), told]);
  }
  return [...things].flatMap(([thing, all]) =>
    all.length === 0 ? [] : [thing === about ? all.join(', ') : `${thing}: ${all.join(', ')}`],
  );
}

/** Operations that are not in flight together share a column. */
function columnsOf(steps: readonly WitnessStep[]): readonly number[] {
  const columnOf = new Map<number, number>();
  const busy = new Set<number>();
  return steps.map(({ lane, result }) => {
    let column = columnOf.get(lane);
    if (column === undefined) {
      column = 0;
      while (busy.has(column)) column++;
      columnOf.set(lane, column);
      busy.add(column);
    }
    if (result !== undefined) busy.delete(column);
    return column;
  });
}
