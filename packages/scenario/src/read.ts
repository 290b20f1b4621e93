import { assemble, describeOperation, type InputError, type Operation } from '@busward/core';
import type * as z from 'zod';
import { parseFact } from './condition.ts';
import { machineOf } from './machine.ts';
import { idleBeside } from './misfit.ts';
import { nearest } from './nearest.ts';
import { parseOperation } from './operation-text.ts';
import { parsePlaced, type Path, type PlacedFile } from './place.ts';
import type { Condition, Said, Scenario, Vocabulary } from './scenario.ts';
import { keysOf, scenarioFile, type ScenarioFile } from './schema.ts';
import { variantFor } from './variant.ts';

/** The plugin that a scenario file asks for, before anything else of it can be understood. */
export function pluginOf(text: string): string | undefined {
  return /^load: *['"]?(.+?)['"]? *$/m.exec(text)?.[1];
}

/** Reads a scenario file. Throws an InputError with line, column, and what was expected there. */
export function readScenario(file: string, text: string, known: Vocabulary): Scenario {
  const placed = parsePlaced(file, text);
  const read = scenarioFile.safeParse(placed.value);
  if (!read.success) {
    // A misspelt key is also a missing one; it is the misspelling that people want to hear of.
    const { issues } = read.error;
    throw explain(issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!, placed);
  }
  const said = read.data;
  const machine = machineOf(file, said.machine, known.buses, placed);
  const at = <T>(path: Path, parse: () => T): T => {
    try {
      return parse();
    } catch (error) {
      throw placed.wrong(path, (error as Error).message);
    }
  };
  const operationsAt = (texts: readonly string[], path: Path, actor?: string): readonly Operation[] =>
    texts.map((one, index) => at([...path, index], () => parseOperation(one, machine, actor)));

  const before = operationsAt(said.before, ['before']);
  const actors = Object.entries(said.actors).map(([name, texts]) => ({
    name,
    operations: operationsAt(texts, ['actors', name], name),
  }));
  const lists = [
    { path: ['before'], operations: before },
    ...actors.map(({ name, operations }) => ({ path: ['actors', name], operations })),
  ];
  const all = lists.flatMap(({ operations }) => operations);
  for (const { path, operations } of lists)
    for (const [index, operation] of operations.entries()) {
      const idle = idleBeside(operation, machine, all);
      if (idle !== undefined) throw placed.wrong([...path, index], `'${describeOperation(operation)}': ${idle}`);
    }
  const [kind, ...others] = (['never', 'sometimes', 'always'] as const).filter((one) => said[one] !== undefined);
  if (kind === undefined) throw placed.wrong([], 'no condition; write never, sometimes or always, and what');
  if (others.length > 0) throw placed.wrong([others[0]!], `there is a '${kind}' already; a scenario has one condition`);
  if (kind !== 'never' && said.when.length > 0) throw placed.wrong(['when'], "'when' belongs to 'never'", 'key');
  if (kind === 'never' && said.when.length === 0)
    throw placed.wrong(['never'], "'never' needs a 'when': what has to be possible for it to mean anything", 'key');
  const { cells } = at([], () =>
    assemble(machine, known.strategies[0]!, known.buses, { kind: 'open', inFlight: 1, menu: [] }),
  );
  const factsAt = (texts: readonly string[], key: string): readonly Said[] =>
    texts.map((one, index) => ({
      text: one,
      fact: at([key, index], () => parseFact(one, { machine, actors, principles: known.principles, cells })),
    }));
  const condition: Condition = { kind, facts: factsAt(said[kind]!, kind), when: factsAt(said.when, 'when') };
  const expect = (['holds', 'fails'] as const).flatMap((verdict) =>
    said.expect[verdict].map((variant, index) => {
      at(['expect', verdict, index], () => variantFor(variant, known, [machine]));
      return { variant, verdict };
    }),
  );
  const twice = said.expect.fails.findIndex((variant) => said.expect.holds.includes(variant));
  if (twice >= 0)
    throw placed.wrong(
      ['expect', 'fails', twice],
      `'${said.expect.fails[twice]}' is expected to hold, too; take one away`,
    );
  if (expect.length === 0) throw placed.wrong(['expect'], 'nothing is expected; name a profile under holds or fails');
  return {
    file,
    question: said.question,
    sources: said.sources,
    ...storyOf(said),
    machine,
    before,
    actors,
    condition,
    expect,
  };
}

function storyOf({ id, title, story }: ScenarioFile): Pick<Scenario, 'story'> {
  if (id === undefined && title === undefined && story === undefined) return {};
  return {
    story: {
      ...(id !== undefined && { id }),
      ...(title !== undefined && { title }),
      ...(story !== undefined && { text: story }),
    },
  };
}

/** zod's finding, in the file's words and at its place. */
function explain(issue: z.core.$ZodIssue, placed: PlacedFile): InputError {
  const { wrong } = placed;
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const keys = keysAt(path);
    return wrong(
      [...path, key],
      `'${key}' means nothing here${nearest(key, keys)} there are ${keys.join(', ')}`,
      'key',
    );
  }
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.flat().find((one) => one.code === 'unrecognized_keys' || one.path.length > 0);
    if (inner) return explain({ ...inner, path: [...path, ...inner.path] }, placed);
  }
  if (path.length === 0 && issue.code === 'invalid_type')
    return wrong(
      path,
      'is no scenario; expected question, machine, actors, a condition (never, sometimes, always) and expect',
    );
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('undefined');
  const what = path.length === 0 ? 'the file' : `'${path.join('.')}'`;
  if (missing) return wrong(path, `${what} is missing`);
  return wrong(path, `${what}: ${expectedOf(issue)}`);
}

function expectedOf(issue: z.core.$ZodIssue): string {
  const said = issue.message.replace(/^Invalid \w+: /, '');
  if (issue.code === 'invalid_type' && issue.expected === 'string') return `${said}; write it in quotes`;
  if (issue.code === 'invalid_type' && issue.expected === 'array') return `${said}; write a list, as [one, another]`;
  if (issue.code === 'too_small')
    return issue.origin === 'array' ? 'is empty; give at least one' : 'is empty; write something there';
  if (issue.code !== 'invalid_union') return said;
  const issues = issue.errors.flat();
  const words = issues.flatMap((one) => (one.code === 'invalid_value' ? one.values.map(String) : []));
  if (words.length > 0) return `expected ${words.join(', ')}, or keys that say more`;
  const kinds = new Set(issues.flatMap((one) => (one.code === 'invalid_type' ? [one.expected] : [])));
  return kinds.size > 0 ? `expected ${[...kinds].join(' or ')}` : said;
}

/** The keys that are known where an unknown one was found. */
function keysAt([first, second, ...deeper]: Path): readonly string[] {
  if (first === undefined) return keysOf.file;
  if (first === 'expect') return keysOf.expect;
  if (second === undefined) return keysOf.machine;
  return second === 'drivers' || deeper.includes('drivers') ? keysOf.driver : keysOf.device;
}
