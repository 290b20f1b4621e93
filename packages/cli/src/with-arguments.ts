import type { Command, CommandContext } from '@stricli/core';

/** The command with its arguments told so in its usage: stricli has `<file>...` for any list, needed or not. */
export const withArguments = (command: Command<CommandContext>, told: string): Command<CommandContext> => ({
  ...command,
  formatUsageLine: (args) => inUsage(command.formatUsageLine(args), told),
  formatHelp: (args) => inUsage(command.formatHelp(args), told),
});

const inUsage = (text: string, told: string): string => text.replace(/<[^<>]+>\.\.\.$/m, () => told);
