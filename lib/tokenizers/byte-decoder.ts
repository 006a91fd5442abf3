/**
 * Ids of a byte-level vocabulary back to text: their bytes one after another, read as UTF-8.
 *
 * Bytes that form no character become U+FFFD exactly as in WHATWG's `TextDecoder`, in Python's
 * `errors="replace"` and in Rust's `from_utf8_lossy` (one per maximal broken sequence).
 */
import { fail } from "../core/errors.ts";
import type { ByteVocabulary } from "./byte-vocabulary.ts";
import type { DecodeStream } from "./tokenizer.ts";

let scratch = new Uint8Array(1 << 12);

/** The bytes of ids (a view that holds until the next call). `special` spells the ids beyond the vocabulary. */
export function bytesOfIds(
  vocabulary: ByteVocabulary,
  special: ReadonlyMap<number, Uint8Array>,
  ids: Iterable<number>,
  skipSpecial: boolean,
  where: string,
): Uint8Array {
  const { bytes, starts, size } = vocabulary;
  const list = Array.isArray(ids) || ArrayBuffer.isView(ids) ? (ids as ArrayLike<number>) : [...ids];
  let length = 0;
  for (let i = 0; i < list.length; i++) {
    const id = list[i];
    let from = 0;
    let to = 0;
    let source = bytes;
    if (id >= 0 && id < size) {
      from = starts[id];
      to = starts[id + 1];
    }
    if (from === to) {
      const spelling = special.get(id);
      if (spelling === undefined) failOnId(where, id, i);
      source = spelling;
      from = 0;
      to = skipSpecial ? 0 : spelling.length;
    }
    if (length + to - from > scratch.length) {
      const wider = new Uint8Array(Math.max(scratch.length * 2, length + to - from));
      wider.set(scratch);
      scratch = wider;
    }
    while (from < to) scratch[length++] = source[from++];
  }
  return scratch.subarray(0, length);
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
