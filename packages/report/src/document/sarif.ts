import type { Principle } from '@busward/core';

export interface SarifResult {
  readonly ruleId: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: { readonly text: string };
  readonly locations: readonly object[];
}

/** SARIF 2.1.0 (OASIS), as code scanning reads it. Rules are the principles; or that sides differ, or that it is undecided. */
export function sarifOf(
  results: readonly SarifResult[],
  principles: readonly Principle[],
  isDecided: boolean,
  version: string,
): object {
  const ids = [...new Set(results.map(({ ruleId }) => ruleId))];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'busward', version, rules: ids.map((id) => ruleOf(principles, id)) } },
        invocations: [{ executionSuccessful: isDecided }],
        results,
      },
    ],
  };
}

/** There are no lines of source to point at, so places are logical: the bus, the strategy. */
export const placeOf = (name: string): object => ({ logicalLocations: [{ fullyQualifiedName: name, kind: 'module' }] });

function ruleOf(principles: readonly Principle[], id: string): object {
  const principle = principles.find((one) => one.id === id);
  return principle
    ? { id, name: principle.name, shortDescription: { text: principle.sentence }, help: { text: principle.source } }
    : { id, shortDescription: { text: id === 'undecided' ? 'a limit was reached' : 'the two sides differ' } };
}
