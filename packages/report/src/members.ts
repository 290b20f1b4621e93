import type { InspectedGroup, InspectedMember, Unknown } from '@busward/passthrough';
import { FEW, stemOf } from './like-names.ts';

/** Members of which the same is to be said: one, or many whose names differ in a number at the end only. */
export interface LikeMembers {
  readonly depth: number;
  readonly members: readonly [InspectedMember, ...InspectedMember[]];
}

/** The members of a group as they are below each other, many that are alike in one place: where the first of them is. */
export function likeMembers(group: InspectedGroup): readonly LikeMembers[] {
  const rows = indentsOf(group);
  const alike = new Map<string, InspectedMember[]>();
  const keys = rows.map(({ member, depth }, at) => {
    const { name, bus, driver, managesDma, says, needed, parent } = member;
    const about = [
      bus,
      driver,
      managesDma,
      says,
      needed.map(({ is }) => is),
      parent,
      inTheWay(group, member),
      unknownOf(group, member),
    ];
    // Whoever has others below has a place of his own.
    const isAbove = (rows[at + 1]?.depth ?? 0) > depth;
    const key = JSON.stringify([depth, ...about, isAbove ? name : stemOf(name)]);
    alike.set(key, [...(alike.get(key) ?? []), member]);
    return key;
  });
  return rows.flatMap(({ member, depth }, at): readonly LikeMembers[] => {
    const [first, ...others] = alike.get(keys[at]!)!;
    if (others.length < FEW) return [{ depth, members: [member] }];
    return first === member ? [{ depth, members: [first, ...others] }] : [];
  });
}

/** The device's driver stands in the way of whoever wants the group. */
export const inTheWay = ({ verdict }: InspectedGroup, { name }: InspectedMember): boolean =>
  verdict.kind === 'blocked' && verdict.by.some(({ device }) => device === name);

/** What of the device is not told, so that its group cannot be judged. */
export const unknownOf = ({ verdict }: InspectedGroup, { name }: InspectedMember): readonly string[] =>
  'unknown' in verdict
    ? verdict.unknown.filter(({ device }) => device === name).map(({ of, why }) => shortly[of] ?? why)
    : [];

/** Whether it is said below the table: of the group, or too long for a column. */
export const isSaidBelow = ({ of }: Unknown): boolean => shortly[of] !== undefined;

/** What is too long for a table. */
const shortly: Readonly<Partial<Record<Unknown['of'], string>>> = { region: '1:1 region', group: 'members not known' };

/** A group's members, each below what it is behind, as far as that is in the group, too. */
function indentsOf({
  members,
}: InspectedGroup): readonly { readonly member: InspectedMember; readonly depth: number }[] {
  const names = new Set(members.map(({ name }) => name));
  const placed = new Set<InspectedMember>();
  const below = (parent: string | undefined, depth: number): readonly { member: InspectedMember; depth: number }[] =>
    members.flatMap((member) => {
      const above = member.parent !== undefined && names.has(member.parent) ? member.parent : undefined;
      if (above !== parent || placed.has(member)) return [];
      placed.add(member);
      return [{ member, depth }, ...below(member.name, depth + 1)];
    });
  // Whoever is below himself has no place, and comes last.
  const tree = below(undefined, 0);
  return [...tree, ...members.filter((member) => !placed.has(member)).map((member) => ({ member, depth: 0 }))];
}
