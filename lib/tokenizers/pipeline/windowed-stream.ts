/**
 * Decoding ids one by one with a decoder that only takes whole lists.
 *
 * What an id reads like depends on those before it (a first blank is dropped, bytes join to a character), so
 * each step decodes the ids of the last complete stretch again and gives what was added behind it.
 */
import type { DecodeStream } from "../tokenizer.ts";

/** A stream over a function that decodes lists of ids. */
export function windowedStream(decode: (ids: number[]) => string): DecodeStream {
  /** The ids of the last stretch given out, then those whose text is not complete yet. */
  let ids: number[] = [];
  let known = 0;
  const takeNew = (text: string) => {
    const added = text.slice(decode(ids.slice(0, known)).length);
    ids = ids.slice(known);
    known = ids.length;
    return added;
  };
  return {
    push(id) {
      ids.push(id);
      const text = decode(ids);
      return text.endsWith("\ufffd") ? "" : takeNew(text);
    },
    end: () => takeNew(decode(ids)),
  };
}
