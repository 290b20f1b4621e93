/** How bytes that begin so are to be decoded: UTF-8, or UTF-16 as Windows' shells write it. */
export function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, 1024);
  const zeros = (odd: number): number => sample.filter((byte, at) => byte === 0 && at % 2 === odd).length;
  if (zeros(1) > sample.length / 3 && zeros(0) < sample.length / 20) return 'utf-16le';
  if (zeros(0) > sample.length / 3 && zeros(1) < sample.length / 20) return 'utf-16be';
  return 'utf-8';
}
