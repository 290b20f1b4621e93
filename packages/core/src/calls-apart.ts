import { describeOperation, type Operation } from './operation.ts';
import { isNote, perform, replaceSteps, WAIT, type Atom, type Program } from './step.ts';
import type { Guard, System } from './system.ts';

/** The first and the last step of every operation of a system with calls apart. */
export const CALL = 'call';
export const ANSWER = 'answer';

/**
 * The same system as somebody outside sees it: calling and getting the answer are steps of their own, before the first
 * and after the last step of an operation. How many steps a kernel takes in between cannot be told then, and two kernels
 * that take their locks elsewhere can be compared. What was called and has become impossible meanwhile waits.
 */
export const withCallsApart = (system: System): System => ({
  ...system,
  program: (operation) => callAndAnswer(system, operation),
});

function* callAndAnswer(system: System, operation: Operation): ReturnType<System['program']> {
  yield* moment(system, CALL, operation);
  const result = yield* startingWhere(system.possible(operation), system.program(operation));
  yield* moment(system, ANSWER, operation);
  return result;
}

/** A step that does nothing, and is one all the same, since it could touch something. */
const moment = ({ cells }: System, name: string, operation: Operation): Program<void> =>
  perform({
    name,
    key: `${name} ${describeOperation(operation)}`,
    outcomes: [undefined],
    touches: cells.slice(0, 1),
    run: () => undefined,
  });

/** The program, whose first step waits for the guard. */
function startingWhere<T>({ touches, holds }: Guard, program: Program<T>): Program<T> {
  let started = false;
  return replaceSteps(program, (atom): Atom => {
    if (started || isNote(atom)) return atom;
    started = true;
    return {
      ...atom,
      key: `${atom.key} when possible`,
      touches: [...new Set([...touches, ...atom.touches])],
      run: (cells) => (holds(cells) ? atom.run(cells) : WAIT),
    };
  });
}
