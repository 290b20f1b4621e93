import { PluginError } from '@busward/core';
import type { Reduced } from '../search/reduced.ts';
import type { Ended } from '../search/ended.ts';
import type { Watched } from '../search/watched.ts';

/** Users were taken to be alike, and are not; or it does not show. */
export class UsersUnlike extends Error {}

/** Searches with like users exchanged; if it turns out that they are not alike, again without. */
export function* supposingLikeUsers<T extends { readonly states: number; readonly ended?: Ended } | undefined>(
  compiled: Reduced,
  search: (compiled: Reduced) => Watched<T>,
): Watched<T> {
  const { likeUsers, ...apart } = compiled;
  if (!likeUsers) return yield* search(compiled);
  try {
    return yield* search(compiled);
  } catch (error) {
    // What a plugin throws then may be thrown where the system never comes.
    if (!(error instanceof PluginError || error instanceof UsersUnlike)) throw error;
  }
  const again = yield* search(apart);
  if (again?.ended?.kind !== 'stopped') return again;
  const by = `${again.ended.by}, having begun again since users who seemed alike are not`;
  return { ...again, ended: { kind: 'stopped', by } };
}
