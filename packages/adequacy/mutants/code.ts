import ts from 'typescript';

/* What code means to whoever makes mutants from it. */

/** An expression's own text on one line, cut where it is long. */
export function wordsOf(node: ts.Node): string {
  const words = node.getText().replace(/\s+/g, ' ').replace(/;$/, '');
  return words.length > 90 ? `${words.slice(0, 89)}…` : words;
}

/** The name of a function, wherever it gets it from. */
export function nameOf(node: ts.Node): string | undefined {
  if (
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isGetAccessor(node) ||
    ts.isSetAccessor(node)
  )
    return node.name?.getText();
  const named = ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node);
  const made = named ? node.initializer : undefined;
  return made &&
    (ts.isArrowFunction(made) || ts.isFunctionExpression(made) || ts.isConditionalExpression(made)) &&
    named
    ? node.name.getText()
    : undefined;
}

/** The statement ends what is around it. */
export function leaves(statement: ts.Statement): boolean {
  if (ts.isBlock(statement)) return statement.statements.some(leaves);
  return (
    ts.isReturnStatement(statement) ||
    ts.isThrowStatement(statement) ||
    ts.isContinueStatement(statement) ||
    ts.isBreakStatement(statement)
  );
}

/**
 * An `if` that decides nothing about DMA: it throws at a plugin that breaks the contract (tested in
 * core/test/contract.test.ts), or it notes and warns.
 */
export function onlySays({ thenStatement, elseStatement }: ts.IfStatement): boolean {
  if (elseStatement) return false;
  return statementsOf(thenStatement).every(
    (one) => ts.isThrowStatement(one) || (ts.isExpressionStatement(one) && isSaid(one.expression)),
  );
}

const statementsOf = (statement: ts.Statement): readonly ts.Statement[] =>
  ts.isBlock(statement) ? statement.statements : [statement];

/** It can be asked without doing anything. */
export const isPure = (node: ts.Expression): boolean => !/\byield\b|\+\+|--|\.set\(|\.setDomain/.test(node.getText());

/** It names a step, or says which cells and outcomes it may have: a description, that decides nothing. */
export function isLabel(node: ts.Node): boolean {
  if (ts.isTemplateExpression(node) || ts.isSpreadElement(node)) return true;
  if (ts.isPropertyAssignment(node)) return labels.includes(node.name.getText());
  const call = node.parent;
  return (
    call !== undefined &&
    ts.isCallExpression(call) &&
    call.expression.getText() === 'section' &&
    call.arguments.indexOf(node as ts.Expression) === 1
  );
}

const labels = ['name', 'key', 'outcomes', 'touches', 'refuses', 'text'];

/** Operands of `a && b && c`, or of `a || b || c`, seen from the outermost one of the chain. */
export interface Chain {
  readonly and: boolean;
  readonly operands: readonly ts.Expression[];
  /** Only its truth counts. */
  readonly isCondition: boolean;
}

export function chainOf(node: ts.BinaryExpression): Chain | undefined {
  const operator = node.operatorToken.kind;
  const and = operator === ts.SyntaxKind.AmpersandAmpersandToken;
  if (!and && operator !== ts.SyntaxKind.BarBarToken) return undefined;
  const { parent } = node;
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === operator) return undefined;
  return { and, operands: operandsOf(node, operator), isCondition: isCondition(node) };
}

const operandsOf = (node: ts.Expression, operator: ts.SyntaxKind): readonly ts.Expression[] =>
  ts.isBinaryExpression(node) && node.operatorToken.kind === operator
    ? [...operandsOf(node.left, operator), ...operandsOf(node.right, operator)]
    : [node];

function isCondition(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return isCondition(parent);
  if (ts.isIfStatement(parent)) return true;
  if (ts.isConditionalExpression(parent)) return parent.condition === node;
  if (ts.isPrefixUnaryExpression(parent)) return parent.operator === ts.SyntaxKind.ExclamationToken;
  return ts.isBinaryExpression(parent) && /^(&&|\|\|)$/.test(parent.operatorToken.getText()) && isCondition(parent);
}

/** `made && made.name`: the last operand is what the chain is for, not a guard of it. */
export function mayBeDropped(operand: ts.Expression, { operands, isCondition: truth }: Chain): boolean {
  if (truth || operand !== operands.at(-1)) return true;
  const inner = bare(operand);
  if (ts.isPrefixUnaryExpression(inner)) return inner.operator === ts.SyntaxKind.ExclamationToken;
  if (ts.isBinaryExpression(inner)) return /^([!=]==|[<>]=?|&&|\|\|)$/.test(inner.operatorToken.getText());
  return (
    ts.isCallExpression(inner) &&
    /(^|\.)(some|every|includes|startsWith|get|has|set|is[A-Z]\w*)$/.test(inner.expression.getText())
  );
}

export function bare(node: ts.Node): ts.Node {
  return ts.isParenthesizedExpression(node) || ts.isAwaitExpression(node) ? bare(node.expression) : node;
}

/**
 * Something that changes the state or carries on the kernel's work: a statement, a move of a domain whose result is used,
 * a cell that a short function sets, `--count`. Notes and warnings say something and change nothing; a step that stands
 * alone is changed inside.
 */
export function isEffect(node: ts.Node): boolean {
  if (ts.isExpressionStatement(node)) return !isSaid(node.expression) && !isChain(node.expression);
  if (ts.isPrefixUnaryExpression(node))
    return [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken].includes(node.operator);
  if (!ts.isCallExpression(node) || ts.isExpressionStatement(node.parent)) return false;
  const called = node.expression.getText();
  if (/\.setDomain(Nofail)?$/.test(called)) return true;
  return /^cells\.set$/.test(called) && ts.isArrowFunction(node.parent);
}

const isChain = (node: ts.Expression): boolean => ts.isBinaryExpression(node) && chainOf(node) !== undefined;

/** It names, warns, holds a plugin to the contract, or keeps the judge's books. */
function isSaid(node: ts.Expression): boolean {
  const inner = ts.isYieldExpression(node) && node.expression ? node.expression : node;
  if (said.test(inner.getText())) return true;
  return inner.getText().startsWith('cells.emit(') && /kind: 'warned'/.test(inner.getText());
}

const said = /^(\w+\.)*(note|warn|perform(<\w+>)?|check|moved|meant\.add|unstarted\.\w+)\(|^open = false$/;
