import { compareVersions, rules, type Bus, type Facts, type Revision, type RuleNumber } from '@busward/core';
import type { Clause, Finding } from './clause.ts';
import { groupingFinding } from './grouping.ts';
import type { HookRule } from './hook-rules.ts';
import { brokenHookRules, offenceLines } from './rule-clauses.ts';
import { costOf } from './scenario.ts';
import type { Subject } from './subject.ts';

type Past = Revision<string, Facts>;

/** The history is in order, and each revision keeps the rules of its time or says which bug it has. */
export const historyClauses = (subject: Subject): readonly Clause[] => [
  {
    group: 'its history',
    name: 'its history is in order',
    says: 'oldest first; mainline before stable versions that took it over; each revision is found by its versions',
    source: 'packages/core, contract/bus.ts, Revision',
    look: () => outOfOrder(subject.bus),
  },
  ...subject.bus.history.map((revision, at): Clause => ({
    group: 'its history',
    name: `its history, ${revision.since[0]} (${revision.commit})`,
    says: 'a revision keeps the rules that were in force in its time, or says in `knownBugs` which bug it has',
    source: `${revision.commit} ("${revision.title}")`,
    look: () => revisionFinding(subject, revision, subject.bus.history[at + 1]),
  })),
];

function outOfOrder(bus: Bus): Finding | undefined {
  const { history } = bus;
  for (const [at, { commit, title, since, says }] of history.entries()) {
    const next = history[at + 1];
    const wrong = (found: string, change: string): Finding => ({
      found: `${commit}: ${found}`,
      scenario: () => history.map((one) => `${one.since.join(', ')}  ${one.commit}`),
      change,
    });
    if (next && compareVersions(since[0], next.since[0]) > 0)
      return wrong(`${since[0]} comes before ${next.since[0]}`, 'list revisions oldest first');
    if (history.findIndex((one) => one.commit === commit) !== at)
      return wrong('the commit is listed twice', 'list it once');
    if (!/^[0-9a-f]{12,40}$/.test(commit))
      return wrong('is no commit id', 'write at least 12 hexadecimal digits, as git log --abbrev=12 does');
    if (!title || !says) return wrong('has no title, or says nothing', "write the commit's title, and what it does");
    const late = since.slice(1).find((stable) => compareVersions(stable, since[0]) >= 0);
    if (late !== undefined)
      return wrong(`${late} is not older than ${since[0]}`, 'write the mainline version first, then older stable ones');
    // A fix may have come before the release: then both name it, and the later one counts.
    const lost = since.find((version) => !bus.at(version).revision!.since.includes(version));
    if (lost !== undefined)
      return wrong(
        `Linux ${lost} is said to have it, and has ${bus.at(lost).revision?.commit}`,
        'a later revision is in an older version of that series; write the versions as they were',
      );
  }
  return undefined;
}

function revisionFinding(subject: Subject, revision: Past, next: Past | undefined): Finding | undefined {
  const bus = subject.bus.at(revision.commit);
  const known = revision.knownBugs ?? {};
  const broken = brokenHookRules(bus, subject.kinds);
  const [begins] = revision.since;
  const inForce = rules.filter(
    ({ since }) => !next || compareVersions(since, begins) <= 0 || compareVersions(since, next.since[0]) < 0,
  );
  const regrouping = groupingFinding(bus, subject.kinds);
  for (const { number, name } of inForce) {
    if (number === 7 && regrouping && known[number] === undefined)
      return { ...regrouping, found: `rule ${number} (${name}), and says nothing of it: ${regrouping.found}` };
    const offence = broken.get(number as HookRule);
    if (offence && known[number] === undefined)
      return {
        found: `rule ${number} (${name}), and says nothing of it: ${offence.found}`,
        way: offenceLines(offence),
        scenario: () => costOf(bus, subject.neighbour, number as HookRule),
        change: `if Linux had it so, say knownBugs: { ${number}: 'the bug' }; else ${offence.change}`,
      };
  }
  const cured = (Object.keys(known).map(Number) as RuleNumber[]).find(
    (number) =>
      !(number === 7 ? regrouping : broken.has(number as HookRule)) || !inForce.some((rule) => rule.number === number),
  );
  if (cured === undefined) return undefined;
  return {
    found: `it is said to break rule ${cured} (${known[cured]}), and does not`,
    scenario: () => [`Linux ${revision.since[0]}, every way through its hooks`],
    change: `take ${cured} out of knownBugs, or write the hooks as they were`,
  };
}
