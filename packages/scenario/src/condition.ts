import {
  describeOperation,
  EPROBE_DEFER,
  OK,
  refusals,
  type Machine,
  type Operation,
  type Principle,
  type System,
} from '@busward/core';
import { valueText, type Fact } from '@busward/explorer';
import { noSuch } from './nearest.ts';
import type { Actor } from './scenario.ts';

/**
 * Reads what can be said of a moment: `P1` (that principle has been broken), `bind B to nvme = EBUSY` (that operation
 * has ended so; `... (2)` is the second one of its kind), `B.driver = nvme` (a variable of the model).
 * Throws an Error that says what was expected.
 */
export function parseFact(
  text: string,
  of: {
    readonly machine: Machine;
    readonly actors: readonly Actor[];
    readonly principles: readonly Principle[];
    readonly cells: System['cells'];
  },
): Fact {
  const [, left, right] = /^(.+?) = (.+)$/.exec(text) ?? [];
  if (left === undefined || right === undefined) {
    const principle = of.principles.find(({ id }) => id === text);
    if (principle) return { kind: 'broken', principle };
    const ids = of.principles.map(({ id }) => id);
    throw new Error(
      `'${text}' is neither a principle (${ids.join(', ')}), nor OPERATION = RESULT, nor VARIABLE = VALUE`,
    );
  }
  const operation = operationCalled(left, of.actors);
  if (operation) {
    if (results.includes(right)) return { kind: 'result', operation, is: right };
    throw new Error(noSuch('result', right, results));
  }
  const cell = of.cells.find(({ name }) => name === left);
  if (!cell) {
    const operations = of.actors.flatMap((actor) => actor.operations.map(describeOperation));
    throw new Error(
      noSuch('operation or variable', left, [
        ...operations,
        ...nearCells(
          left,
          of.cells.map(({ name }) => name),
        ),
      ]),
    );
  }
  const value = cell.values.find((one) => valueText(one) === right);
  if (value !== undefined || right === 'none') return { kind: 'value', cell: left, is: value };
  throw new Error(noSuch(`value of ${left}`, right, cell.values.map(valueText)));
}

/** The n-th operation of that description, counting through the actors; 'u0: ' may be left out where it is clear. */
function operationCalled(text: string, actors: readonly Actor[]): Operation | undefined {
  const [, words = text, count = '1'] = /^(.*?)(?: \((\d+)\))?$/.exec(text)!;
  const all = actors.flatMap(({ operations }) => operations);
  const exact = all.filter((one) => describeOperation(one) === words);
  const loose = all.filter((one) => describeOperation(one).replace(/^[^:]+: /, '') === words);
  return (exact.length > 0 ? exact : loose)[Number(count) - 1];
}

/** Of an operation; nobody is told EPROBE_DEFER, which a bind makes EAGAIN of. */
const results: readonly string[] = [OK, ...refusals.filter((one) => one !== EPROBE_DEFER), 'blocked', 'skip', 'crash'];

/** Those of the thing that was named, or all. */
function nearCells(text: string, names: readonly string[]): readonly string[] {
  const thing = text.split('.')[0]!;
  const near = names.filter((name) => name.startsWith(`${thing}.`));
  return near.length > 0 ? near : names;
}
