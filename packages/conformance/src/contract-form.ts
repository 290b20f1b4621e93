import { configureThenCheck, type Bus } from '@busward/core';

/** The bus with the contract's own hooks: what its own are compared with on the same machine. */
export function contractForm(bus: Bus): Bus {
  const { hookless: _, ...rest } = bus;
  return { ...rest, ...configureThenCheck(bus.firmware), callsUse: true };
}

/** The bus without what it knows of its own: what two buses are compared as. */
export function withoutRefinement(bus: Bus): Bus {
  const { refine: _, ...rest } = bus;
  return rest;
}
