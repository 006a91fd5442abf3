/**
 * The set of word n-grams of a text as 32-bit hashes: what MinHash compares and decontamination looks up.
 *
 * Words are compared as `foldText` writes them: lower case, every number the same, no punctuation, no accents.
 * Latin text is folded, hashed and rolled in one pass over its characters without making a string.
 */
import { mix32 } from "../hash.ts";
import { foldText } from "../text/normalize.ts";

/**
 * What a character does: 0 ends a word, 1 is a digit, otherwise the folded letter's code. Covers Latin scripts and
 * general punctuation; a text with anything else takes the slow way through `foldText`.
 */
const TABLE_END = 0x2070;
const SLOW = 0xffff;
const CLASS = new Uint16Array(TABLE_END).fill(SLOW);
for (let code = 0; code < TABLE_END; code++) {
  if (code >= 0x250 && code < 0x2000) continue;
  const folded = foldText(`a${String.fromCharCode(code)}`).slice(1);
  if (folded === "" || folded === "0") CLASS[code] = folded === "0" ? 1 : 0;
  else if (folded.length === 1) CLASS[code] = folded.charCodeAt(0);
}

const DIGIT = 48;
const MULTIPLIER = 0x01000193;

/** Hashes of the words of a text, folded. */
export function wordHashes(text: string): Int32Array {
  const folded = needsFolding(text) ? foldText(text) : text;
  let hashes = new Int32Array(Math.max(16, folded.length >> 2));
  let count = 0;
  let hash = 0;
  let inWord = false;
  let inNumber = false;
  for (let i = 0; i < folded.length; i++) {
    const unit = folded.charCodeAt(i);
    const known = unit < TABLE_END ? CLASS[unit] : SLOW;
    const kind = known === SLOW ? unit : known;
    if (kind > 1) {
      hash = Math.imul((inWord ? hash : 0x811c9dc5) ^ kind, MULTIPLIER);
      [inWord, inNumber] = [true, false];
    } else if (kind === 1) {
      // A number of any length is one zero.
      if (!inNumber) hash = Math.imul((inWord ? hash : 0x811c9dc5) ^ DIGIT, MULTIPLIER);
      [inWord, inNumber] = [true, true];
    } else if (inWord) {
      // Point and comma inside a number belong to it.
      const next = folded.charCodeAt(i + 1);
      if (inNumber && (unit === 46 || unit === 44) && next >= 48 && next <= 57) continue;
      if (count === hashes.length) hashes = grown(hashes);
      hashes[count++] = mix32(hash);
      [inWord, inNumber] = [false, false];
    }
  }
  if (inWord) {
    if (count === hashes.length) hashes = grown(hashes);
    hashes[count++] = mix32(hash);
  }
  return hashes.subarray(0, count);
}

function needsFolding(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= TABLE_END || CLASS[unit] === SLOW) return true;
  }
  return false;
}

/**
 * Hashes of the word n-grams, in order, repeats included; a text of fewer words is one n-gram of all of them,
 * a text without words has none.
 */
export function shingles(text: string, n: number): Int32Array {
  const words = wordHashes(text);
  if (words.length === 0) return words;
  const length = Math.min(n, words.length);
  const out = new Int32Array(words.length - length + 1);
  let lead = 1;
  for (let i = 0; i < length; i++) lead = Math.imul(lead, MULTIPLIER);
  let rolled = 0;
  for (let i = 0; i < words.length; i++) {
    rolled = (Math.imul(rolled, MULTIPLIER) + words[i]) | 0;
    if (i >= length) rolled = (rolled - Math.imul(lead, words[i - length])) | 0;
    if (i >= length - 1) out[i - length + 1] = mix32(rolled);
  }
  return out;
}

/** Share of n-grams that two texts have in common: |A ∩ B| / |A ∪ B|, exactly. */
export function jaccard(a: string, b: string, n: number): number {
  const [first, second] = [new Set(shingles(a, n)), new Set(shingles(b, n))];
  if (first.size === 0 && second.size === 0) return 1;
  let common = 0;
  for (const hash of first) if (second.has(hash)) common++;
  return common / (first.size + second.size - common);
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
