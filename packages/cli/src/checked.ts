import { finished, usualLimits, type Limits, type Seeker, type Watched } from '@busward/explorer';
import type { CheckedScenario } from '@busward/report';
import { checkingScenario, variantFor, type Scenario } from '@busward/scenario';
import { asInput } from './as-input.ts';
import type { LoadedScenario } from './files/scenario-files.ts';

/** Variants that are asked for, of some scenarios: a driver that one names has to be in one of them. */
export interface Asked {
  readonly variants: readonly string[];
  readonly of: readonly Scenario[];
}

/** Checks a scenario under the variants that it names, or under `instead` of them. */
export const checked = (loaded: LoadedScenario): CheckedScenario => finished(checking(loaded, usualLimits));

/** {@link checked} in parts. What the scenario expects of a variant that it names counts among `instead`, too. */
export function* checking(
  { scenario, vocabulary }: LoadedScenario,
  limits: Limits,
  instead?: Asked,
  reduction = true,
  seeker?: Seeker,
): Watched<CheckedScenario> {
  const results: CheckedScenario['results'][number][] = [];
  const asked =
    instead?.variants.map(
      (variant) => scenario.expect.find((one) => one.variant === variant) ?? { variant, verdict: undefined },
    ) ?? scenario.expect;
  const machines = (instead?.of ?? [scenario]).map(({ machine }) => machine);
  for (const { variant, verdict } of asked) {
    const kernel = asInput('--profile', () => variantFor(variant, vocabulary, machines));
    const result = yield* checkingScenario(scenario, kernel, limits, reduction, seeker);
    results.push({ ...result, ...(verdict && { expected: verdict }) });
  }
  return { scenario, results };
}
