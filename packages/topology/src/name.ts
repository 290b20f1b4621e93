import { isOneLine } from './one-line.ts';

/**
 * Whether Linux can have a device, a driver or a bus of that name. It is the name of a folder of sysfs, in which
 * kobject_set_name_vargs() (lib/kobject.c) replaces `/`; what is no character of a line, no name in Linux has.
 */
export const isName = (text: string): boolean =>
  text.length > 0 && text.length <= longest && !text.includes('/') && !/^\.\.?$/.test(text) && isOneLine(text);

/** NAME_MAX. */
const longest = 255;
