import type { DeviceTree, Node } from './device-tree.ts';
import { cellOf, isCompatible } from './node.ts';

/** What an IOMMU's driver in Linux tells devices apart by (its `device_group`). */
export type IommuKind =
  /** arm-smmu, apple-dart: devices with a stream id in common share a group. `mask`: bits of every id that are ignored. */
  | { readonly by: 'stream'; readonly mask: number; readonly driver: 'arm-smmu' | 'apple-dart' }
  /** `generic_device_group`. `refuses`: a stream id that is taken; only the first device of it gets a group. */
  | { readonly by: 'device'; readonly refuses: boolean }
  /** `generic_single_device_group`: all devices of an instance share one. `name`: of instances that count as one. */
  | { readonly by: 'instance'; readonly name?: string; readonly admitsFew?: true }
  /** tegra-smmu: a swgroup each, and one for all the swgroups of a table. */
  | { readonly by: 'swgroup'; readonly together: readonly number[]; readonly called: string }
  | { readonly by: 'unknown'; readonly says: string };

/** By `compatible`, from the drivers in Linux 6.12 and 7.2 (drivers/iommu); the first that fits. */
export function kindOf(tree: DeviceTree, iommu: Node): IommuKind {
  const [, kind] = kinds.find(([compatible]) => isCompatible(tree, iommu, compatible)) ?? [];
  if (!kind) return { by: 'unknown', says: 'no IOMMU driver of Linux is known here by its compatible' };
  if (kind.by !== 'stream') return kind;
  // arm_smmu_of_xlate(): a mask for all that have none of their own.
  return { ...kind, mask: cellOf(tree, iommu, 'stream-match-mask') ?? 0 };
}

const smmu: IommuKind = { by: 'stream', mask: 0, driver: 'arm-smmu' };
const alone: IommuKind = { by: 'device', refuses: false };
const instance: IommuKind = { by: 'instance' };

/** Swgroups of one group: drivers/memory/tegra/tegra*.c, numbers from include/dt-bindings/memory/tegra*-mc.h. */
const swgroups = (called: string, ...together: readonly number[]): IommuKind => ({ by: 'swgroup', together, called });

const kinds: readonly (readonly [RegExp, IommuKind])[] = [
  [/^arm,smmu-v3$/, { by: 'device', refuses: true }],
  [/^(arm,smmu-v[12]|arm,mmu-(400|401|500)|cavium,smmu-v2|nvidia,smmu-500|qcom,smmu-v2|qcom,smmu-500)$/, smmu],
  [/^apple,.*dart$/, { by: 'stream', mask: 0, driver: 'apple-dart' }],
  [/^qcom,(msm-iommu-v[12]|apq8064-iommu)$/, alone],
  [/^(samsung,(exynos-)?sysmmu|mediatek,mt2701-m4u|riscv,iommu|virtio,mmio)$/, alone],
  // ipmmu_device_is_allowed(): on most SoCs, only devices of a list in the driver, and the list has changed.
  [/^renesas,(ipmmu-|rcar-gen4-ipmmu)/, { by: 'instance', admitsFew: true }],
  [/^(rockchip,(rk3568-)?iommu|sprd,iommu-v1|allwinner,sun50i-h6(16)?-iommu|verisilicon,iommu.*)$/, instance],
  [/^ti,(omap2|omap4|dra7|dra7-dsp)-iommu$/, instance],
  // mtk_iommu_device_group(): a group for each region of I/O addresses; these have one. mt2712's two M4Us share a table.
  [/^mediatek,mt2712-m4u$/, { by: 'instance', name: 'm4ulist' }],
  [/^mediatek,mt(6779|6795|8167|8173|8183|8365)-m4u$/, instance],
  [/^mediatek,mt(8188|8195)-iommu-infra$/, instance],
  [
    /^mediatek,/,
    { by: 'unknown', says: 'groups follow I/O address regions, by a table in the driver (mtk_iommu_device_group)' },
  ],
  [/^nvidia,tegra30-mc$/, swgroups('drm', 1, 2, 4, 9, 10)],
  [/^nvidia,tegra114-mc$/, swgroups('drm', 1, 2, 4, 6)],
  [/^nvidia,tegra1(24|32)-mc$/, swgroups('drm', 1, 2, 24)],
  [/^nvidia,tegra210-mc$/, swgroups('display', 1, 2)],
];
