import { expect, it } from '@jest/globals';
import { reconcile } from '../reconcile.ts';
import type { Fate, Surveyed } from '../survey.ts';

const found = (id: string, fate: Fate): Surveyed => ({ mutant: { id, file: 'f.ts', line: 1, kind: 'guard' }, fate });
const survives: Fate = { kind: 'survives', differed: 0, tried: 7 };
const noticed: Fate = { kind: 'noticed', by: 'scenario', trial: 'L02', says: 'fails' };

it('a survivor needs a reason, one that is never reached as well', () => {
  const surveyed = [found('a', survives), found('b', { kind: 'never reached' }), found('c', noticed)];
  expect(reconcile(surveyed, [], true).unlisted.map(({ mutant }) => mutant.id)).toEqual(['a', 'b']);
  const listed = [{ because: 'said twice', mutants: ['a', 'b'] }];
  expect(reconcile(surveyed, listed, true)).toEqual({
    unlisted: [],
    stale: [],
    excused: [{ because: 'said twice', found: surveyed.slice(0, 2) }],
  });
});

it('a reason needs a survivor', () => {
  const listed = [{ because: 'said twice', mutants: ['noticed by now', 'no longer in the code'] }];
  const surveyed = [found('noticed by now', noticed)];
  expect(reconcile(surveyed, listed, true).stale).toEqual(['noticed by now', 'no longer in the code']);
  // Where only some were looked at, the others say nothing.
  expect(reconcile(surveyed, listed, false).stale).toEqual(['noticed by now']);
});
