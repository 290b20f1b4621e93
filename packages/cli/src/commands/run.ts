import { byVersion, runsText } from '@busward/report';
import { inOrder, runInOrder, variantFor } from '@busward/scenario';
import { buildCommand } from '@stricli/core';
import { namesFlag } from '../flags/names.ts';
import { asInput } from '../as-input.ts';
import { kernelsNamed } from '../plugins/kernels-named.ts';
import { pageOf } from '../terminal/page.ts';
import { loadScenario, scenarioFile } from '../files/scenario-files.ts';
import { profileFlag, variantsIn } from '../flags/profile.ts';

interface Flags {
  readonly profile?: readonly string[];
  readonly order?: readonly string[];
}

export const runCommand = buildCommand<Flags, [string]>({
  docs: {
    brief: 'carry out a scenario in one order, under its profiles side by side',
    fullDescription:
      'Each operation runs to its end, or until it blocks, before the next begins. Without --order, one actor after the ' +
      'other, as the file has them.',
  },
  parameters: {
    positional: { kind: 'tuple', parameters: [{ brief: 'a scenario file', parse: String, placeholder: 'file' }] },
    flags: {
      profile: profileFlag,
      order: namesFlag('whose operation is next, one name for each (u0,root,u0)', 'actors'),
    },
  },
  async func({ profile, order }, path) {
    const instead = profile && (await kernelsNamed(variantsIn(profile)));
    const { scenario, vocabulary } = await loadScenario(scenarioFile(path), instead?.strategies);
    const operations = asInput(scenario.file, () => inOrder(scenario, order));
    const variants = instead?.names ?? scenario.expect.toSorted(byVersion).map(({ variant }) => variant);
    const runs = variants.map((variant) => ({
      variant,
      run: runInOrder(
        scenario,
        asInput('--profile', () => variantFor(variant, vocabulary, [scenario.machine])),
        operations,
        vocabulary.principles,
      ),
    }));
    process.stdout.write(runsText(scenario, runs, pageOf(process.stdout)));
  },
});
