/**
 * SentencePiece's precompiled normalisation rules: a double-array trie (Aoe 1989; as laid out by Darts-clone)
 * from a UTF-8 sequence to where its replacement stands in a list of zero-ended strings.
 *
 * Used in two ways: SentencePiece replaces the longest match at each position; Hugging Face looks up a whole
 * grapheme cluster of fewer than six bytes, else its characters one by one, and takes the shortest match.
 */
import { fail } from "../../core/errors.ts";
import type { Change } from "./aligned-text.ts";
import { rewritingOf } from "./aligned-text.ts";
import type { Normalizer } from "./normalizer.ts";

export class Charsmap {
  private readonly units: Uint32Array;
  private readonly replacements: Uint8Array;

  constructor(blob: Uint8Array, where: string) {
    const view = new DataView(blob.buffer, blob.byteOffset, blob.length);
    const size = blob.length >= 4 ? view.getUint32(0, true) : -1;
    if (size < 4 || size % 4 !== 0 || size + 4 > blob.length) {
      fail(where, { expected: "a precompiled charsmap", got: `${blob.length} bytes that hold no trie` });
    }
    this.units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
    this.replacements = blob.subarray(4 + size);
  }

  /** The matches that start at `bytes[start]`, shortest first: their length and where the replacement starts. */
  *prefixes(bytes: Uint8Array, start: number): Iterable<{ length: number; value: number }> {
    const { units } = this;
    let node = offsetOf(units[0]);
    for (let at = start; at < bytes.length && bytes[at] !== 0; at++) {
      node ^= bytes[at];
      const unit = units[node];
      if (unit === undefined || (unit & 0x800000ff) >>> 0 !== bytes[at]) return;
      node ^= offsetOf(unit);
      if (((unit >>> 8) & 1) === 1) yield { length: at + 1 - start, value: units[node] & 0x7fffffff };
    }
  }

  /** The replacement that starts at `value`. */
  replacement(value: number): Uint8Array {
    let end = value;
    while (end < this.replacements.length && this.replacements[end] !== 0) end++;
    return this.replacements.subarray(value, end);
  }
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Hugging Face's way to apply the rules. */
export function charsmapNormalizer(base64: string, where: string): Normalizer {
  const charsmap = new Charsmap(Buffer.from(base64, "base64"), `${where}.precompiled_charsmap`);
  const known = new Map<string, string | undefined>();
  const lookUp = (part: string): string | undefined => {
    if (known.has(part)) return known.get(part);
    const [match] = charsmap.prefixes(Buffer.from(part), 0);
    const replacement = match && Buffer.from(charsmap.replacement(match.value)).toString();
    if (known.size > 10_000) known.clear();
    known.set(part, replacement);
    return replacement;
  };

  const changesOf = (text: string): Change[] | undefined => {
    const changes: Change[] = [];
    let changed = false;
    const replace = (part: string, replacement: string) => {
      changed = true;
      const characters = [...replacement];
      const more = characters.length - [...part].length;
      for (const [i, character] of characters.entries()) {
        changes.push({ character, change: i >= characters.length - more ? 1 : 0 });
      }
      const last = changes.at(-1);
      if (more < 0 && last !== undefined) last.change += more;
    };
    for (const { segment } of graphemes.segment(text)) {
      const whole = Buffer.byteLength(segment) < 6 ? lookUp(segment) : undefined;
      if (whole !== undefined) {
        replace(segment, whole);
        continue;
      }
      for (const character of segment) {
        const replacement = lookUp(character);
        if (replacement === undefined) changes.push({ character, change: 0 });
        else replace(character, replacement);
      }
    }
    return changed ? changes : undefined;
  };
  return {
    plain: (text) =>
      /^[\x20-\x7e]*$/.test(text)
        ? text
        : (changesOf(text)
            ?.map(({ character }) => character)
            .join("") ?? text),
    steps(text) {
      const changes = changesOf(text);
      return changes === undefined ? [] : [rewritingOf(text, changes)];
    },
  };
}
