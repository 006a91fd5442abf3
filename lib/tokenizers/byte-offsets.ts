/**
 * From bytes back to text positions: which characters a byte-level token covers.
 */
import { widthAt } from "./unicode.ts";

let characterStart = new Int32Array(256);
let characterEnd = new Int32Array(256);

/**
 * Append `[start, end)` in UTF-16 units for each of the `count` tokens of the word `units[start, end)`, where
 * token i begins at byte `byteStarts[i]` of the word. A token that holds a part of a character covers all of it.
 */
export function pushByteOffsets(
  units: Uint16Array,
  start: number,
  end: number,
  byteStarts: Int32Array,
  count: number,
  offsets: [number, number][],
): void {
  if (3 * (end - start) > characterStart.length) {
    characterStart = new Int32Array(6 * (end - start));
    characterEnd = new Int32Array(6 * (end - start));
  }
  let length = 0;
  for (let at = start; at < end;) {
    const width = widthAt(units, at, end);
    const unit = units[at];
    const bytes = width === 2 ? 4 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
    characterStart.fill(at, length, length + bytes);
    characterEnd.fill(at + width, length, length + bytes);
    length += bytes;
    at += width;
  }
  for (let i = 0; i < count; i++) {
    const lastByte = (i + 1 < count ? byteStarts[i + 1] : length) - 1;
    offsets.push([characterStart[byteStarts[i]], characterEnd[lastByte]]);
  }
}
