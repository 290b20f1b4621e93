import { InputError } from '@busward/core';
import type { Evidence, Source } from '../found.ts';
import { snapshotLines } from '../snapshot.ts';
import type { Tell } from '../statement.ts';
import { devbind, driverctl } from './bind-tools.ts';
import { bootLog } from './boot-log.ts';
import { breaksOffIn } from './breaks-off.ts';
import { groupBlocks } from './group-blocks.ts';
import { type LineReader, type MakeLineReader, type Place } from './line-reader.ts';
import { lspci } from './lspci.ts';
import { lspciRecords } from './lspci-records.ts';
import { sysfsPaths } from './sysfs-paths.ts';
import { treeListing } from './tree-listing.ts';
import { speaksOf } from './unread-line.ts';

/** Longer lines are no line of any tool: they are not read, and counted if they speak of groups. */
const longest = 65_536;

/** Takes a text piece by piece; nothing of it is held but the line that is not complete yet. */
export interface TextReader {
  push(piece: string): void;
  /** Throws an InputError if there was nothing. */
  end(): Source;
}

/**
 * Reads a text by its content: each line by whichever kind of reader knows it.
 * @param buses names of buses beyond Linux's own
 */
export function textReader(file: string, buses: readonly string[], tell: Tell): TextReader {
  const place: Place = {};
  const makers: readonly MakeLineReader[] = [
    snapshotLines,
    bootLog(buses),
    lspci,
    lspciRecords,
    groupBlocks,
    devbind,
    driverctl,
    treeListing,
    sysfsPaths,
  ];
  const readers = makers.map((make) => make(tell, place));
  const kinds = new Set<LineReader>();
  let rest = '';
  let number = 0;
  let empty = true;

  const offer = (raw: string, ends = true): void => {
    const from: Evidence = { file, line: ++number };
    if (raw.length > longest) {
      empty = false;
      return leave(raw.slice(0, longest), from);
    }
    const line = cleaned(raw);
    if (line.trim() === '') endBlocks(place);
    else empty = false;
    const reader = readers.find((one) => one.line(line, from));
    if (reader) kinds.add(reader);
    const group = ends ? undefined : breaksOffIn(line, reader !== undefined, place);
    if (group !== undefined) tell({ kind: 'unread', text: line, from, group });
    else if (!reader && !line.startsWith('#')) leave(line, from);
  };
  const leave = (text: string, from: Evidence): void => {
    const about = speaksOf(text, place);
    if (about) tell({ kind: 'unread', text, from, ...about });
  };

  return {
    push(piece) {
      let at = 0;
      for (let next = piece.indexOf('\n'); next >= 0; next = piece.indexOf('\n', at)) {
        offer(rest + piece.slice(at, next));
        rest = '';
        at = next + 1;
      }
      // Of a line that is too long, enough is kept to see that it is.
      if (rest.length <= longest) rest += piece.slice(at, at + longest + 1);
    },
    end() {
      if (rest !== '') {
        offer(rest, false);
        if (kinds.size > 0)
          tell({ kind: 'says', text: `${file}: its last line does not end: what was behind it may be cut off` });
      }
      if (empty) throw new InputError(`${file}: the file is empty; ${expected}`);
      for (const reader of readers) reader.end?.();
      return { file, as: readers.filter((one) => kinds.has(one)).map(({ kind }) => kind), lines: number };
    },
  };
}

/** What a person can give, in short. */
export const expected =
  "expected a kernel boot log ('dmesg'), 'lspci -nnk', a tree of /sys, or what else 'busward inspect --help' names";

// eslint-disable-next-line no-control-regex
const colours = /\x1b\[[0-9;?]*[A-Za-z]/g;
// eslint-disable-next-line no-control-regex
const controls = /[\0\r\ufeff]/g;

/** Colours, a mail's quoting marks, carriage returns; of journalctl's JSON, the message. */
function cleaned(raw: string): string {
  let line = raw.includes('\x1b') ? raw.replace(colours, '') : raw;
  line = line.replace(controls, '').replace(/^(?:> ?)+/, '');
  const message = line.startsWith('{') ? /"MESSAGE"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(line)?.[1] : undefined;
  if (message === undefined) return line;
  try {
    return JSON.parse(message) as string;
  } catch {
    return line;
  }
}

/** A blank line ends a device's block, and a group's whose rows are not indented. */
function endBlocks(place: Place): void {
  delete place.device;
  if (place.group && (place.group.indent ?? 0) === 0) delete place.group;
}
