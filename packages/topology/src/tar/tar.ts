/** An entry of a tar archive. */
export interface TarEntry {
  readonly path: string;
  readonly kind: 'file' | 'link' | 'folder' | 'other';
  /** Where a link points. */
  readonly target: string;
  readonly size: number;
}

/** Takes an archive piece by piece. */
export interface TarReader {
  push(piece: Uint8Array): void;
  /** What was wrong with it, in sentences; whether its end is missing. */
  end(): { readonly isCut: boolean; readonly problems: readonly string[] };
}

const block = 512;
/** No path of sysfs is longer; a header that promises more is not believed. */
const longestPath = 4096;

/**
 * Reads a tar archive (ustar, GNU, pax) without holding it: files are kept up to `most` bytes and only if they are
 * wanted. A header that is none is skipped until one is.
 * @param wanted how many bytes of an entry's content to keep
 * @param found called for each entry, with the content that was kept
 */
export function tarReader(
  wanted: (entry: TarEntry) => number,
  found: (entry: TarEntry, content: Uint8Array) => void,
): TarReader {
  let header = new Uint8Array(0);
  let entry: TarEntry | undefined;
  let kept: Uint8Array = new Uint8Array(0);
  let filled = 0;
  let left = 0;
  let padding = 0;
  let longName: string | undefined;
  let longTarget: string | undefined;
  let skipped = 0;
  let isEnded = false;
  let special: 'L' | 'K' | 'x' | undefined;

  const finish = (): void => {
    const content = kept.subarray(0, filled);
    if (special === 'L') longName = textOf(content);
    else if (special === 'K') longTarget = textOf(content);
    else if (special === 'x') {
      const fields = paxFields(content);
      longName = fields.get('path') ?? longName;
      longTarget = fields.get('linkpath') ?? longTarget;
    } else if (entry) found(entry, content);
    entry = undefined;
    special = undefined;
  };
  const begin = (bytes: Uint8Array): void => {
    // An archive ends with blocks of zeros; another may be behind it.
    isEnded = bytes.every((byte) => byte === 0);
    if (isEnded) return;
    if (!isTarHeader(bytes)) {
      skipped++;
      return;
    }
    const size = numberIn(bytes.subarray(124, 136));
    const type = String.fromCharCode(bytes[156]!);
    const prefix = textOf(bytes.subarray(257, 262)) === 'ustar' ? textOf(bytes.subarray(345, 500)) : '';
    const short = textOf(bytes.subarray(0, 100));
    if (type === 'L' || type === 'K' || type === 'x' || type === 'g') {
      special = type === 'g' ? undefined : type;
      entry = undefined;
      kept = new Uint8Array(special ? Math.min(size, type === 'x' ? 4 * longestPath : longestPath) : 0);
    } else {
      entry = {
        path: longName ?? (prefix === '' ? short : `${prefix}/${short}`),
        kind: type === '0' || type === '\0' ? 'file' : type === '2' ? 'link' : type === '5' ? 'folder' : 'other',
        target: longTarget ?? textOf(bytes.subarray(157, 257)),
        size,
      };
      longName = longTarget = undefined;
      kept = new Uint8Array(Math.min(size, wanted(entry)));
    }
    filled = 0;
    // Links and folders have no content, whatever size they claim.
    left = entry && entry.kind !== 'file' && entry.kind !== 'other' ? 0 : size;
    padding = (block - (left % block)) % block;
    if (left === 0) finish();
  };

  return {
    push(piece) {
      let at = 0;
      while (at < piece.length) {
        if (left > 0) {
          const take = Math.min(left, piece.length - at);
          const room = Math.min(take, kept.length - filled);
          if (room > 0) kept.set(piece.subarray(at, at + room), filled);
          filled += Math.max(room, 0);
          left -= take;
          at += take;
          if (left === 0) finish();
        } else if (padding > 0) {
          const take = Math.min(padding, piece.length - at);
          padding -= take;
          at += take;
        } else {
          const take = Math.min(block - header.length, piece.length - at);
          header = joined(header, piece.subarray(at, at + take));
          at += take;
          if (header.length === block) {
            const bytes = header;
            header = new Uint8Array(0);
            begin(bytes);
          }
        }
      }
    },
    end() {
      const problems: string[] = [];
      if (!isEnded) problems.push('it is cut off; what was before is read');
      if (skipped > 0) problems.push(`${skipped} blocks are no headers of a tar archive and were skipped`);
      return { isCut: !isEnded, problems };
    },
  };
}

/** Whether a block begins an entry: its checksum is right. */
export function isTarHeader(bytes: Uint8Array): boolean {
  if (bytes.length < block || bytes[0] === 0) return false;
  let sum = 0;
  for (let at = 0; at < block; at++) sum += at >= 148 && at < 156 ? 32 : bytes[at]!;
  return sum === numberIn(bytes.subarray(148, 156));
}

/** Octal digits; or, with the first bit set, a big number as it is (GNU). */
function numberIn(bytes: Uint8Array): number {
  if (bytes[0]! & 0x80) {
    let value = bytes[0]! & 0x7f;
    for (const byte of bytes.subarray(1)) value = value * 256 + byte;
    return Math.min(value, Number.MAX_SAFE_INTEGER);
  }
  const digits = /^ *([0-7]+)/.exec(textOf(bytes))?.[1];
  return digits === undefined ? 0 : Number.parseInt(digits, 8);
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** `LENGTH KEY=VALUE\n`, again and again. */
function paxFields(bytes: Uint8Array): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, key, value] of new TextDecoder().decode(bytes).matchAll(/\d+ ([^=\n]+)=([^\n]*)\n/g))
    fields.set(key!, value!);
  return fields;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
