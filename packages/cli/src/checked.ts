import type { Limits } from '@busward/explorer';
import type { CheckedScenario } from '@busward/report';
import { checkScenario, variantOf } from '@busward/scenario';
import type { LoadedScenario } from './scenario-files.ts';

/** Checks a scenario under the variants that it names, or under `instead` of them. */
export function checked(
  { scenario, vocabulary }: LoadedScenario,
  { instead, limits }: { readonly instead?: readonly string[] | undefined; readonly limits?: Limits } = {},
): CheckedScenario {
  const asked = instead?.map((variant) => ({ variant, verdict: undefined })) ?? scenario.expect;
  return {
    scenario,
    results: asked.map(({ variant, verdict }) => ({
      ...checkScenario(scenario, variantOf(variant, vocabulary), limits),
      ...(verdict && { expected: verdict }),
    })),
  };
}
