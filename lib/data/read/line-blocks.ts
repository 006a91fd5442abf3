/**
 * Cuts a byte stream into blocks of whole lines, about a megabyte each, with the number of their first line.
 *
 * Memory stays bounded whatever comes: of a line longer than `maxLine` nothing is kept, it is only counted and
 * reported, so a file that is one line of 100 MB costs no more than any other.
 */
export interface LineBlock {
  /** Whole lines with their ends (the last one of a file may lack it). Its buffer holds nothing else. */
  bytes: Uint8Array;
  /** Number of the first line, from 1. */
  firstLine: number;
}

export interface LongLine {
  tooLongLine: number;
  bytes: number;
}

export interface LineBlockOptions {
  /** Default 1 MiB. */
  blockBytes?: number;
  /** Longest line that is handed out, in bytes. Default 16 MiB. */
  maxLine?: number;
}

const LINE_FEED = 10;

export async function* lineBlocks(
  stream: AsyncIterable<Uint8Array>,
  { blockBytes = 2 ** 20, maxLine = 2 ** 24 }: LineBlockOptions = {},
): AsyncGenerator<LineBlock | LongLine> {
  let pieces: Uint8Array[] = [];
  let held = 0;
  /** Bytes since the last line end, over all pieces. */
  let openLine = 0;
  let line = 1;
  let skipping = false;

  try {
    for await (let bytes of stream) {
      if (skipping) {
        const end = bytes.indexOf(LINE_FEED);
        openLine += end < 0 ? bytes.length : end;
        if (end < 0) continue;
        yield { tooLongLine: line++, bytes: openLine };
        [skipping, openLine] = [false, 0];
        bytes = bytes.subarray(end + 1);
      }
      const last = bytes.lastIndexOf(LINE_FEED);
      if (last >= 0 && openLine + bytes.indexOf(LINE_FEED) > maxLine) {
        // The line that ends in this block is too long: give out what came before it, then drop it.
        const block = take();
        if (block) yield block;
        const end = bytes.indexOf(LINE_FEED);
        yield { tooLongLine: line++, bytes: openLine + end };
        pieces = [];
        [held, openLine] = [0, 0];
        bytes = bytes.subarray(end + 1);
        if (bytes.length === 0) continue;
      }
      pieces.push(bytes);
      held += bytes.length;
      const lastEnd = bytes.lastIndexOf(LINE_FEED);
      openLine = lastEnd < 0 ? openLine + bytes.length : bytes.length - 1 - lastEnd;
      if (openLine > maxLine) {
        const block = take();
        if (block) yield block;
        pieces = [];
        [held, skipping] = [0, true];
      } else if (held - openLine >= blockBytes) {
        const block = take();
        if (block) yield block;
      }
    }
  } catch (error) {
    // The stream broke off: its whole lines count, the rest of the last one does not.
    const block = take();
    if (block) yield block;
    throw error;
  }
  if (skipping) yield { tooLongLine: line, bytes: openLine };
  else if (held > 0) yield { bytes: joined(pieces, held), firstLine: line };

  /** The whole lines held; what follows the last line end stays. */
  function take(): LineBlock | undefined {
    const whole = held - openLine;
    if (whole === 0) return undefined;
    const all = joined(pieces, held);
    const block = { bytes: all.slice(0, whole), firstLine: line };
    line += countLineEnds(block.bytes);
    pieces = openLine > 0 ? [all.slice(whole)] : [];
    held = openLine;
    return block;
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function countLineEnds(bytes: Uint8Array): number {
  let count = 0;
  for (let i = bytes.indexOf(LINE_FEED); i >= 0; i = bytes.indexOf(LINE_FEED, i + 1)) count++;
  return count;
}
