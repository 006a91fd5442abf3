/**
 * Byte-level byte-pair encoding of a stretch of text: cut into words, look each word up among those seen
 * before, else merge its bytes. The part that decides how fast everything else is; no special tokens here.
 */
import { writeUtf8 } from "./bytes.ts";
import type { ByteVocabulary } from "./byte-vocabulary.ts";
import { mergePairs } from "./byte-pair-merge.ts";
import type { PairTable } from "./pair-table.ts";
import type { Splitter } from "./split/scan.ts";
import { MAX_CACHED_UNITS, WordCache } from "./word-cache.ts";

export interface BytePairParts {
  vocabulary: ByteVocabulary;
  pairs: PairTable;
  split: Splitter;
  /** Whether a word that is itself a token skips the merges (tiktoken; `ignore_merges` in tokenizer.json). */
  wholeWordFirst: boolean;
  /** Named in errors. */
  where: string;
}

/** Ids collected over several stretches of text. */
export class IdBuffer {
  /** Small at first, for the reason given in word-cache.ts. */
  ids = new Uint32Array(1 << 6);
  length = 0;

  /** Make room for `count` more. */
  reserve(count: number): void {
    if (this.length + count <= this.ids.length) return;
    const wider = new Uint32Array(Math.max(this.ids.length * 2, this.length + count));
    wider.set(this.ids.subarray(0, this.length));
    this.ids = wider;
  }

  push(id: number): void {
    this.reserve(1);
    this.ids[this.length++] = id;
  }

  /** A copy of what was collected; the buffer is empty afterwards. */
  take(): Uint32Array {
    const taken = this.ids.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}

/** A word as ids: token i begins at byte `starts[i]`; `count` entries of both arrays count. */
export interface EncodedWord {
  ids: Int32Array;
  starts: Int32Array;
  count: number;
}

export class BytePairEncoder {
  readonly vocabulary: ByteVocabulary;
  readonly pairs: PairTable;
  readonly split: Splitter;
  readonly wholeWordFirst: boolean;
  private readonly byteIds: Int32Array;
  private readonly cache = new WordCache();
  private bytes = new Uint8Array(256);
  private readonly word: EncodedWord = { ids: new Int32Array(256), starts: new Int32Array(256), count: 0 };

  constructor({ vocabulary, pairs, split, wholeWordFirst, where }: BytePairParts) {
    this.vocabulary = vocabulary;
    this.pairs = pairs;
    this.split = split;
    this.wholeWordFirst = wholeWordFirst;
    this.byteIds = vocabulary.byteIds(where);
  }

  /** Append the ids of `units[start, end)` to `out`. The stretch is cut as if it were the whole text. */
  encode(units: Uint16Array, start: number, end: number, out: IdBuffer): void {
    const { split, cache } = this;
    while (start < end) {
      const stop = split(units, start, end);
      out.reserve(3 * (stop - start));
      if (stop - start > MAX_CACHED_UNITS) {
        const { ids, count } = this.encodeWord(units, start, stop);
        for (let i = 0; i < count; i++) out.ids[out.length++] = ids[i];
        start = stop;
        continue;
      }
      let hash = 0x811c9dc5;
      for (let at = start; at < stop; at++) hash = Math.imul(hash ^ units[at], 0x01000193);
      hash ^= hash >>> 15;
      const at = cache.find(units, start, stop, hash);
      if (at < 0) {
        const { ids, count } = this.encodeWord(units, start, stop);
        cache.add(units, start, stop, hash, ids, count);
        for (let i = 0; i < count; i++) out.ids[out.length++] = ids[i];
        start = stop;
        continue;
      }
      const value = cache.slots[at + 3];
      const count = cache.slots[at + 2] & 0xffff;
      if (count === 1) out.ids[out.length++] = value;
      else for (let i = 0; i < count; i++) out.ids[out.length++] = cache.ids[value + i];
      start = stop;
    }
  }

  /** The ids of one word; the arrays hold until the next word. */
  encodeWord(units: Uint16Array, start: number, end: number): EncodedWord {
    this.makeRoom(3 * (end - start));
    return this.encodeScratch(writeUtf8(units, start, end, this.bytes));
  }

  /** The ids of bytes taken as one word, whatever they are. */
  encodeBytesAsWord(bytes: Uint8Array): Int32Array {
    this.makeRoom(bytes.length);
    this.bytes.set(bytes);
    const { ids, count } = this.encodeScratch(bytes.length);
    return ids.slice(0, count);
  }

  private makeRoom(bytes: number): void {
    if (bytes <= this.bytes.length) return;
    this.bytes = new Uint8Array(bytes * 2);
    this.word.ids = new Int32Array(bytes * 2);
    this.word.starts = new Int32Array(bytes * 2);
  }

  private encodeScratch(length: number): EncodedWord {
    const { bytes, word, byteIds } = this;
    const { ids, starts } = word;
    if (this.wholeWordFirst) {
      const id = this.vocabulary.find(bytes, 0, length);
      if (id >= 0) {
        ids[0] = id;
        starts[0] = 0;
        word.count = 1;
        return word;
      }
    }
    for (let at = 0; at < length; at++) {
      ids[at] = byteIds[bytes[at]];
      starts[at] = at;
    }
    word.count = mergePairs(this.pairs, ids, starts, length);
    return word;
  }
}
