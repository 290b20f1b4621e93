/** Who knows a driver by its module's file writes underscores for the dashes: mlx5-vfio-pci is mlx5_vfio_pci.ko. */
export const sameDriver = (one: string, other: string): boolean =>
  one.replaceAll('-', '_') === other.replaceAll('-', '_');
