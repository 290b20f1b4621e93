import ts from 'typescript';
import { match } from 'ts-pattern';
import { findMutants, type Change } from './find-mutants.ts';
import type { Mutant } from './mutant.ts';

/** A module in which every mutant can be switched on: mutant schemata. Lines stay where they are. */
export interface Instrumented {
  readonly text: string;
  readonly mutants: readonly Mutant[];
}

/** `runtime` is the address of switch.ts, which the module asks at each of its places. */
export function instrument(file: string, text: string, runtime: string): Instrumented {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const { mutants, changes } = findMutants(file, source);
  const asks = `import { on as $on, came as $came, skips as $skips, keeping as $keeping } from ${JSON.stringify(runtime)}; `;
  return { text: asks + written(source, source, changes), mutants };
}

/** The node's text with the changes in it, inner ones first. */
function written(node: ts.Node, source: ts.SourceFile, changes: ReadonlyMap<ts.Node, Change>): string {
  let text = '';
  let at = node.getStart(source);
  ts.forEachChild(node, (child) => {
    text += source.text.slice(at, child.getStart(source)) + written(child, source, changes);
    at = child.getEnd();
  });
  text += source.text.slice(at, node.getEnd());
  const change = changes.get(node);
  return change ? changed(text, change) : text;
}

const changed = (text: string, change: Change): string =>
  match(change)
    .with({ kind: 'condition' }, ({ yes, no, rest }) => {
      const forced = (mutant: Mutant | undefined, to: boolean) => (mutant ? `$on(${quoted(mutant)}) ? ${to} : ` : '');
      return `(${forced(yes, true)}${forced(no, false)}$came(${quoted(yes)}, ${quoted(no)}, ${text}${rest === undefined ? '' : `, () => (${rest})`}))`;
    })
    .with({ kind: 'statement' }, ({ skip }) => `{ if (!$skips(${quoted(skip)})) ${text} }`)
    .with({ kind: 'value' }, ({ skip, instead }) => `($skips(${quoted(skip)}) ? ${instead} : ${text})`)
    .with({ kind: 'predicate' }, ({ keepAll }) => `$keeping(${quoted(keepAll)}, ${text})`)
    .exhaustive();

const quoted = (mutant: Mutant | undefined): string => JSON.stringify(mutant?.id ?? '');
