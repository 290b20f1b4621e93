import type { Answers } from '../answers.ts';

/** What a bus knows of its devices, as the answers have it. */
export interface Fact {
  readonly name: 'node' | 'streams' | 'parent' | 'id';
  readonly type: string;
  readonly optional?: true;
  readonly says: string;
}

export function factsOf({ firmware, grouping, name }: Answers): readonly Fact[] {
  const own: readonly Fact[] = [
    { name: 'node', type: 'string', says: 'Its own device-tree node.' },
    ...(grouping === 'streams' ? [streams] : []),
    ...(grouping === 'parent' ? [parent(name)] : []),
  ];
  return firmware === 'own' ? own : [parent(name), id];
}

/** An object with the facts of a plain device called `name`. */
export function exampleOf(answers: Answers): string {
  const values = { node: `\`/${answers.name}/\${name}\``, parent: `'/${answers.name}'`, id: 'name' };
  const facts = factsOf(answers).flatMap((fact) =>
    fact.name === 'streams' ? [] : [`${fact.name}: ${values[fact.name]}`],
  );
  return `{ ${facts.join(', ')} }`;
}

const streams: Fact = {
  name: 'streams',
  type: 'readonly string[]',
  optional: true,
  says: 'Stream ids from its `iommus`, as `smmu@0x12`.',
};
const id: Fact = {
  name: 'id',
  type: 'string',
  says: 'What it signs its requests with; the iommu-map of its parent makes a stream id of it.',
};
const parent = (bus: string): Fact => ({
  name: 'parent',
  type: 'string',
  says: `The firmware node of what it is below; '/${bus}' if a log does not tell.`,
});
