/** `--engine`: one of these, the first if none is named. `whyNot` says of a name that is none of them why it cannot be. */
export const engineFlag = <E extends { readonly name: string }>(
  engines: readonly E[],
  whyNot: (name: string) => string | undefined = () => undefined,
) => {
  const names = engines.map(({ name }) => name).join(', ');
  return {
    kind: 'parsed',
    parse(name: string): E {
      const engine = engines.find((one) => one.name === name);
      if (engine) return engine;
      throw new Error([whyNot(name) ?? [], `expected one of ${names}`].flat().join('; '));
    },
    default: engines[0]!.name,
    brief: `who looks at the states: ${names}`,
    placeholder: 'name',
  } as const;
};
