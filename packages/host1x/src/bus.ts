import { configureThenCheck, defineBus } from '@busward/core';
import { firmware, type Host1xFacts } from './firmware.ts';
import { isolation } from './grouping.ts';
import { history } from './history.ts';
import { refine } from './refinement.ts';

/** The bus of Tegra's host1x: logical devices made of several clients. */
export const host1x = defineBus<'host1x', Host1xFacts>({
  name: 'host1x',
  source: 'drivers/gpu/host1x/bus.c, host1x_dma_configure() (until 6.9)',
  says: "its own node, usually none, and no group; the contract's form checks, upstream never did",
  ...configureThenCheck(firmware),
  firmware,
  isolation,
  refine,
  example: (name) => ({ node: `/host1x/${name}`, channel: name }),
  // Without a node of its own, as most are; and clients of one channel.
  special: (names) => [
    names.map((name) => ({ node: '', channel: name })),
    names.map((name) => ({ node: `/host1x/${name}`, channel: names[0]! })),
  ],
  recognise: (name, prefix) => (prefix === 'host1x' ? { facts: { node: '', channel: name }, sure: true } : undefined),
  managedDrivers: [],
  history,
});
