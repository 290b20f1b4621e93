import type { Lts } from './lts.ts';

/** A graph for Graphviz. What nobody sees has no label. */
export const dotOf = ({ states, transitions }: Lts, name: string): string =>
  [
    `digraph ${JSON.stringify(name)} {`,
    '  node [shape=circle, width=0.2, label="", fontname="sans-serif"]; edge [fontname="sans-serif", fontsize=10];',
    '  0 [shape=doublecircle];',
    ...Array.from({ length: states - 1 }, (_, at) => `  ${at + 1};`),
    ...transitions.map(
      ({ from, to, label }) => `  ${from} -> ${to}${label === 'i' ? '' : ` [label=${JSON.stringify(label)}]`};`,
    ),
    '}',
    '',
  ].join('\n');
