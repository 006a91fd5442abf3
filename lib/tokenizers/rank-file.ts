/**
 * tiktoken's rank files: one line per token, its bytes in base64, a blank, its rank, which is also its id.
 */
import { fail, shown } from "../core/errors.ts";
import { ByteVocabulary } from "./byte-vocabulary.ts";

const BLANK = 32;
const LINE_END = 10;

/**
 * Read the content of a `.tiktoken` file.
 *
 * @param where names the file in errors: a line that is no token, a rank twice.
 */
export function parseRankFile(content: Uint8Array, where: string): ByteVocabulary {
  const text = Buffer.from(content.buffer, content.byteOffset, content.length);
  const lines: { rank: number; start: number; end: number }[] = [];
  let largest = -1;
  for (let start = 0; start < text.length;) {
    let end = text.indexOf(LINE_END, start);
    if (end < 0) end = text.length;
    if (end > start) {
      const blank = text.lastIndexOf(BLANK, end);
      const rank = blank > start ? Number(text.toString("latin1", blank + 1, end)) : Number.NaN;
      if (!Number.isSafeInteger(rank) || rank < 0 || rank > 0x7ffffff) {
        fail(`${where} line ${lines.length + 1}`, {
          expected: "base64 bytes, a blank and a rank",
          got: shown(text.toString("latin1", start, end)),
        });
      }
      lines.push({ rank, start, end: blank });
      largest = Math.max(largest, rank);
    }
    start = end + 1;
  }
  if (lines.length === 0) fail(where, { expected: "lines of base64 bytes and ranks", got: "an empty file" });

  const lineOfRank = new Int32Array(largest + 1).fill(-1);
  for (const [i, { rank }] of lines.entries()) {
    if (lineOfRank[rank] >= 0) {
      fail(`${where} line ${i + 1}`, { expected: "each rank once", got: `rank ${rank} again` });
    }
    lineOfRank[rank] = i;
  }
  const bytes = new Uint8Array(text.length);
  const starts = new Uint32Array(largest + 2);
  for (let rank = 0; rank <= largest; rank++) {
    const line = lines[lineOfRank[rank]];
    starts[rank + 1] = starts[rank];
    if (line !== undefined) starts[rank + 1] += decodeBase64(text, line.start, line.end, bytes, starts[rank]);
  }
  return new ByteVocabulary(bytes.slice(0, starts[largest + 1]), starts);
}

const base64Values = new Uint8Array(256);
for (const [value, character] of [
  ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
].entries()) {
  base64Values[character.charCodeAt(0)] = value;
}

/** Decode `text[start, end)` to `bytes[at…]`; answers how many bytes came. Without a Buffer per token. */
function decodeBase64(text: Uint8Array, start: number, end: number, bytes: Uint8Array, at: number): number {
  const first = at;
  let bits = 0;
  let held = 0;
  for (let i = start; i < end && text[i] !== 61; i++) {
    held = ((held << 6) | base64Values[text[i]]) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
    }
  }
  return at - first;
}
