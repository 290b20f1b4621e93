import { numberUpTo } from './number.ts';

/** Beyond that an engine has no room: a state has a place for each, and any of them may be anywhere. */
export const MOST_IN_FLIGHT = 16;

/** How much happens at once in an open world. */
export const inFlightFlag = {
  kind: 'parsed',
  parse: (text: string) => numberUpTo(MOST_IN_FLIGHT, text),
  default: '2',
  brief: `operations in flight at once, from 1 to ${MOST_IN_FLIGHT}`,
  placeholder: 'n',
} as const;
