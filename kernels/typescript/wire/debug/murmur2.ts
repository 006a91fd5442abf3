/** MurmurHash2 (Austin Appleby), 32 bits: how JupyterLab names a cell's source for the debugger. */

const M = 0x5bd1e995;

/** Hash of the text's UTF-8 bytes, as an unsigned 32-bit integer. */
export function murmur2(text: string, seed: number): number {
  const bytes = new TextEncoder().encode(text);
  const view = new DataView(bytes.buffer);
  let hash = seed ^ bytes.length;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    let word = Math.imul(view.getUint32(at, true), M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  const left = bytes.length - at;
  if (left === 3) hash ^= bytes[at + 2] << 16;
  if (left >= 2) hash ^= bytes[at + 1] << 8;
  if (left >= 1) hash = Math.imul(hash ^ bytes[at], M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return (hash ^ (hash >>> 15)) >>> 0;
}
