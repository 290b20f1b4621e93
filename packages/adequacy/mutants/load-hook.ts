import { readFileSync } from 'node:fs';
import type { LoadHook } from 'node:module';
import ts from 'typescript';
import { instrument } from './instrument.ts';
import { fileOf, pathOf } from './scope.ts';

const runtime = new URL('./switch.ts', import.meta.url).href;

/** Modules in scope are instrumented as they are loaded: there is no copy, and every package gets the same one. */
export const load: LoadHook = (url, context, nextLoad) => {
  const file = fileOf(url);
  if (file === undefined) return nextLoad(url, context);
  const { text } = instrument(file, readFileSync(pathOf(file), 'utf8'), runtime);
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
  const source = ts.transpileModule(text, { compilerOptions: options, fileName: file }).outputText;
  return { format: 'module', source, shortCircuit: true };
};
