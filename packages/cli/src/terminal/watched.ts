import { count, thousands } from '@busward/core';
import { constants } from 'node:os';
import type { SearchProgress, Watched } from '@busward/explorer';
import type { Patience } from '../flags/patience.ts';
import { endWith } from './exit-code.ts';

/** How long the search goes on before it looks up, and how often it says how far it is. */
const LOOK_UP_MS = 50;
const SAY_MS = 250;

let interrupted = false;

function interrupt(): void {
  interrupted = true;
  endWith(128 + constants.signals.SIGINT);
}

/** Ctrl-C is heard until the work is done, between its searches, too. */
export async function hearingCtrlC<T>(work: () => Promise<T>): Promise<T> {
  process.once('SIGINT', interrupt);
  try {
    return await work();
  } finally {
    process.off('SIGINT', interrupt);
  }
}

/** Whether Ctrl-C was pressed in a search: what is left to do is not begun then. */
export const isInterrupted = (): boolean => interrupted;

/**
 * Runs a search: says on a terminal's stderr how far it is, and stops it, undecided, at a limit or at Ctrl-C. A second
 * Ctrl-C ends the process. A time-out counts from `since`, so that it can be that of several searches.
 */
export async function watched<T>(
  search: Watched<T>,
  { timeout, maxMemory }: Omit<Patience, 'maxStates'>,
  since = performance.now(),
): Promise<T> {
  const began = performance.now();
  // Of many searches that take a moment each, every one looks up once.
  let lookedUp = -Infinity;
  let said = began;
  let stop: string | undefined;
  // A comparison is many searches, each of which counts from zero.
  let before = 0;
  let states = 0;
  const listens = process.listeners('SIGINT').includes(interrupt);
  if (!listens) process.once('SIGINT', interrupt);
  const terminal = process.stderr.isTTY;
  try {
    for (;;) {
      const { done, value } = search.next(stop);
      if (done) return value;
      if (value.states < states) before += states;
      states = value.states;
      const now = performance.now();
      if (now - lookedUp < LOOK_UP_MS) continue;
      lookedUp = now;
      if (terminal && now - said >= SAY_MS) {
        said = now;
        process.stderr.write(`\r\u001b[K${howFar(value, ((before + states) * 1000) / (now - began))}`);
      }
      // A signal is only heard between two turns of the event loop.
      await new Promise(setImmediate);
      if (interrupted) stop = 'by Ctrl-C';
      if (timeout !== undefined && now - since > timeout * 1000) stop ??= `after ${timeout} s`;
      if (maxMemory !== undefined && process.memoryUsage.rss() > maxMemory) stop ??= `at ${sizeOf(maxMemory)}`;
    }
  } finally {
    // One that came since the last look is lost with its listener.
    await new Promise(setImmediate);
    if (!listens) process.off('SIGINT', interrupt);
    if (terminal && said > began) process.stderr.write('\r\u001b[K');
  }
}

function howFar({ states, depth, bytes }: SearchProgress, rate: number): string {
  return `${count(states, 'state')}, ${thousands(Math.round(rate))}/s, depth ${depth}, ${inMegabytes(bytes)}`;
}

const inMegabytes = (bytes: number): string => `${thousands(Math.ceil(bytes / 2 ** 20))} MiB`;

/** What somebody asked for, in the unit that it was asked in. */
const sizeOf = (bytes: number): string => (bytes < 2 ** 20 ? `${thousands(bytes / 2 ** 10)} KiB` : inMegabytes(bytes));
