import { atLeastOne } from './number.ts';

/** How much happens at once in an open world. */
export const inFlightFlag = {
  kind: 'parsed',
  parse: atLeastOne,
  default: '2',
  brief: 'operations in flight at once',
  placeholder: 'n',
} as const;
