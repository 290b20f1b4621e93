import type { Device } from '@busward/core';
import type { Host1xFacts } from './firmware.ts';

/**
 * None: logical devices do no DMA and get no group; the masters are platform devices that share a swgroup. Only one
 * that firmware describes by itself would be told apart, by its node.
 */
export const isolation = ({ facts }: Device<'host1x', Host1xFacts>): readonly string[] =>
  facts.node === '' ? [] : [`host1x ${facts.node}`];
