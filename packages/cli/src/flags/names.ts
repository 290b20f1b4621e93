/** Names with commas between them. */
export const namesFlag = <P extends string>(brief: string, placeholder: P) =>
  ({ kind: 'parsed', parse: String, variadic: ',', optional: true, brief, placeholder }) as const;
