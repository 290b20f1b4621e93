// Writes docs/contract.md from the sources of packages/core/src/contract: what is exported there, with its comments.
// With --check nothing is written; it is an error if the page would change.
//
//   tsx --conditions=busward-source .ci/contract.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { contractVersion, rules } from '../packages/core/src/index.ts';
import { format } from 'prettier';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '..');
const page = join(root, 'docs/contract.md');
/** In the order of reading; what a bus needs, then what a strategy needs. */
const files = [
  ['bus', 'A bus'],
  ['define-bus', 'Defining a bus'],
  ['hooks', 'Hooks that buses have had'],
  ['node', 'Firmware nodes'],
  ['upstream', 'Commits of several buses'],
  ['strategy', 'A strategy'],
  ['define-strategy', 'Defining a strategy'],
  ['surroundings', 'The kernel around a strategy'],
];

const whole = await format(
  [
    '# The contract',
    '<!-- Written by .ci/contract.mjs from packages/core/src/contract; change it there. -->',
    `This is contract ${contractVersion}, as \`@busward/core\` exports it. How to use it: [Add a bus](add-a-bus.md).`,
    '## The rules',
    'What upstream relies on, bus by bus. `@busward/conformance` holds a bus to them, and its history to those of its time.',
    ['| | rule | in force from | source |', '| --- | --- | --- | --- |', ...rules.map(row)].join('\n'),
    ...files.flatMap(([name, title]) => [`## ${title}`, ...exportsOf(name)]),
  ].join('\n\n'),
  { ...JSON.parse(readFileSync(join(root, '.prettierrc.json'), 'utf8')), filepath: page },
);

if (!process.argv.includes('--check')) writeFileSync(page, whole);
else if (readFileSync(page, 'utf8') !== whole) {
  console.error('docs/contract.md is not what the sources say; run npx pnpm@10 run contract');
  process.exit(1);
}

function row({ number, name, says, source, since }) {
  return `| ${number} | **${name}**: ${says} | ${since} | ${source} |`;
}

/** A heading, the comment and the declaration of everything that the file exports. */
function exportsOf(name) {
  const path = join(root, 'packages/core/src/contract', `${name}.ts`);
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  return file.statements.filter(isExported).flatMap((statement) => {
    const declared = statement.declarationList?.declarations[0] ?? statement;
    const says = ts.getJSDocCommentsAndTags(statement).map(({ comment }) => ts.getTextOfJSDocComment(comment));
    return [
      `### \`${declared.name.getText(file)}\``,
      ...says.map((one) => one.replaceAll(/\{@link ([^}]+)\}/g, '`$1`')),
      `\`\`\`ts\n${signature(statement, file)}\n\`\`\``,
    ];
  });
}

function isExported({ modifiers }) {
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** The declaration as it is written, without the body of a function. */
function signature(statement, file) {
  const value = statement.declarationList?.declarations[0].initializer;
  const body = value && ts.isArrowFunction(value) ? value.body : statement.body;
  const text = statement.getText(file);
  const end = body ? body.getStart(file) - statement.getStart(file) : text.length;
  return text
    .slice(0, end)
    .replace(/^export /, '')
    .replace(/( =>|\{)?\s*\(?$/, '');
}
