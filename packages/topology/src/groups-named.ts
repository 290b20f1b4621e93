/** Numbers of groups that a text names: `iommu group 19`, `"group":"19"`, `iommu_groups/19/`. */
export const groupsNamed = (text: string): readonly string[] =>
  [...text.matchAll(/groups?\W{0,4}(\d+)/gi)].map(([, group]) => group!);
