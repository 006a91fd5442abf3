/**
 * The bytes of a file as they stream from disk, decompressed when the name ends in .gz or .zst.
 *
 * Concatenated gzip members (as in WARC files) read as one stream. A file that breaks off inside a member ends
 * with a `BrokenFile`; everything before the break has been handed out by then.
 */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { pipeline as pipe } from "node:stream";
import { BrokenFile } from "./broken-file.ts";
import { zstdBytes } from "./zstd-frames.ts";

const READ_BYTES = 256 * 1024;

/** @throws BrokenFile when compressed data is cut off or damaged, after all that could be read */
export async function* fileBytes(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  try {
    if (path.endsWith(".zst")) yield* zstdBytes(file as AsyncIterable<Buffer>);
    // The error arrives through the iterator of the last stream; the callback only has to be there.
    else
      yield* path.endsWith(".gz")
        ? pipe(file, createGunzip({ chunkSize: READ_BYTES }), () => undefined)
        : file;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "Z_BUF_ERROR") throw new BrokenFile("compressed data ends too early", { cause: error });
    if (/^(Z_|ZSTD_|ERR_ZSTD)/.test(code ?? ""))
      throw new BrokenFile(`damaged compressed data: ${message}`, { cause: error });
    throw error;
  } finally {
    file.destroy();
  }
}

/** All bytes of a small file, decompressed, at most `limit` of them. */
export async function smallFileBytes(path: string, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const bytes of fileBytes(path)) {
    pieces.push(bytes);
    length += bytes.length;
    if (length > limit) throw new BrokenFile(`longer than ${limit} bytes`);
  }
  return Buffer.concat(pieces);
}

/** The name without its compression: `"a.jsonl.gz"` → `"a.jsonl"`. */
export function withoutCompression(path: string): string {
  return path.replace(/\.(gz|zst)$/, "");
}
