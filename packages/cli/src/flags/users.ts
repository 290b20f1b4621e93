import type { User } from '@busward/core';

const ways = ['container', 'iommufd'] as const;
const MOST = 4;

/** Who wants to own groups: `2` for so many who go through a container, or `iommufd,container` for one of each. */
export const usersFlag = {
  kind: 'parsed',
  parse: usersOf,
  default: '1',
  brief: `users (VMs) at once, at most ${MOST}; or what each goes through, as in iommufd,container`,
  placeholder: 'n',
} as const;

function usersOf(text: string): readonly User[] {
  const through = /^\d+$/.test(text)
    ? Array.from({ length: Math.min(Number(text), MOST + 1) }, () => ways[0])
    : text.split(',').map((name) => ways.find((way) => way === name));
  if (through.length === 0 || through.length > MOST || through.includes(undefined))
    throw new Error(
      `expected a number from 1 to ${MOST}, or what each of as many goes through: ${ways.join(' or ')}, as in iommufd,container`,
    );
  return through.map((way, at) => ({ name: `u${at}`, through: way! }));
}
