/**
 * Ids of a byte-level vocabulary back to text: their bytes one after another, read as UTF-8.
 *
 * Bytes that form no character become U+FFFD exactly as in WHATWG's `TextDecoder`, in Python's
 * `errors="replace"` and in Rust's `from_utf8_lossy` (one per maximal broken sequence).
 */
import { fail } from "../core/errors.ts";
import type { ByteVocabulary } from "./byte-vocabulary.ts";
import type { DecodeStream } from "./tokenizer.ts";

/** The width of one copy; what it writes beyond the token is overwritten by the next one. */
const STEP = 8;

let scratch = new Uint8Array(1 << 12);
let scratchView = new DataView(scratch.buffer);

/**
 * The bytes of ids (a view that holds until the next call). `special` spells the ids beyond the vocabulary.
 *
 * Most tokens are shorter than eight bytes, so each is copied as one or more 64-bit words without regard to
 * where it ends: a loop over bytes whose length changes with every token takes three times as long.
 */
export function bytesOfIds(
  vocabulary: ByteVocabulary,
  special: ReadonlyMap<number, Uint8Array>,
  ids: Iterable<number>,
  skipSpecial: boolean,
  where: string,
): Uint8Array {
  const { starts, size, view } = vocabulary;
  const list = Array.isArray(ids) || ArrayBuffer.isView(ids) ? (ids as ArrayLike<number>) : [...ids];
  let length = 0;
  for (let i = 0; i < list.length; i++) {
    const id = list[i];
    const from = starts[id];
    const width = id >= 0 && id < size ? starts[id + 1] - from : 0;
    if (width > 0) {
      if (length + width + STEP > scratch.length) widenScratch(length + width + STEP);
      for (let at = 0; at < width; at += STEP) {
        scratchView.setBigUint64(length + at, view.getBigUint64(from + at));
      }
      length += width;
    } else {
      const spelling = special.get(id);
      if (spelling === undefined) failOnId(where, id, i);
      if (skipSpecial) continue;
      if (length + spelling.length > scratch.length) widenScratch(length + spelling.length);
      scratch.set(spelling, length);
      length += spelling.length;
    }
  }
  return scratch.subarray(0, length);
}

function widenScratch(least: number): void {
  const wider = new Uint8Array(Math.max(scratch.length * 2, least));
  wider.set(scratch);
  scratch = wider;
  scratchView = new DataView(wider.buffer);
}

export function failOnId(where: string, id: unknown, index: number): never {
  fail(`${where} decode`, { expected: "ids of this vocabulary", got: `${String(id)} at index ${index}` });
}

/** UTF-8 bytes as a string, broken sequences as U+FFFD. */
export function textOfBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}

/** A stream of byte chunks decoded as they come; bytes of an unfinished character wait for the next chunk. */
export function byteStream(bytesOf: (id: number) => Uint8Array): DecodeStream {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    push: (id) => decoder.decode(bytesOf(id), { stream: true }),
    end: () => decoder.decode(),
  };
}
