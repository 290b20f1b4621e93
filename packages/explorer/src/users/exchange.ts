import type { Cell, Operation } from '@busward/core';
import type { At, Compiled, Node, Start } from '../tables/compile.ts';
import type { Naming, Swap } from '../likeness/ordering.ts';

/**
 * Two users, and what has to be exchanged in a state for each to be where the other was. It is read off the layout and the
 * programs, and is a guess until every table does the same ({@link usersAgree}).
 */
export interface UserExchange extends Swap {
  readonly users: readonly [string, string];
  /** Of each cell the one that its value goes to. */
  readonly moved: Int32Array;
  /** Of each operation of the menu the one that it becomes. */
  readonly starts: readonly number[];
}

/** Nothing, if the programs are not alike: what one can do, the other cannot. */
export function userExchangeOf(compiled: Compiled, users: readonly [string, string]): UserExchange | undefined {
  const programs = programsOf(compiled, users);
  if (!programs) return undefined;
  const [one, other] = users.map((user) => cellsOf(compiled, user));
  const own = one!.map((id, at) => [id, other![at]!] as const);
  const naming = compiled.cells.flatMap((cell) => namingIn(cell, users));
  const moved = Int32Array.from(compiled.cells, (_, id) => id);
  for (const [a, b] of own) [moved[a], moved[b]] = [b, a];
  return { users, own, moved, naming, ...programs };
}

/** The value that a cell's value becomes. */
export function namedAfter({ naming }: UserExchange, id: number, value: number): number {
  const names = naming.find((one) => one.id === id && one.values.includes(value))?.values;
  return names ? names[names[0] === value ? 1 : 0] : value;
}

/** A text that names one of the two names the other; so does a user. */
export function exchanged(value: unknown, [one, other]: UserExchange['users'], compiled: Compiled): unknown {
  const { users } = compiled.system.kernel.machine;
  const user = users.find((each) => each === value);
  if (user) return users.find(({ name }) => name === exchanged(user.name, [one, other], compiled));
  if (typeof value !== 'string') return value;
  const form = forms.find((of) => of(one) === value || of(other) === value);
  return form ? form(form(one) === value ? other : one) : value;
}

const forms: readonly ((name: string) => string)[] = [(name) => name, (name) => `user ${name}`];

function namingIn({ id, values }: Cell, [one, other]: UserExchange['users']): readonly Naming[] {
  return forms.flatMap((of) => {
    const at = [values.indexOf(of(one)), values.indexOf(of(other))] as const;
    return at.includes(-1) ? [] : [{ id, values: at }];
  });
}

function cellsOf({ system }: Compiled, user: string): readonly number[] {
  const { layout, machine } = system.kernel;
  return [
    ...machine.groups.map((group) => layout.session(user, group)),
    ...machine.devices.map((device) => layout.file(user, device.name)),
  ].flatMap((cells) => Object.values(cells).map(({ id }) => id));
}

/** Pairs every place with what it becomes, from the starts on, outcome by outcome. */
function programsOf(
  compiled: Compiled,
  users: UserExchange['users'],
): Pick<UserExchange, 'places' | 'starts'> | undefined {
  const { nodes } = compiled;
  const places = new Uint16Array(nodes.length).map((_, at) => at);
  const known = new Set<number>();
  const left: (readonly [Node, Node])[] = [];
  const starts: number[] = [];
  const numberOf = new Map<Node, number>(nodes.map((node, at) => [node, at]));
  if (!pair(0, 0)) return undefined;
  for (let next = left.pop(); next; next = left.pop()) {
    const [one, other] = next;
    const alike =
      one.kind === 'at'
        ? other.kind === 'at' && pairSteps(one, other)
        : other.kind === 'idle' && pairStarts(one.starts, other.starts);
    if (!alike) return undefined;
  }
  return [...known].every((at) => places[places[at]!] === at) ? { places, starts } : undefined;

  function pair(one: number, other: number): boolean {
    if (known.has(one)) return places[one] === other;
    known.add(one);
    places[one] = other;
    left.push([nodes[one]!, nodes[other]!]);
    return true;
  }

  function pairStarts(mine: readonly Start[], yours: readonly Start[]): boolean {
    const choices = new Map(yours.map(({ operation }, at) => [JSON.stringify(operation), at]));
    return mine.every(({ operation, first }) => {
      const choice = choices.get(JSON.stringify(asTheOther(operation)));
      if (choice === undefined) return false;
      starts.push(choice);
      const twin = yours[choice]!;
      const [from, to] = [numberOf.get(first), numberOf.get(twin.first)];
      // What ends with its first step may have no place.
      if (from === undefined || to === undefined) return from === to && pairSteps(first, twin.first);
      return pair(from, to);
    });
  }

  function pairSteps(one: At, other: At): boolean {
    return (
      one.next.length === other.next.length &&
      one.next.every((next) => {
        const twin = other.next.find(({ outcome }) => outcome === exchanged(next.outcome, users, compiled));
        if (!twin || next.result !== twin.result || next.error?.message !== twin.error?.message) return false;
        return next.error !== undefined || pair(next.to, twin.to);
      })
    );
  }

  function asTheOther(operation: Operation): Operation {
    if (!('user' in operation)) return operation;
    return { ...operation, user: exchanged(operation.user, users, compiled) as string };
  }
}
