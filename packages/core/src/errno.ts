/**
 * Results of kernel operations, by name: they are read, compared and printed, never counted.
 * Which operation gives which errno for which reason: docs/errno in kernel order, `bind` -EBUSY, `claim` -EPERM.
 */
export const OK = 'OK';
export type Ok = typeof OK;

export const EPERM = 'EPERM';
export const ENOENT = 'ENOENT';
export const EAGAIN = 'EAGAIN';
export const EBUSY = 'EBUSY';
export const ENODEV = 'ENODEV';
export const EINVAL = 'EINVAL';
export const EBADF = 'EBADF';
export const EPROBE_DEFER = 'EPROBE_DEFER';

const refusals = [EPERM, ENOENT, EAGAIN, EBUSY, ENODEV, EINVAL, EBADF, EPROBE_DEFER] as const;

export type Refusal = (typeof refusals)[number];
export type Errno = Ok | Refusal;

export const isErrno = (value: unknown): value is Errno =>
  value === OK || (refusals as readonly unknown[]).includes(value);
