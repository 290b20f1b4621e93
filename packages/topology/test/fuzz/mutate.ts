/* Breaks texts and archives as mail, terminals, disks and malice do. Everything follows from a seed. */

import type { Random } from '../random.ts';

const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)]!;

/** Breaks a text in one to four ways; `others` are texts that it may be mixed with. */
export function mutateText(text: string, random: Random, others: readonly string[]): string {
  let broken = text;
  for (let times = 1 + below(random, 4); times > 0; times--) broken = pick(random, ofTexts)(broken, random, others);
  return broken.slice(0, 200_000);
}

type BreakText = (text: string, random: Random, others: readonly string[]) => string;

const onLines =
  (change: (lines: string[], at: number, random: Random) => void): BreakText =>
  (text, random) => {
    const lines = text.split('\n');
    for (let times = 1 + below(random, 3); times > 0; times--) change(lines, below(random, lines.length), random);
    return lines.join('\n');
  };

const absurd = ['99999999999999999999', '-1', '0x10', '1e9', 'NaN', '', '٣', '4294967296', '__proto__', 'constructor'];
const junk = [
  '\0',
  '\u001b[31m',
  '\u001b[',
  '\r',
  '\ufffd',
  '\ud800',
  '😀',
  '\t',
  '  ',
  '"',
  "'",
  '{',
  '->',
  '../',
  ':',
  '[R] ',
];

const ofTexts: readonly BreakText[] = [
  onLines((lines, at) => void lines.splice(at, 1)),
  onLines((lines, at) => void lines.splice(at, 0, lines[at] ?? '')),
  onLines(
    (lines, at, random) =>
      void lines.splice(at, 2, (lines[at] ?? '').slice(0, below(random, 60)) + (lines[at + 1] ?? '')),
  ),
  onLines(
    (lines, at, random) => void (lines[at] = (lines[at] ?? '').slice(0, below(random, (lines[at] ?? '').length + 1))),
  ),
  onLines(
    (lines, at, random) => void (lines[at] = (lines[at] ?? '').slice(below(random, (lines[at] ?? '').length + 1))),
  ),
  onLines((lines, at, random) => {
    const line = lines[at] ?? '';
    const where = below(random, line.length + 1);
    lines[at] = line.slice(0, where) + pick(random, junk) + line.slice(where);
  }),
  onLines((lines, at, random) => void (lines[at] = (lines[at] ?? '').replace(/\d+/, pick(random, absurd)))),
  onLines(
    (lines, at, random) => void (lines[at] = (lines[at] ?? '').replaceAll(/\d/g, () => String(below(random, 10)))),
  ),
  onLines(
    (lines, at, random) =>
      void (lines[at] = (lines[at] ?? '') + pick(random, [' ', 'x', '0000:00:00.0 ']).repeat(below(random, 9000))),
  ),
  onLines((lines, at, random) => {
    const other = below(random, lines.length);
    [lines[at], lines[other]] = [lines[other] ?? '', lines[at] ?? ''];
  }),
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => text.replaceAll(/^/gm, '> '),
  (text) => text.replaceAll(/(?<=^.{9})/gm, '\u001b[33m'),
  (text) => text.replaceAll(/^/gm, 'Nov 26 22:15:18 host kernel: '),
  (text) => text.toUpperCase(),
  (text) => text.replaceAll('\t', '    '),
  (text) => text.replaceAll(/\s*\n\s*/g, ' '),
  (text) => `${text}\n${text}`,
  (text, random) => text.slice(0, below(random, text.length + 1)),
  (text, random, others) => {
    const other = pick(random, others);
    return text.slice(0, below(random, text.length)) + other.slice(below(random, other.length));
  },
  (text, random, others) => {
    const lines = text.split('\n');
    return pick(random, others)
      .split('\n')
      .map((line, at) => (at % 2 === 0 ? line : (lines[at] ?? '')))
      .join('\n');
  },
];

/** Breaks bytes: single ones, pieces, the end; texts also by their coding. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const broken = Uint8Array.from(bytes);
  const kind = below(random, 5);
  if (kind === 0) return broken.subarray(0, below(random, broken.length + 1));
  if (kind === 1) return broken.subarray(below(random, Math.min(broken.length, 2000)));
  if (kind === 2) {
    const from = below(random, broken.length);
    return broken.copyWithin(below(random, broken.length), from, from + below(random, 2048));
  }
  for (let times = 1 + below(random, kind === 3 ? 8 : 400); times > 0; times--)
    broken[below(random, broken.length)] = below(random, 256);
  return broken;
}

const block = 512;

/** Breaks a tar archive where it has structure: the headers' fields, with a checksum that is right again. */
export function mutateTar(bytes: Uint8Array, random: Random): Uint8Array {
  const broken = Uint8Array.from(bytes);
  const headers: number[] = [];
  for (let at = 0; at + block <= broken.length; at += block)
    if (String.fromCharCode(...broken.subarray(at + 257, at + 262)) === 'ustar') headers.push(at);
  for (let times = 1 + below(random, 6); times > 0 && headers.length > 0; times--) {
    const at = pick(random, headers);
    const put = (offset: number, length: number, text: string): void => {
      broken.fill(0, at + offset, at + offset + length);
      broken.set(new TextEncoder().encode(text).subarray(0, length), at + offset);
    };
    const field = below(random, 6);
    if (field === 0)
      put(124, 12, pick(random, ['77777777777', '00000000000', '\u0080'.repeat(6), '-1', 'zzz', '00000001000']));
    if (field === 1) put(156, 1, pick(random, ['0', '1', '2', '3', '5', '6', 'L', 'K', 'x', 'g', 'S', 'V', '\0', 'Z']));
    if (field === 2)
      put(
        157,
        100,
        pick(random, ['../../../../../../etc/passwd', '/etc', '.', 'loop', '', 'a/'.repeat(50), '../0000:00:01.0']),
      );
    if (field === 3)
      put(
        0,
        100,
        pick(random, [
          '../../etc/passwd',
          '/sys/kernel/iommu_groups/1/devices/x',
          '',
          'sys/bus/pci/devices/../../..',
          'x'.repeat(100),
          'sys/kernel/iommu_groups/99999999999/devices/__proto__',
        ]),
      );
    if (field === 4) put(345, 155, pick(random, ['sys/kernel', '..', 'p/'.repeat(70)]));
    if (field === 5) broken.copyWithin(at, pick(random, headers), pick(random, headers) + block);
    checksum(broken, at);
  }
  return random() < 0.3 ? mutateBytes(broken, random) : broken;
}

function checksum(bytes: Uint8Array, at: number): void {
  bytes.fill(32, at + 148, at + 156);
  const sum = bytes.subarray(at, at + block).reduce((total, byte) => total + byte, 0);
  bytes.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, '0')}\0 `), at + 148);
}
