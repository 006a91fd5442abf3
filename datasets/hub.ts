/**
 * Files of the Hugging Face Hub as sources: a data set repository, a revision, a file.
 *
 * Hub files have no checksum here, so they are kept under their revision; name a commit to be sure to get the same
 * bytes again. `HF_TOKEN` opens gated sets, `HF_ENDPOINT` names a mirror.
 */
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline as pipe } from "node:stream/promises";
import { cacheFolder } from "../lib/core/cache-folder.ts";
import { fail, GradbookError } from "../lib/core/errors.ts";
import { read, type ReadOptions } from "../lib/data/read/read.ts";
import type { Source } from "../lib/data/pipeline/step.ts";

export interface HubFile {
  /** `"owner/name"`. */
  repository: string;
  /** Path in the repository: `"data/train-00000-of-00001.parquet"`. */
  path: string;
  /** Branch, tag or commit. Default `"main"`. */
  revision?: string;
}

/** The local path of a Hub file, downloaded on first use. */
export async function hubFile({ repository, path, revision = "main" }: HubFile): Promise<string> {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    fail("hubFile", { expected: 'a repository "owner/name"', got: repository });
  // The names become a path in the cache, which must not lead out of it.
  for (const part of [repository, path, revision].join("/").split(/[/\\]/))
    if (part === "" || part === "." || part === "..")
      fail("hubFile", {
        expected: "names without empty parts, . and ..",
        got: { repository, path, revision },
      });
  const local = join(cacheFolder(), "hub", repository, revision, path);
  if (existsSync(local)) return local;
  const endpoint = process.env.HF_ENDPOINT ?? "https://huggingface.co";
  const url = `${endpoint}/datasets/${repository}/resolve/${revision}/${path}`;
  mkdirSync(dirname(local), { recursive: true });
  try {
    const token = process.env.HF_TOKEN;
    const response = await fetch(url, token ? { headers: { Authorization: `Bearer ${token}` } } : {});
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    await pipe(Readable.fromWeb(response.body! as never), createWriteStream(`${local}.partial`));
  } catch (error) {
    rmSync(`${local}.partial`, { force: true });
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error);
    throw new GradbookError(
      `Hub file ${repository}/${path}`,
      `could not be downloaded from ${url} (${cause.message}); fetch it elsewhere and place it at ${local}`,
      { cause: error },
    );
  }
  renameSync(`${local}.partial`, local);
  return local;
}

/**
 * A Hub file as the source of a pipeline.
 *
 * @example await fromHub({ repository: "owner/set", path: "train.parquet" }, { text: "content" })
 */
export async function fromHub(file: HubFile, options: ReadOptions = {}): Promise<Source> {
  return read(await hubFile(file), options);
}
