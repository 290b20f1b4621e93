import { describeOperation, OK, type Operation } from '@busward/core';

/** Something that can be seen: a call, an answer, a change of what devices show, a principle that is broken now, or an end. */
export interface Label {
  readonly kind: 'call' | 'answer' | 'change' | 'breach' | 'end';
  /** `call: bind B to nvme`, `bind B to nvme = EBUSY`, `B: active`, `P1 at B`. */
  readonly text: string;
  /** Whose call, answer or end it is. */
  readonly operation?: Operation;
}

/** What cannot be seen. */
export const INTERNAL = 0;

/** Numbers labels, so that those of two systems can be compared. Two labels are the same if they read the same. */
export interface Labels {
  numberOf(label: Label): number;
  at(number: number): Label;
}

export function labelBook(): Labels {
  const all: Label[] = [{ kind: 'change', text: '' }];
  const numbers = new Map<string, number>();
  return {
    numberOf(label) {
      const key = `${label.kind} ${label.text}`;
      let number = numbers.get(key);
      if (number === undefined) {
        numbers.set(key, (number = all.length));
        all.push(label);
      }
      return number;
    },
    at: (number) => all[number]!,
  };
}

export const callOf = (operation: Operation): Label => ({
  kind: 'call',
  text: `call: ${describeOperation(operation)}`,
  operation,
});

/** An answer that is not OK. */
export const isRefusal = ({ kind, text }: Label): boolean => kind === 'answer' && !text.endsWith(`= ${OK}`);

export const answerOf = (operation: Operation, result: string): Label => ({
  kind: 'answer',
  text: `${describeOperation(operation)} = ${result}`,
  operation,
});

/** Nothing comes after it. */
export const endOf = (operation: Operation, how: string): Label => ({
  kind: 'end',
  text: `${describeOperation(operation)} = ${how}`,
  operation,
});
