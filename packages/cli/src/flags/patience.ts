import { usualLimits } from '@busward/explorer';
import { atLeastOne, bytesOf, secondsOf } from './number.ts';

/** When a search has to stop, whether it is done or not. */
export interface Patience {
  readonly maxStates: number;
  /** Seconds. */
  readonly timeout?: number;
  /** Bytes of the whole process. */
  readonly maxMemory?: number;
}

export const patienceFlags = {
  maxStates: {
    kind: 'parsed',
    parse: atLeastOne,
    default: String(usualLimits.maxStates),
    brief: 'stop a search there, undecided',
    placeholder: 'n',
  },
  timeout: {
    kind: 'parsed',
    parse: secondsOf,
    optional: true,
    brief: 'stop after that time, undecided (90, 90s, 5m)',
    placeholder: 'time',
  },
  maxMemory: {
    kind: 'parsed',
    parse: bytesOf,
    optional: true,
    brief: 'stop when the process takes more, undecided (500M, 4G)',
    placeholder: 'size',
  },
} as const;
