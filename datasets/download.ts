/**
 * Registered downloads: fetched once into a cache, resumed where an earlier attempt broke off, checked by SHA-256.
 *
 * The cache is `GRADBOOK_CACHE`, else the platform's cache folder; its files can also be placed there by hand,
 * which is what the error says when there is no network.
 */
import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
  closeSync,
  fsyncSync,
} from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../lib/core/cache-folder.ts";
import { GradbookError } from "../lib/core/errors.ts";
import { progress } from "../lib/core/progress.ts";
import type { DataFile } from "./card.ts";

/** Files of this process that have been checked. */
const checked = new Set<string>();

/**
 * The path of a file of a data set, downloaded if need be.
 *
 * @throws GradbookError when it cannot be fetched, naming the file to place, or when its checksum is wrong
 */
export async function cachedFile(file: DataFile, folder = cacheFolder()): Promise<string> {
  const path = join(folder, file.name);
  if (!existsSync(path)) await download(file, path, folder);
  if (!checked.has(path)) {
    const found = await sha256(path);
    if (found !== file.sha256)
      throw new GradbookError(
        `data set file ${file.name}`,
        `expected SHA-256 ${file.sha256}, got ${found}; remove ${path} to download it again`,
      );
    checked.add(path);
  }
  return path;
}

async function download(
  { name, url, size, sha256: expected }: DataFile,
  path: string,
  folder: string,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const partial = `${path}.partial`;
  let start = existsSync(partial) ? statSync(partial).size : 0;
  if (start >= size) {
    rmSync(partial);
    start = 0;
  }
  let response: Response;
  try {
    response = await fetch(url, start > 0 ? { headers: { Range: `bytes=${start}-` } } : {});
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
  } catch (error) {
    throw unreachable(name, url, path, error);
  }
  // A server that does not know ranges sends everything again.
  if (response.status !== 206) start = 0;
  const bar = progress({ label: name, total: size, unit: "bytes" });
  const descriptor = openSync(partial, start > 0 ? "a" : "w");
  let done = start;
  try {
    for await (const bytes of response.body!) {
      writeSync(descriptor, bytes);
      done += bytes.length;
      bar.update(done);
    }
    fsyncSync(descriptor);
  } catch (error) {
    throw unreachable(name, url, path, error);
  } finally {
    closeSync(descriptor);
  }
  bar.end();
  const found = await sha256(partial);
  if (found !== expected) {
    rmSync(partial);
    throw new GradbookError(
      `data set file ${name}`,
      `expected SHA-256 ${expected} from ${url}, got ${found}; the file there has changed, or the connection alters it`,
    );
  }
  renameSync(partial, path);
}

function unreachable(name: string, url: string, path: string, error: unknown): GradbookError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error);
  return new GradbookError(
    `data set file ${name}`,
    `could not be downloaded from ${url} (${cause.message}); fetch it elsewhere and place it at ${path}`,
    { cause: error },
  );
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  return hash.digest("hex");
}
