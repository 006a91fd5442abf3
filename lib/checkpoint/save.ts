/**
 * Saving: a folder that at every instant holds either the old checkpoint or the new one.
 *
 * Weights and optimizer go to files named after their content, beside those of the last save. The manifest that
 * names them is then replaced in one atomic step, and only after that the old files go. A process killed anywhere
 * in between leaves a whole checkpoint and perhaps some files that nobody names, which the next save removes.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../core/errors.ts";
import type { LoaderState } from "../batches/random-windows.ts";
import type { RandomState } from "../engine/index.ts";
import type { TrainableModel } from "../models/language-model.ts";
import type { OptimizerState } from "../optim/optimizer.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";
import { TEMPORARY_SUFFIX, writeAtomic } from "./atomic-file.ts";
import { FORMAT, FORMAT_VERSION, MANIFEST_NAME, type FileEntry, type Manifest } from "./manifest.ts";
import { encodeSafetensors } from "./safetensors.ts";

/** Where a training run stands: all it takes to go on as if it had never stopped. */
export interface TrainingState {
  /** Updates done. */
  step: number;
  /** Tokens learned from. */
  num_tokens: number;
  /** The run's complete settings. */
  settings: Record<string, unknown>;
  loader: LoaderState;
  /** The engine's random numbers, for dropout. */
  random?: RandomState;
  optimizer: OptimizerState;
  /** The latest losses, by name. */
  metrics: Record<string, number>;
  /** The run that this one was forked from, and the step it left it at. */
  parent?: { run: string; step: number };
}

export interface CheckpointParts {
  model: TrainableModel;
  tokenizer?: Tokenizer;
  training?: TrainingState;
}

/** Files that a save may have left here. */
const OURS = /^(weights|optimizer|tokenizer)-[0-9a-f]{12}\.(safetensors|json)(\.part)?$/;

/**
 * Saves a model, with its tokenizer and the state of its training if given, over an older checkpoint if there is
 * one.
 *
 * @param directory made if missing
 * @throws GradbookError when the folder holds something else, or cannot be written; an older checkpoint stays whole
 * @example saveCheckpoint("checkpoints/my-first-gpt", { model, tokenizer });
 */
export function saveCheckpoint(directory: string, { model, tokenizer, training }: CheckpointParts): void {
  checkFolder(directory);
  mkdirSync(directory, { recursive: true });
  const weights = new Map(
    Object.entries(model.parameters.read()).map(([name, data]) => [
      name,
      { shape: model.parameters.specs.get(name)!.shape, data },
    ]),
  );
  const files: Manifest["files"] = {
    weights: writeContent(
      directory,
      "weights",
      "safetensors",
      encodeSafetensors(weights, { format: "gradbook" }),
    ),
  };
  if (tokenizer)
    files.tokenizer = writeContent(
      directory,
      "tokenizer",
      "json",
      JSON.stringify(tokenizer.toJSON(), null, 1),
    );
  if (training)
    files.optimizer = writeContent(
      directory,
      "optimizer",
      "safetensors",
      encodeOptimizer(training.optimizer),
    );

  const manifest: Manifest = {
    format: FORMAT,
    version: FORMAT_VERSION,
    saved: new Date().toISOString(),
    model: { kind: model.kind, config: { ...model.config } },
    training: training && {
      step: training.step,
      num_tokens: training.num_tokens,
      settings: training.settings,
      loader: training.loader,
      random: training.random,
      metrics: training.metrics,
      parent: training.parent,
    },
    files,
  };
  writeAtomic(join(directory, MANIFEST_NAME), `${JSON.stringify(manifest, null, 2)}\n`);
  removeOthers(directory, Object.values(files));
}

/** A folder with other things in it is somebody's: do not mix a checkpoint into it. */
function checkFolder(directory: string): void {
  if (!existsSync(directory) || existsSync(join(directory, MANIFEST_NAME))) return;
  const foreign = readdirSync(directory).find(
    (name) => !OURS.test(name) && name !== MANIFEST_NAME + TEMPORARY_SUFFIX,
  );
  if (foreign !== undefined)
    fail("saveCheckpoint", {
      expected: `a new folder or an older checkpoint at ${directory}`,
      got: `a folder with ${foreign} in it`,
      hint: "choose another folder",
    });
}

function writeContent(directory: string, part: string, ending: string, content: Buffer | string): FileEntry {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const name = `${part}-${sha256.slice(0, 12)}.${ending}`;
  writeAtomic(join(directory, name), bytes);
  return { name, bytes: bytes.length, sha256 };
}

function encodeOptimizer({ step, moments }: OptimizerState): Buffer {
  const tensors = Object.entries(moments).map(
    ([name, data]) => [name, { shape: [data.length], data }] as const,
  );
  return encodeSafetensors(new Map(tensors), { step: String(step) });
}

function removeOthers(directory: string, kept: readonly FileEntry[]): void {
  const names = new Set(kept.map(({ name }) => name));
  for (const name of readdirSync(directory))
    if (OURS.test(name) && !names.has(name)) rmSync(join(directory, name));
}
