import { few, type Evidence, type FoundMachine } from '@busward/topology';
import { whatItIs } from './what-it-is.ts';

/**
 * What goes with the driver of a physical function: its virtual functions, whoever has them. A driver's remove turns SR-IOV
 * off, as ixgbe_remove() does through ixgbe_disable_sriov() (drivers/net/ethernet/intel/ixgbe) and a VFIO driver through
 * vfio_pci_core_unregister_device() (drivers/vfio/pci); pci_iov_remove() (drivers/pci/iov.c) warns of one that does not.
 * Undefined: nothing tells that it has any.
 */
export function virtualFunctions(
  name: string,
  driver: string,
  { devices }: FoundMachine,
): { readonly why: string; readonly from: Evidence } | undefined {
  const own = devices.filter(({ physfn }) => physfn?.is === name);
  const from = own[0]?.physfn?.from;
  if (!from) return undefined;
  const needed = own.flatMap((device) => (device.needed ?? []).map(({ is }) => `${device.name} is ${whatItIs[is]}`));
  const names = few(own.map((device) => device.name));
  return {
    why: [
      `its virtual functions, ${names}, go when its driver ${driver} is unbound (pci_disable_sriov())`,
      ...needed,
    ].join('; '),
    from,
  };
}
