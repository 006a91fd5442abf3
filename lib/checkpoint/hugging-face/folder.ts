/**
 * A model's folder as Hugging Face's transformers keeps it: `config.json`, weights as `model.safetensors` or in
 * several files with an index, and perhaps `tokenizer.json`. Left out: PyTorch's pickle files.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fail, shown } from "../../core/errors.ts";
import { loadTokenizer } from "../../tokenizers/file.ts";
import type { Tokenizer } from "../../tokenizers/tokenizer.ts";
import { writeAtomic } from "../atomic-file.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "../safetensors.ts";
import type { NamedTensor } from "./layout.ts";

export type HFConfig = Record<string, unknown>;

const WEIGHTS = "model.safetensors";
const INDEX = "model.safetensors.index.json";

/** @throws GradbookError when the file is missing or no JSON object */
export function readConfig(folder: string): HFConfig {
  const path = join(folder, "config.json");
  return parseObject(readBytes(path).toString("utf8"), path);
}

/**
 * All tensors, from one file or several.
 * @throws GradbookError when a file is missing or damaged
 */
export function readTensors(folder: string): Map<string, StoredTensor> {
  const index = join(folder, INDEX);
  if (!existsSync(index)) return tensorsOf(join(folder, WEIGHTS));
  const { weight_map: map } = parseObject(readBytes(index).toString("utf8"), index);
  const files = new Set(Object.values((map ?? {}) as Record<string, string>));
  const outside = [...files].find((name) => typeof name !== "string" || basename(name) !== name);
  if (files.size === 0 || outside !== undefined)
    fail(index, { expected: "a weight_map with files of this folder", got: shown(outside ?? map) });
  return new Map([...files].sort().flatMap((name) => [...tensorsOf(join(folder, name))]));
}

export function readTokenizer(folder: string): { tokenizer?: Tokenizer } {
  const path = join(folder, "tokenizer.json");
  return existsSync(path) ? { tokenizer: loadTokenizer(path) } : {};
}

/** Writes the folder; it is made if missing. The config comes last: a folder without one is not whole. */
export function writeFolder(
  folder: string,
  config: HFConfig,
  tensors: ReadonlyMap<string, NamedTensor>,
  tokenizer?: Tokenizer,
): void {
  mkdirSync(folder, { recursive: true });
  writeAtomic(join(folder, WEIGHTS), encodeSafetensors(tensors, { format: "pt" }));
  if (tokenizer)
    writeAtomic(join(folder, "tokenizer.json"), `${JSON.stringify(tokenizer.toJSON(), null, 1)}\n`);
  writeAtomic(join(folder, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
}

/**
 * Complains about settings that our model does not compute: a file that has them would give other results.
 *
 * @param required values that are allowed, by name; the last one is named in the complaint
 */
export function checkConfig(
  where: string,
  config: HFConfig,
  required: Record<string, readonly unknown[]>,
): void {
  for (const [key, allowed] of Object.entries(required))
    if (!allowed.includes(config[key]))
      fail(where, { expected: `${key} ${allowed.at(-1)} in config.json`, got: shown(config[key]) });
}

function tensorsOf(path: string): Map<string, StoredTensor> {
  return decodeSafetensors(readBytes(path), path).tensors;
}

function parseObject(json: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    fail(path, { expected: "JSON", got: (cause as Error).message, cause });
  }
  if (value === null || typeof value !== "object" || Array.isArray(value))
    fail(path, { expected: "a JSON object", got: shown(value) });
  return value as Record<string, unknown>;
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    return fail("loadHuggingFace", {
      expected: `the file ${path}`,
      got: (cause as Error).message,
      hint: "pass a folder with config.json and model.safetensors",
      cause,
    });
  }
}
