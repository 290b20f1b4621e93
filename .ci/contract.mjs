// Writes docs/contract.md from the sources of packages/core/src: what the contract exports, and what it speaks of, with
// comments.
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
/** In the order of reading: what a bus, a strategy and a principle need; of some files only what is named. */
const sections = [
  { title: 'A bus', files: [['contract/bus']] },
  { title: 'Defining a bus', files: [['contract/define-bus']] },
  { title: 'Hooks that buses have had', files: [['contract/hooks']] },
  { title: 'Firmware nodes', files: [['contract/node']] },
  { title: 'Commits of several buses', files: [['contract/upstream']] },
  { title: 'A strategy', files: [['contract/strategy']] },
  { title: 'Defining a strategy', files: [['contract/define-strategy']] },
  { title: 'The kernel around a strategy', files: [['contract/surroundings']] },
  {
    title: 'What a section sees',
    files: [
      ['kernel/group', 'GroupView', 'Member'],
      ['kernel/layout', 'Domain', 'Owner'],
    ],
  },
  {
    title: 'A principle',
    files: [
      ['principles/principle', 'Principle', 'Moment', 'Outcome'],
      ['principles/ghosts', 'GroupGhosts'],
      ['cell', 'Happening'],
    ],
  },
  { title: 'Defining a principle', files: [['principles/define-principle']] },
  {
    title: 'Devices, drivers and users',
    files: [['machine', 'Device', 'Driver', 'KernelDriver', 'ManagedDriver', 'User']],
  },
  {
    title: 'Programs and what they return',
    files: [
      ['step', 'Program'],
      ['errno', 'Errno', 'Refusal', 'refusals'],
    ],
  },
];

const whole = await format(
  [
    '# The contract',
    '<!-- Written by .ci/contract.mjs from packages/core/src; change it there. -->',
    `This is contract ${contractVersion}, as \`@busward/core\` exports it. How to use it: [add a bus](add-a-bus.md), [a strategy](add-a-strategy.md), [a principle](add-a-principle.md).`,
    '## The rules',
    'What upstream relies on, bus by bus. `@busward/conformance` holds a bus to them, and its history to those of its time.',
    ['| | rule | in force from | source |', '| --- | --- | --- | --- |', ...rules.map(row)].join('\n'),
    ...sections.flatMap(({ title, files }) => [`## ${title}`, ...files.flatMap(exportsOf)]),
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

/** A heading, the comment and the declaration of everything that the file exports, or of what is named. */
function exportsOf([name, ...only]) {
  const path = join(root, 'packages/core/src', `${name}.ts`);
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  return file.statements.filter(isExported).flatMap((statement) => {
    const declared = statement.declarationList?.declarations[0] ?? statement;
    if (only.length > 0 && !only.includes(declared.name.getText(file))) return [];
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
