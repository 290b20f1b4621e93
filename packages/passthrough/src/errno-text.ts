/** Errors as they reach people: by number, by name, in words. */
const errnos: readonly (readonly [number, string, string])[] = [
  [1, 'EPERM', 'Operation not permitted'],
  [2, 'ENOENT', 'No such file or directory'],
  [5, 'EIO', 'Input/output error'],
  [6, 'ENXIO', 'No such device or address'],
  [11, 'EAGAIN', 'Resource temporarily unavailable'],
  [12, 'ENOMEM', 'Cannot allocate memory'],
  [13, 'EACCES', 'Permission denied'],
  [16, 'EBUSY', 'Device or resource busy'],
  [17, 'EEXIST', 'File exists'],
  [19, 'ENODEV', 'No such device'],
  [22, 'EINVAL', 'Invalid argument'],
  [25, 'ENOTTY', 'Inappropriate ioctl for device'],
  [517, 'EPROBE_DEFER', 'Probe deferred'],
];

/** The errno that a text tells, by name: of its words, its name (`-EBUSY`), or its number (`[Errno 16]`, `error -22`, `(22)`). */
export function errnoIn(text: string): string | undefined {
  const byName = errnos.find(([, name]) => new RegExp(`\\b${name}\\b`).test(text));
  if (byName) return byName[1];
  // The longest first: 'No such device or address' begins as 'No such device' does.
  const byWords = errnos
    .toSorted((a, b) => b[2].length - a[2].length)
    .find(([, , words]) => text.toLowerCase().includes(words.toLowerCase()));
  if (byWords) return byWords[1];
  const number =
    /\[?errno[ :=]*-?(\d+)\]?|\berr(?:or|no)?(?: code)?[ :=]*-?(\d+)\b|\bfailed[^\n]*?[ :]-(\d+)\b|\((-?\d+)\)|^\s*-(\d+)\s*$/i.exec(
      text,
    );
  const digits = number?.slice(1).find((one) => one !== undefined);
  return digits === undefined ? undefined : errnos.find(([value]) => value === Math.abs(Number(digits)))?.[1];
}

/** `EBUSY (16, Device or resource busy)`. */
export function errnoText(name: string): string {
  const [number, , words] = errnos.find((one) => one[1] === name) ?? [];
  return number === undefined ? name : `${name} (${number}, ${words})`;
}
