import ts from 'typescript';
import { mutantMaker, type Kind, type Mutant } from './mutant.ts';
import { bare, chainOf, isEffect, isLabel, isPure, leaves, mayBeDropped, nameOf, onlySays, wordsOf } from './code.ts';

/** A change that can be switched on at one node of the code. */
export type Change =
  /** `rest`: what decides if the condition is forced; without it, that it is forced does. */
  | { readonly kind: 'condition'; readonly yes?: Mutant; readonly no?: Mutant; readonly rest?: string }
  /** The node is a statement, and left out. */
  | { readonly kind: 'statement'; readonly skip: Mutant }
  /** The node is a value, and `instead` is there. */
  | { readonly kind: 'value'; readonly skip: Mutant; readonly instead: string }
  | { readonly kind: 'predicate'; readonly keepAll: Mutant };

/** Every change of a file, by the node it is made at. */
export function findMutants(
  file: string,
  source: ts.SourceFile,
): { readonly mutants: readonly Mutant[]; readonly changes: ReadonlyMap<ts.Node, Change> } {
  const { mutants, make } = mutantMaker(file);
  const changes = new Map<ts.Node, Change>();
  visit(source, '');
  return { mutants, changes };

  function visit(node: ts.Node, within: string): void {
    if (ts.isTypeNode(node) || isLabel(node)) return;
    const name = nameOf(node);
    const here = name === undefined ? within : within === '' ? name : `${within}.${name}`;
    const mutant = (kind: Kind, what: string): Mutant =>
      make(kind, source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1, here, what);
    if (ts.isIfStatement(node)) {
      if (onlySays(node)) return;
      changeIf(node, mutant);
    } else if (ts.isConditionalExpression(node)) changeTernary(node, mutant);
    else if (ts.isBinaryExpression(node)) changeChain(node, mutant);
    else if (isEffect(node)) changeEffect(node, mutant);
    else if (ts.isCallExpression(node)) changeFilter(node, mutant);
    ts.forEachChild(node, (child) => visit(child, here));
  }

  /** An `if` that leaves is a guard. Any other one is about its action: skipping that is another mutant, unless there is an else. */
  function changeIf(node: ts.IfStatement, mutant: (kind: Kind, what: string) => Mutant): void {
    const condition = wordsOf(node.expression);
    if (leaves(node.thenStatement))
      changes.set(node.expression, { kind: 'condition', no: mutant('guard', `no if (${condition})`) });
    else
      changes.set(node.expression, {
        kind: 'condition',
        yes: mutant('branch', `always if (${condition})`),
        ...(node.elseStatement && { no: mutant('branch', `never if (${condition})`) }),
      });
  }

  function changeTernary(node: ts.ConditionalExpression, mutant: (kind: Kind, what: string) => Mutant): void {
    changes.set(node.condition, {
      kind: 'condition',
      yes: mutant('branch', `always ${wordsOf(node.whenTrue)}, not only if ${wordsOf(node.condition)}`),
      no: mutant('branch', `never ${wordsOf(node.whenTrue)}, even if ${wordsOf(node.condition)}`),
    });
  }

  function changeChain(node: ts.BinaryExpression, mutant: (kind: Kind, what: string) => Mutant): void {
    const chain = chainOf(node);
    if (!chain) return;
    chain.operands.forEach((operand, at) => {
      if (!mayBeDropped(operand, chain)) return;
      const dropped = mutant('operand', `without ${wordsOf(operand)} in ${wordsOf(node)}`);
      const after = chain.operands.slice(at + 1);
      changes.set(operand, {
        kind: 'condition',
        ...(chain.and ? { yes: dropped } : { no: dropped }),
        ...(after.length > 0 &&
          after.every(isPure) && { rest: after.map((one) => one.getText()).join(chain.and ? ' && ' : ' || ') }),
      });
    });
  }

  function changeEffect(node: ts.Node, mutant: (kind: Kind, what: string) => Mutant): void {
    const skip = mutant('effect', `skips ${wordsOf(node)}`);
    if (ts.isExpressionStatement(node)) changes.set(node, { kind: 'statement', skip });
    else if (ts.isPrefixUnaryExpression(node))
      changes.set(node, { kind: 'value', skip, instead: node.operand.getText() });
    else
      changes.set(node, {
        kind: 'value',
        skip,
        instead: /\.setDomain/.test(bare(node).getText()) ? `'OK'` : 'undefined',
      });
  }

  function changeFilter(node: ts.CallExpression, mutant: (kind: Kind, what: string) => Mutant): void {
    const [predicate] = node.arguments;
    if (!predicate || !ts.isPropertyAccessExpression(node.expression) || node.expression.name.text !== 'filter') return;
    changes.set(predicate, { kind: 'predicate', keepAll: mutant('filter', `no filter(${wordsOf(predicate)})`) });
  }
}
