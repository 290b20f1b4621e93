import type { Bus } from '../contract/bus.ts';
import type { Strategy } from '../contract/strategy.ts';
import type { Device, Machine } from '../machine.ts';
import type { Layout } from './layout.ts';

/** A machine running one strategy, with a plugin for each of its buses. All of the kernel's programs take it first. */
export interface Kernel {
  readonly machine: Machine;
  readonly layout: Layout;
  readonly strategy: Strategy;
  bus(device: Device): Bus;
}
