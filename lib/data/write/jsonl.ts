/**
 * Writes documents as JSON Lines: `{"id", "text", ...metadata}`, one file or numbered parts, plain, .gz or .zst.
 *
 * A path with an ending is one file; a folder gets parts `part-00000.jsonl` of about `partBytes`. Each part
 * appears under its name only when whole (atomic-file.ts). A restartable run needs a folder, as it ends a part
 * at every checkpoint; parts written after the last checkpoint are removed when the run goes on.
 */
import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { fail } from "../../core/errors.ts";
import type { Document } from "../document.ts";
import type { Sink } from "../pipeline/step.ts";
import { AtomicFile } from "./atomic-file.ts";

export interface WriteJsonlOptions {
  /** Bytes, before compression, after which a new part starts. Default 256 MiB. */
  partBytes?: number;
  /** For parts; a single file goes by its ending. */
  compression?: "gz" | "zst";
}

/**
 * A sink that writes JSON Lines.
 *
 * @throws GradbookError when the disk is full; no half-written file is left
 * @example writeJsonl("clean.jsonl.gz"), writeJsonl("clean/", { compression: "zst" })
 */
export function writeJsonl(path: string, options: WriteJsonlOptions = {}): Sink {
  const single = /\.(jsonl|ndjson|json)(\.gz|\.zst)?$/.test(path);
  if (!single && /\.[a-z]{2,5}$/.test(path))
    fail("writeJsonl", {
      expected: "a folder, or a file that ends in .jsonl, .jsonl.gz or .jsonl.zst",
      got: path,
    });
  const compression = single ? /\.(gz|zst)$/.exec(path)?.[1] : options.compression;
  const partBytes = single ? Infinity : (options.partBytes ?? 2 ** 28);
  return new JsonlSink(path, single, compression, partBytes);
}

const BLOCK_CHARACTERS = 2 ** 20;

class JsonlSink implements Sink {
  readonly kind = "sink";
  readonly name = "writeJsonl";
  readonly #path: string;
  readonly #single: boolean;
  readonly #compression: string | undefined;
  readonly #partBytes: number;
  #part = 0;
  #file: AtomicFile | undefined;
  #written = 0;
  #lines: string[] = [];
  #characters = 0;

  constructor(path: string, single: boolean, compression: string | undefined, partBytes: number) {
    this.#path = path;
    this.#single = single;
    this.#compression = compression;
    this.#partBytes = partBytes;
  }

  async open(state?: unknown): Promise<void> {
    this.#part = (state as { parts: number } | undefined)?.parts ?? 0;
    this.#file = undefined;
    this.#lines = [];
    this.#characters = 0;
    if (this.#single) return;
    for (const file of globSync(join(this.#path, "part-*.jsonl*"))) {
      const number = Number(/part-(\d+)/.exec(file)![1]);
      if (number >= this.#part) rmSync(file);
    }
  }

  write(documents: readonly Document[]): void {
    for (const document of documents) {
      const line = lineOf(document);
      this.#lines.push(line);
      this.#characters += line.length;
      if (this.#characters >= BLOCK_CHARACTERS) this.#flush();
    }
  }

  async commit(): Promise<unknown> {
    if (this.#single)
      fail("writeJsonl", {
        expected: "a folder in a run with a checkpoint",
        got: this.#path,
        hint: "one file cannot be continued; give a folder and get numbered parts",
      });
    this.#flush();
    this.#endPart();
    return { parts: this.#part };
  }

  async close(): Promise<void> {
    this.#flush();
    // A set without documents is an empty file, not a missing one.
    if (!this.#file && this.#part === 0) {
      this.#file = new AtomicFile(this.#partPath());
      // No bytes at all would be a broken file to whoever decompresses it.
      if (this.#compression) this.#file.write(this.#compressed(Buffer.alloc(0)));
    }
    this.#endPart();
  }

  async abort(): Promise<void> {
    this.#file?.discard();
    this.#file = undefined;
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    const bytes = Buffer.from(this.#lines.join(""), "utf8");
    [this.#lines, this.#characters] = [[], 0];
    this.#file ??= new AtomicFile(this.#partPath());
    // Each block is a gzip member or zstd frame of its own; readers take the concatenation.
    this.#file.write(this.#compressed(bytes));
    this.#written += bytes.length;
    if (this.#written >= this.#partBytes) this.#endPart();
  }

  #compressed(bytes: Buffer): Buffer {
    if (this.#compression === "gz") return gzipSync(bytes);
    return this.#compression ? zstdCompressSync(bytes) : bytes;
  }

  #endPart(): void {
    if (!this.#file) return;
    this.#file.finish();
    this.#file = undefined;
    this.#written = 0;
    this.#part++;
  }

  #partPath(): string {
    if (this.#single) return this.#path;
    const ending = this.#compression ? `.${this.#compression}` : "";
    return join(this.#path, `part-${String(this.#part).padStart(5, "0")}.jsonl${ending}`);
  }
}

/** Metadata named like a field of the record would hide it, so such metadata goes under `metadata`. */
function lineOf({ id, text, metadata }: Document): string {
  const clash = "id" in metadata || "text" in metadata || "metadata" in metadata;
  return `${JSON.stringify(clash ? { id, text, metadata } : { id, text, ...metadata })}\n`;
}
