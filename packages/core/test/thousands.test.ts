import { describe, expect, test } from '@jest/globals';
import { count, thousands } from '@busward/core';

describe('whole numbers', () => {
  test('are printed as Node prints them for English', () => {
    for (const many of [0, 7, 999, 1000, 65_536, 300_000, 1_234_567, 100_000_000, 2n ** 80n])
      expect(thousands(many)).toBe(many.toLocaleString('en'));
  });
  test('are said with what is counted', () => {
    expect([0, 1, 2, 1234].map((many) => count(many, 'group'))).toEqual([
      '0 groups',
      '1 group',
      '2 groups',
      '1,234 groups',
    ]);
  });
});
