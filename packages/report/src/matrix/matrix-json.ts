import type { Finding, Matrix } from '@busward/explorer';
import { match } from 'ts-pattern';

/** The matrix as plain data. */
export function matrixJson({ principles, rows, changes, bound, states }: Matrix): object {
  return {
    principles: principles.map(({ id, name, outcome }) => ({ id, name, outcome })),
    kernels: rows.map(({ kernel, breaks, classes, complete }) => ({
      kernel,
      complete,
      breaks: Object.fromEntries(breaks),
      classes: classes.map(({ buses, apart }) => ({ buses, ...(apart && { apart: findingInShort(apart) }) })),
    })),
    changes: changes.map(({ finding, ...about }) => ({ ...about, ...findingInShort(finding) })),
    bound,
    states,
  };
}

const findingInShort = (finding: Finding): object =>
  match(finding)
    .with({ kind: 'different' }, ({ kind, standing, differences: [first] }) => ({
      finding: kind,
      standing,
      operations: first.operations,
      machine: first.machine.map(({ name }) => name),
      before: first.before,
      by: first.by,
      shows: first.shows,
      instead: first.instead,
    }))
    .with({ kind: 'undecided' }, ({ kind, covered }) => ({ finding: kind, covered }))
    .otherwise(({ kind }) => ({ finding: kind }));
