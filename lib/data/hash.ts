/**
 * Non-cryptographic hashes of strings: fast, the same on every machine, and written down so that hash-based
 * choices (splits, samples, signatures) can be repeated elsewhere.
 *
 * `hashString` is MurmurHash3's 32-bit finaliser over an FNV-1a style fold of the UTF-16 units;
 * `hash53` joins two such folds with different keys into a whole number below 2^53, which fits a Map key or
 * a Float64Array without BigInt.
 * Left out: protection against someone who builds colliding texts on purpose. Where that matters
 * (content addresses, checksums) use SHA-256.
 */

/** A hash in [0, 2³²) of a string. */
export function hashString(text: string, seed = 0): number {
  let hash = seed ^ 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix32(hash ^ text.length) >>> 0;
}

/** A hash in [0, 2⁵³) of a string: collisions start to matter near 10⁸ strings. */
export function hash53(text: string, seed = 0): number {
  let low = seed ^ 0x9747b28c;
  let high = seed ^ 0x3c6ef372;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x85ebca6b);
    low = (low << 13) | (low >>> 19);
    high = Math.imul(high ^ unit, 0xc2b2ae35);
    high = (high << 16) | (high >>> 16);
  }
  low = mix32(low ^ text.length);
  high = mix32(high ^ low);
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

/** A bijection on 32 bits in which every input bit moves every output bit (MurmurHash3 `fmix32`). */
export function mix32(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A number in [0, 1) that depends only on the string and the seed: for splits and sampling. */
export function hashFraction(text: string, seed = 0): number {
  return hash53(text, seed) / 2 ** 53;
}
