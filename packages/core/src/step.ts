import type { Cell, Cells } from './cell.ts';

declare const minted: unique symbol;

/** One atomic action of the kernel, with outcome `T`. Only core makes steps; plugins `yield*` programs of them. */
export interface Step<out T> {
  readonly [minted]: (_: never) => T;
  readonly name: string;
}

/**
 * Kernel code: a generator of steps. It may depend on nothing but the outcomes of its steps, since it is compiled by
 * running it once for every history of outcomes.
 */
export type Program<T> = Generator<Step<unknown>, T, unknown>;

/** Whether what a plugin returned can be run as one. */
export const isProgram = (value: unknown): value is Program<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { next?: unknown }).next === 'function';

/** A step that is not enabled in this state: the operation blocks until another one has changed what it waits for. */
export const WAIT = Symbol('wait');

/** What core knows of a step. Two atoms with one `key` do the same in every state. */
export interface Atom<T = unknown> {
  readonly name: string;
  readonly key: string;
  /** Every outcome it can have: a decision from a small set, never data. */
  readonly outcomes: readonly T[];
  /** The only cells it may read or write. */
  readonly touches: readonly Cell[];
  /** The only ones of them that it may write; if it is left out, all. */
  readonly writes?: readonly Cell[];
  run(cells: Cells): T | typeof WAIT;
}

/** Performs one atomic step and returns its outcome. */
export function* perform<T>(atom: Atom<T>): Program<T> {
  return (yield mint(atom)) as T;
}

/**
 * Names a kernel call that changes no state of the model (a notification nobody listens to, sysfs links). It costs no
 * state: it passes at once and is printed with the step after it.
 */
export function* note(name: string): Program<void> {
  yield mint({ name, key: `note ${name}`, outcomes: [undefined], touches: [], run: () => undefined });
}

/**
 * Runs a program of which only the result is known afterwards: no variable of it may outlive it. So whatever comes next
 * is unfolded once for each result, not once for each way to it.
 */
export function* call<T>(program: () => Program<T>): Program<T> {
  return (yield new Minted(program) as unknown as Step<T>) as T;
}

export const isNote = (atom: Atom): boolean => atom.touches.length === 0 && atom.outcomes.length === 1;

/** The atom behind a step; `undefined` for anything that core did not mint. */
export function atomOf(step: unknown): Atom | undefined {
  const inside = Minted.inside(step);
  return typeof inside === 'object' ? inside : undefined;
}

/** The program that is called, if it is a {@link call}. */
export function calledBy(step: unknown): (() => Program<unknown>) | undefined {
  const inside = Minted.inside(step);
  return typeof inside === 'function' ? inside : undefined;
}

/** The same program, with each of its steps replaced. The only place in core where a program is driven by hand. */
export function* replaceSteps<T>(program: Program<T>, replace: (atom: Atom) => Atom): Program<T> {
  let at = program.next();
  while (!at.done) {
    const atom = atomOf(at.value);
    const called = calledBy(at.value);
    if (called) at = program.next(yield* call(() => replaceSteps(called(), replace)));
    else at = program.next(yield atom && !isNote(atom) ? mint(replace(atom)) : at.value);
  }
  return at.value;
}

const mint = <T>(atom: Atom<T>): Step<T> => new Minted(atom) as unknown as Step<T>;

/** A private field cannot be forged: this is what makes a step a step at run time. */
class Minted {
  readonly #inside: Atom | (() => Program<unknown>);
  constructor(inside: Atom | (() => Program<unknown>)) {
    this.#inside = inside;
  }
  get name(): string {
    return this.#inside.name;
  }
  static inside(step: unknown): Atom | (() => Program<unknown>) | undefined {
    return typeof step === 'object' && step !== null && #inside in step ? step.#inside : undefined;
  }
}
