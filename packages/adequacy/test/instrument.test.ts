import { expect, it } from '@jest/globals';
import { instrument } from '../mutants/instrument.ts';

const mutantsOf = (text: string): readonly string[] =>
  instrument('f.ts', text, 'switch.ts').mutants.map(({ kind, id }) => `${kind} ${id.replace('f.ts ', '')}`);

it('a guard can be left out, and each side of what it asks', () => {
  expect(mutantsOf('function use() { if (count > 0 && (!same || owned)) return EBUSY; }')).toEqual([
    'guard use: no if (count > 0 && (!same || owned))',
    'operand use: without count > 0 in count > 0 && (!same || owned)',
    'operand use: without (!same || owned) in count > 0 && (!same || owned)',
    'operand use: without !same in !same || owned',
    'operand use: without owned in !same || owned',
  ]);
});

it('what does not leave is done always, never, or not done', () => {
  expect(mutantsOf('function f() { if (told) { a = 1; } else yield* unlock(); }')).toEqual([
    'branch f: always if (told)',
    'branch f: never if (told)',
    'effect f: skips a = 1',
    'effect f: skips yield* unlock()',
  ]);
  expect(mutantsOf('const f = () => (foreign ? EBUSY : view.setDomain(none));')).toEqual([
    'branch f: always EBUSY, not only if foreign',
    'branch f: never EBUSY, even if foreign',
    'effect f: skips view.setDomain(none)',
  ]);
  expect(mutantsOf('const f = (all) => all.filter((one) => one !== me);')).toEqual([
    'filter f: no filter((one) => one !== me)',
  ]);
});

it('what only says something is left alone', () => {
  expect(
    mutantsOf(`function* f() {
      yield* note('driver_bound');
      if (bad) throw new PluginError('no');
      if (loud) view.warn('WARN_ON');
      yield* perform({ name: long ? 'a' : 'b', outcomes: [...(defers ? [x] : [])] });
    }`),
  ).toEqual([]);
});

it('two places that read alike are told apart, and lines stay where they are', () => {
  const text = 'function f() {\n  if (a) return 1;\n  if (a) return 2;\n}\n';
  const { mutants, text: instrumented } = instrument('f.ts', text, 'switch.ts');
  expect(mutants.map(({ id, line }) => [id, line])).toEqual([
    ['f.ts f: no if (a)', 2],
    ['f.ts f: no if (a) (2)', 3],
  ]);
  expect(instrumented.split('\n')[2]).toBe(
    '  if (($on("f.ts f: no if (a) (2)") ? false : $came("", "f.ts f: no if (a) (2)", a))) return 2;',
  );
});
