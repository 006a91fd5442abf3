/**
 * Zstandard files of several frames. Node's decompressor stops after the first frame without a word, while
 * parallel compressors and appended files have many; so frames are cut here and decompressed one by one.
 *
 * Source: the frame format of RFC 8878, section 3.1. Only lengths are read; contents are the decompressor's.
 */
import { createZstdDecompress } from "node:zlib";
import { finished } from "node:stream/promises";
import { BrokenFile } from "./broken-file.ts";

const MAGIC = 0xfd2fb528;
const DICTIONARY_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];

/** Compressed bytes that go in at once: bounds what can come out at once. */
const PIECE_BYTES = 64 * 1024;

/** The decompressed bytes of all frames, one after the other. */
export async function* zstdBytes(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const cutter = new FrameCutter(stream[Symbol.asyncIterator]());
  while (await cutter.more()) {
    const decompressor = createZstdDecompress();
    let ready: Buffer[] = [];
    decompressor.on("data", (bytes: Buffer) => ready.push(bytes));
    // Piece by piece rather than piped: when the frame breaks off, all that came before it has been handed out.
    for await (const piece of cutter.frame()) {
      await new Promise<void>((resolve, reject) => {
        decompressor.once("error", reject);
        decompressor.write(piece, (error) => (error ? reject(error) : resolve()));
      });
      decompressor.removeAllListeners("error");
      yield* ready;
      ready = [];
    }
    decompressor.end();
    await finished(decompressor);
    yield* ready;
  }
}

class FrameCutter {
  readonly #blocks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(blocks: AsyncIterator<Buffer>) {
    this.#blocks = blocks;
  }

  /** Whether another byte comes. */
  async more(): Promise<boolean> {
    while (this.#held.length === 0) {
      const next = await this.#blocks.next();
      if (next.done) return false;
      this.#held = next.value;
    }
    return true;
  }

  /** The bytes of one frame. */
  async *frame(): AsyncGenerator<Buffer> {
    const start = await this.#take(5);
    const magic = start.readUInt32LE(0);
    yield start;
    if ((magic & 0xfffffff0) >>> 0 === 0x184d2a50) {
      // A skippable frame: four bytes of length, of which one has been taken.
      const rest = await this.#take(3);
      yield rest;
      yield* this.#pass(start[4] | (rest[0] << 8) | (rest[1] << 16) | (rest[2] * 2 ** 24));
      return;
    }
    if (magic !== MAGIC) throw new BrokenFile("not a zstd frame");
    const descriptor = start[4];
    const singleSegment = (descriptor & 0x20) !== 0;
    const sizeFlag = descriptor >> 6;
    const sizeBytes = sizeFlag === 0 && singleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag];
    yield* this.#pass((singleSegment ? 0 : 1) + DICTIONARY_BYTES[descriptor & 3] + sizeBytes);
    for (let last = false; !last;) {
      const header = await this.#take(3);
      yield header;
      const bits = header.readUIntLE(0, 3);
      last = (bits & 1) === 1;
      const isRepeatedByte = ((bits >> 1) & 3) === 1;
      yield* this.#pass(isRepeatedByte ? 1 : bits >> 3);
    }
    if ((descriptor & 4) !== 0) yield* this.#pass(4);
  }

  async *#pass(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0;) {
      if (!(await this.more())) throw new BrokenFile("compressed data ends too early");
      const piece = this.#held.subarray(0, Math.min(left, PIECE_BYTES));
      this.#held = this.#held.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async #take(bytes: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.#pass(bytes)) pieces.push(piece);
    return Buffer.concat(pieces);
  }
}
