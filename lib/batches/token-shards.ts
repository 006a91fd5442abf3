/**
 * Token shards: the ids of a corpus on disk, as training reads them.
 *
 * A folder holds `shard-00000.bin` … with ids as little-endian uint16 (vocabularies up to 65,536) or uint32, and
 * `shards.json` with the type, the counts and the documents' ends. The index is written last and by renaming, so
 * a folder without it is no finished set, and a shard whose size differs from the index is refused.
 * Node cannot map files into memory; a shard is read by `readSync` into a typed array where it is asked for,
 * which streams at the speed of the page cache and never holds more than one window.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { fail } from "../core/errors.ts";

export type TokenArray = Uint16Array | Uint32Array;

interface Index {
  format: "gradbook token shards 1";
  dtype: "uint16" | "uint32";
  vocabSize: number;
  /** Ids per shard. */
  shards: number[];
  documents: number;
  /** Anything that says how the ids were made, e.g. the tokenizer's name. */
  about: Record<string, unknown>;
}

const INDEX = "shards.json";

export interface ShardWriterOptions {
  vocabSize: number;
  /** Ids per shard. Default 100 million, as nanochat and llm.c have them. */
  shardTokens?: number;
  /** An id put after each document: the end-of-text token. */
  separator?: number;
  about?: Record<string, unknown>;
}

export interface ShardWriter {
  /** Appends a document. @throws GradbookError for an id outside the vocabulary, or when the disk is full */
  add(ids: ArrayLike<number>): void;
  /** Makes the set complete. */
  finish(): void;
  /** Removes what has been written. */
  discard(): void;
}

/** Starts a set of shards in an empty or new folder; an unfinished set there is replaced. */
export function shardWriter(folder: string, options: ShardWriterOptions): ShardWriter {
  const { vocabSize, shardTokens = 100_000_000, separator, about = {} } = options;
  if (existsSync(join(folder, INDEX)))
    fail("shardWriter", {
      expected: "a folder without finished shards",
      got: folder,
      hint: "remove it or give another one",
    });
  mkdirSync(folder, { recursive: true });
  const dtype = vocabSize <= 65_536 ? "uint16" : "uint32";
  const buffer = dtype === "uint16" ? new Uint16Array(2 ** 18) : new Uint32Array(2 ** 18);
  const shards: number[] = [];
  let descriptor: number | undefined;
  let inShard = 0;
  let held = 0;
  let documents = 0;

  function flush(): void {
    if (held === 0) return;
    descriptor ??= openSync(shardPath(folder, shards.length), "w");
    const bytes = Buffer.from(buffer.buffer, 0, held * buffer.BYTES_PER_ELEMENT);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    } catch (error) {
      fail(folder, {
        expected: "room for the shards",
        got: (error as Error).message,
        hint: "the set is not finished; free space and write it again",
      });
    }
    inShard += held;
    held = 0;
  }

  function endShard(): void {
    flush();
    if (descriptor === undefined) return;
    fsyncSync(descriptor);
    closeSync(descriptor);
    shards.push(inShard);
    [descriptor, inShard] = [undefined, 0];
  }

  function put(id: number): void {
    buffer[held++] = id;
    if (held === buffer.length || inShard + held === shardTokens) flush();
    if (inShard === shardTokens) endShard();
  }

  return {
    add(ids) {
      for (let i = 0; i < ids.length; i++) {
        if (!(ids[i] >= 0 && ids[i] < vocabSize))
          fail("shardWriter.add", {
            expected: `ids below ${vocabSize}`,
            got: ids[i],
            hint: "is this the tokenizer's vocabulary size?",
          });
        put(ids[i]);
      }
      if (separator !== undefined) put(separator);
      documents++;
    },
    finish() {
      endShard();
      const index: Index = { format: "gradbook token shards 1", dtype, vocabSize, shards, documents, about };
      const path = join(folder, INDEX);
      writeFileSync(`${path}.partial`, `${JSON.stringify(index, null, 2)}\n`, { flush: true });
      renameSync(`${path}.partial`, path);
    },
    discard() {
      if (descriptor !== undefined) closeSync(descriptor);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The ids of a finished set as one long sequence. */
export interface TokenShards {
  /** Ids in all shards. */
  readonly length: number;
  readonly vocabSize: number;
  readonly documents: number;
  readonly about: Record<string, unknown>;
  /** Ids [start, end), from as many shards as they lie in. */
  read(start: number, end: number): TokenArray;
  close(): void;
}

/** @throws GradbookError when the folder holds no finished set, or a shard is not as long as the index says */
export function openShards(folder: string): TokenShards {
  const path = join(folder, INDEX);
  if (!existsSync(path))
    fail("openShards", {
      expected: `a finished set of shards in ${folder}`,
      got: "no shards.json",
      hint: "the run that wrote it did not end; run it again",
    });
  const index = JSON.parse(readFileSync(path, "utf8")) as Index;
  const width = index.dtype === "uint16" ? 2 : 4;
  const starts = [0];
  const descriptors = index.shards.map((tokens, i) => {
    const file = shardPath(folder, i);
    const size = statSync(file, { throwIfNoEntry: false })?.size;
    if (size !== tokens * width)
      fail("openShards", { expected: `${tokens * width} bytes in ${file}`, got: size ?? "no file" });
    starts.push(starts[i] + tokens);
    return openSync(file, "r");
  });
  const length = starts.at(-1)!;

  return {
    length,
    vocabSize: index.vocabSize,
    documents: index.documents,
    about: index.about,
    read(start, end) {
      if (!(start >= 0 && start <= end && end <= length))
        fail("TokenShards.read", { expected: `0 ≤ start ≤ end ≤ ${length}`, got: `${start}, ${end}` });
      const out = width === 2 ? new Uint16Array(end - start) : new Uint32Array(end - start);
      for (let shard = 0; shard < descriptors.length; shard++) {
        const [from, to] = [Math.max(start, starts[shard]), Math.min(end, starts[shard + 1])];
        if (from >= to) continue;
        const bytes = new Uint8Array(out.buffer, (from - start) * width, (to - from) * width);
        for (let at = 0; at < bytes.length;) {
          const got = readSync(
            descriptors[shard],
            bytes,
            at,
            bytes.length - at,
            (from - starts[shard]) * width + at,
          );
          if (got === 0)
            fail("TokenShards.read", {
              expected: "a shard that nobody shortens",
              got: shardPath(folder, shard),
            });
          at += got;
        }
      }
      return out;
    },
    close: () => descriptors.forEach(closeSync),
  };
}

function shardPath(folder: string, number: number): string {
  return join(folder, `shard-${String(number).padStart(5, "0")}.bin`);
}
