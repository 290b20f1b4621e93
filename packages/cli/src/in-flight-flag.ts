import { atLeastOne } from './number.ts';

/** Beyond that an engine has no room: a state has a place for each, and any of them may be anywhere. */
export const MOST_IN_FLIGHT = 16;

/** How much happens at once in an open world. */
export const inFlightFlag = {
  kind: 'parsed',
  parse: inFlightOf,
  default: '2',
  brief: `operations in flight at once, from 1 to ${MOST_IN_FLIGHT}`,
  placeholder: 'n',
} as const;

function inFlightOf(text: string): number {
  const inFlight = atLeastOne(text);
  if (inFlight <= MOST_IN_FLIGHT) return inFlight;
  throw new Error(`expected a number from 1 to ${MOST_IN_FLIGHT}; more than that no engine has room for`);
}
