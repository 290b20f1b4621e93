/** Names with commas between them, and blanks, if somebody writes them. */
export const namesFlag = <P extends string>(brief: string, placeholder: P) =>
  ({
    kind: 'parsed',
    parse: (text: string) => text.trim(),
    variadic: ',',
    optional: true,
    brief,
    placeholder,
  }) as const;
