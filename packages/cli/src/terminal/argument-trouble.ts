import { nearest } from '@busward/scenario/nearest';
import { ArgumentScannerError, formatMessageForArgumentScannerError } from '@stricli/core';

/** What is wrong with the arguments of a command: the flag, what it was given, what was expected, where to look. */
export function argumentTrouble(error: unknown, args: readonly string[]): string {
  const help = `busward ${args[0]} --help`;
  if (!(error instanceof ArgumentScannerError)) return messageOf(error);
  return formatMessageForArgumentScannerError(error, {
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, input, exception }) => {
      const flag = flagName(name);
      // What is no flag's is said of the argument alone.
      const isFlag = args.some((one) => [flag, `-${name[0]}`].includes(one) || one.startsWith(`${flag}=`));
      const told = exception instanceof SyntaxError ? 'expected nothing, or true or false' : messageOf(exception);
      return `${isFlag ? `${flag} ` : ''}${input === '' ? "''" : input}: ${told}`;
    },
    EnumValidationError: ({ externalFlagName: flag, input, values }) =>
      `${flagName(flag)} ${input}: expected ${values.join(', ').replace(/, ([^,]*)$/, ' or $1')}`,
    FlagNotFoundError: ({ input, corrections }) => {
      const near = nearest(
        input,
        corrections.map(kebab).filter((one) => !one.startsWith('no-')),
      );
      return `no flag --${input}${near.replace("'", '--').replace("'", '')} ${help} lists them`;
    },
    AliasNotFoundError: ({ input }) => `no flag -${input}; ${help} lists them`,
    UnsatisfiedFlagError: ({ externalFlagName: flag }) => `${flagName(flag)}: nothing is given; see ${help}`,
    UnsatisfiedPositionalError: ({ placeholder }) => `no ${placeholder} is given; see ${help}`,
    UnexpectedPositionalError: ({ expectedCount, input }) =>
      `${input}: is one argument too many; ${expectedCount} can be given, see ${help}`,
    UnexpectedFlagError: ({ externalFlagName: flag, previousInput, input }) =>
      `${flagName(flag)}: is given twice, as ${previousInput} and as ${input}; give it once`,
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const flagName = (flag: string): string => `--${kebab(flag)}`;

export const kebab = (flag: string): string => flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
