import {
  device,
  groupDevices,
  machine,
  strategies,
  type Bus,
  type Device,
  type Machine,
  type Operation,
  type Strategy,
} from '@busward/core';
import type { Run } from '@busward/explorer';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';

export const buses: readonly Bus[] = [platform, pci];

export const K = 'kernel-driver';
export const V = 'vfio-pci';

/** Two PCI functions below one bridge without ACS: they share a group. */
export function pair(
  said: { readonly A?: Partial<Device>; readonly B?: Partial<Device> } & Partial<
    Pick<Machine, 'users' | 'testRemove' | 'iommu'>
  > = {},
): Machine {
  const { A, B, ...rest } = said;
  const facts = { withoutAcsBelow: '0000:00:01.0' };
  const devices = [device(pci, 'A', { ...A, facts } as object), device(pci, 'B', { ...B, facts } as object)];
  return machine('a pair', { devices: groupDevices(devices, buses), ...rest });
}

/** A platform device and a PCI function with one stream id: a group across buses. */
export function crossBus(said: Partial<Device> = {}): Machine {
  const facts = { streams: ['smmu@0x11'] };
  const devices = [device(platform, 'A', { ...said, facts } as object), device(pci, 'B', { ...said, facts } as object)];
  return machine('across buses', { devices: groupDevices(devices, buses) });
}

export const single = (said: Partial<Device> = {}): Machine =>
  machine('alone', { devices: groupDevices([device(pci, 'A', said as object)], buses) });

export const bind = (on: string, driver: string): Operation => ({ do: 'bind', device: on, driver });
export const unbind = (on: string): Operation => ({ do: 'unbind', device: on });
export const remove = (on: string): Operation => ({ do: 'remove', device: on });
export const add = (on: string): Operation => ({ do: 'add', device: on });
export const open = (on: string): Operation => ({ do: 'open', user: 'u0', device: on });
const onGroup = (verb: 'claim' | 'attach' | 'detach'): Operation => ({
  do: verb,
  user: 'u0',
  group: 'group 0',
});
/** C and U of the litmus table: SET_CONTAINER, SET_IOMMU. */
export const claim = onGroup('claim');
export const attach = onGroup('attach');
export const detach = onGroup('detach');
export const claimDevice = (user: string, on: string): Operation => ({ do: 'claim', user, device: on });
export const releaseDevice = (user: string, on: string): Operation => ({ do: 'release', user, device: on });

export const under = (name: string): Strategy => strategies.find((strategy) => strategy.name === name)!;

/** `OK EBUSY crash`: what became of the operations of a run, in order. */
export const results = ({ ran }: Run): string => ran.map(({ result }) => result).join(' ');
