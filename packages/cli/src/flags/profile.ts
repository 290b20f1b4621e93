/** Variants that are asked for instead of a scenario's own. */
export const profileFlag = {
  kind: 'parsed',
  parse: String,
  variadic: true,
  optional: true,
  brief: 'a profile, a strategy or the path of one, or a variant (v8 but vfio.lastDevice=leaves); several with commas',
  placeholder: 'profile',
} as const;

/** `linux@6.1,v8` are two; the commas of a variant's settings have a blank behind them. */
export const variantsIn = (names: readonly string[]): readonly string[] => [
  ...new Set(names.flatMap((name) => name.split(/,(?! )/))),
];
