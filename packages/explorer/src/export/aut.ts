import type { Lts } from './lts.ts';

/** The Aldebaran format, as mCRL2 and CADP read it. */
export const autOf = ({ states, transitions }: Lts): string =>
  [
    `des (0, ${transitions.length}, ${states})`,
    ...transitions.map(({ from, to, label }) => `(${from}, ${JSON.stringify(label)}, ${to})`),
    '',
  ].join('\n');
