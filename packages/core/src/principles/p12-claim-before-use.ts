import { definePrinciple } from './define-principle.ts';

/** Judged for devices bound to VFIO drivers only: "a user-controlled domain means an owner" is false upstream, since
 * vhost-vdpa and usnic attach one below a counted kernel driver (vhost_vdpa_alloc_domain()). */
export const claimBeforeUse = definePrinciple({
  id: 'P12',
  name: 'claim before use',
  sentence: 'a user does nothing with a device, and its hardware does nothing for him, unless he holds the group',
  source:
    'drivers/iommu/iommufd/device.c, iommufd_device_bind() ("must not touch the device until this routine succeeds")',
  outcome: 'exposed',
  states: ({ members, strangers, serves }) =>
    members.filter((member) => strangers.some((user) => serves(member, user))),
});
