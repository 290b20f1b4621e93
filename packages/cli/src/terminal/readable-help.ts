import { wrap } from '@busward/report';
import type { Command, CommandContext, RouteMap } from '@stricli/core';
import { pageOf } from './page.ts';

/** With its help in the width of the terminal: stricli's lines are as long as they come. */
export const readable = <T extends Command<CommandContext> | RouteMap<CommandContext>>(target: T): T => ({
  ...target,
  // Bold and italics are left out: what they are made of would count as text.
  formatHelp: (args: Parameters<Command<CommandContext>['formatHelp']>[0]) =>
    narrowed(target.formatHelp({ ...args, ansiColor: false }), pageOf(process.stdout).width),
});

/** The list of commands is there once; how each is used, its own help tells. */
export const withShortUsage = (commands: RouteMap<CommandContext>): RouteMap<CommandContext> => ({
  ...commands,
  formatHelp: (args) =>
    commands
      .formatHelp(args)
      .replace(/^( {2}\S+) .*?(?=\n {2}\S+ --help\n)/ms, '$1 <command> ...\n$1 <command> --help'),
});

const narrowed = (help: string, width: number): string =>
  help
    .split('\n')
    .flatMap((line) => {
      // A flag, or a command, and what it is; else a usage, or a sentence.
      const [, name, says] = /^( +(?:-\w +)?\S+(?: \S+)*?) {2,}(\S.*)$/.exec(line) ?? [];
      if (name === undefined || says === undefined) {
        const [indent = ''] = /^ */.exec(line) ?? [];
        return wrapped(line.trim(), width, indent, indent === '' ? '' : `${indent}    `);
      }
      const left = line.length - says.length;
      const words = says.replaceAll(/ {2,}/g, ' ').replace(' [default = false]', '');
      const longest = Math.max(...words.split(' ').map((word) => word.length));
      return left > width / 2 || left + longest > width
        ? [name, ...wrapped(words, width, ' '.repeat(8))]
        : wrapped(words, width, name.padEnd(left), ' '.repeat(left));
    })
    .join('\n');

/** `[--kernel version]` is not broken; what has many choices is, between them. */
const wrapped = (text: string, width: number, first: string, indent = first): readonly string[] =>
  wrap(
    text.replaceAll(/\[[^\]]*\]/g, (part) =>
      part.length > 24 ? part.replaceAll('|', '| ') : part.replaceAll(' ', '\u00a0'),
    ),
    width,
    first,
    indent,
  ).map((line) => line.replaceAll('\u00a0', ' '));
