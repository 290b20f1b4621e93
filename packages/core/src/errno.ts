/**
 * Results of kernel operations, by name: they are read, compared and printed, never counted. A `bind` that ownership
 * refuses is EBUSY, a claim that kernel drivers refuse EPERM (drivers/iommu/iommu.c, 6.1).
 */
export const OK = 'OK';
export type Ok = typeof OK;

export const EPERM = 'EPERM';
export const ENOENT = 'ENOENT';
export const EIO = 'EIO';
export const ENXIO = 'ENXIO';
export const EAGAIN = 'EAGAIN';
export const EACCES = 'EACCES';
export const EBUSY = 'EBUSY';
export const ENODEV = 'ENODEV';
export const EINVAL = 'EINVAL';
export const EPROBE_DEFER = 'EPROBE_DEFER';

export const refusals = [EPERM, ENOENT, EIO, ENXIO, EAGAIN, EACCES, EBUSY, ENODEV, EINVAL, EPROBE_DEFER] as const;

export type Refusal = (typeof refusals)[number];
export type Errno = Ok | Refusal;

export const isErrno = (value: unknown): value is Errno =>
  value === OK || (refusals as readonly unknown[]).includes(value);
