/** Why a file cannot be read or written, in words. */
export function troubleWith(error: unknown): string {
  const { code, message } = error as Error & { readonly code?: string };
  return (code !== undefined && words[code]) || message;
}

const words: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EEXIST: 'there is something else of that name',
  EFBIG: 'it would be too large',
  EISDIR: 'it is a folder',
  ELOOP: 'links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'there is no room left',
  ENOTDIR: 'what is named as a folder is a file',
  ENXIO: 'nobody is at the other end',
  EPERM: 'no permission',
  EPIPE: 'nobody reads it any more',
  EROFS: 'it is on a file system that is only read',
};
