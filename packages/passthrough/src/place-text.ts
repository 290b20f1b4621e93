import type { Evidence } from '@busward/topology';

/** `dmesg.txt:12`, `/sys (proc/cmdline)`. */
export const placeText = ({ file, line, at }: Evidence): string =>
  `${file}${line === undefined ? '' : `:${line}`}${at === undefined ? '' : ` (${at})`}`;
