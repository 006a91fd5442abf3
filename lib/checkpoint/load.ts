/**
 * Loading: the model, its tokenizer and the state of its training, checked against the manifest's checksums.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fail, shown } from "../core/errors.ts";
import type { LoaderState } from "../batches/random-windows.ts";
import type { ParameterValues } from "../nn/parameters.ts";
import type { TrainableModel } from "../models/language-model.ts";
import type { OptimizerState } from "../optim/optimizer.ts";
import { loadTokenizer } from "../tokenizers/file.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";
import { makeModel, modelDefaults, type ModelKind, type ModelOf } from "./families.ts";
import { readManifest, type FileEntry, type Manifest } from "./manifest.ts";
import { decodeSafetensors } from "./safetensors.ts";
import type { TrainingState } from "./save.ts";

export interface Checkpoint<K extends ModelKind = "gpt"> {
  model: ModelOf<K>;
  /** Undefined when none was saved. */
  tokenizer?: Tokenizer;
  /** Undefined when the model was saved without it. */
  training?: TrainingState;
  manifest: Manifest;
}

/**
 * Makes a new model from a checkpoint folder.
 *
 * @param kind the family that is expected; "any" for whatever it is
 * @throws GradbookError when the folder is no checkpoint, a file is missing or damaged, or the model is of another
 *   kind
 * @example const { model, tokenizer } = loadCheckpoint("checkpoints/my-first-gpt");
 */
export function loadCheckpoint<K extends ModelKind = "gpt">(
  directory: string,
  kind: K | "any" = "gpt" as K,
): Checkpoint<K> {
  const manifest = readManifest(directory);
  if (kind !== "any" && manifest.model.kind !== kind)
    fail("loadCheckpoint", {
      expected: `a model of kind ${kind}`,
      got: manifest.model.kind,
      hint: `loadCheckpoint(folder, "${manifest.model.kind}")`,
    });
  const weights = readWeights(directory, manifest);
  return {
    model: makeModel(manifest.model.kind, manifest.model.config, { weights }) as ModelOf<K>,
    tokenizer: readTokenizer(directory, manifest),
    training: readTraining(directory, manifest),
    manifest,
  };
}

/**
 * Puts a checkpoint's weights into a model that exists.
 *
 * @throws GradbookError when the checkpoint is of another model, naming what differs; the model is unchanged then
 */
export function loadWeights(model: TrainableModel, directory: string): void {
  const manifest = readManifest(directory);
  const { kind, config } = manifest.model;
  const wanted: Record<string, unknown> = { kind: model.kind, ...model.config };
  // Settings that did not exist yet when it was saved had today's defaults.
  const found: Record<string, unknown> = { ...modelDefaults(kind), kind, ...config };
  const differing = Object.keys({ ...wanted, ...found }).filter((key) => wanted[key] !== found[key]);
  if (differing.length > 0)
    fail("loadWeights", {
      expected: `a checkpoint of a model with ${differing.map((key) => `${key} ${shown(wanted[key])}`).join(", ")}`,
      got: differing.map((key) => `${key} ${shown(found[key])}`).join(", "),
      hint: "loadCheckpoint makes a model that fits",
    });
  model.parameters.write(readWeights(directory, manifest));
}

/**
 * The state of training in a checkpoint folder, without its model; undefined when none was saved.
 *
 * @throws GradbookError when the folder is no checkpoint or a file is missing or damaged
 */
export function loadTrainingState(directory: string): TrainingState | undefined {
  return readTraining(directory, readManifest(directory));
}

function readWeights(directory: string, manifest: Manifest): ParameterValues {
  return readFloats(directory, manifest.files.weights).values;
}

function readTokenizer(directory: string, { files }: Manifest): Tokenizer | undefined {
  if (!files.tokenizer) return undefined;
  readChecked(directory, files.tokenizer);
  return loadTokenizer(join(directory, files.tokenizer.name));
}

function readTraining(directory: string, { training, files }: Manifest): TrainingState | undefined {
  if (!training || !files.optimizer) return undefined;
  const { values, metadata } = readFloats(directory, files.optimizer);
  const optimizer: OptimizerState = { step: Number(metadata.step), moments: { ...values } };
  return { ...training, loader: training.loader as LoaderState, optimizer };
}

function readFloats(
  directory: string,
  entry: FileEntry,
): { values: ParameterValues; metadata: Record<string, string> } {
  const path = join(directory, entry.name);
  const { tensors, metadata } = decodeSafetensors(readChecked(directory, entry), path);
  const values: Record<string, Float32Array> = {};
  for (const [name, { data }] of tensors) {
    if (!(data instanceof Float32Array))
      fail(path, { expected: `${name} in float32`, got: data.constructor.name });
    values[name] = data;
  }
  return { values, metadata };
}

function readChecked(directory: string, { name, bytes, sha256 }: FileEntry): Buffer {
  const path = join(directory, name);
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch (cause) {
    return fail("loadCheckpoint", {
      expected: `the file ${path}, which the manifest names`,
      got: (cause as Error).message,
      hint: "the checkpoint is incomplete; load another one",
      cause,
    });
  }
  const found = createHash("sha256").update(content).digest("hex");
  if (found !== sha256)
    fail("loadCheckpoint", {
      expected: `${bytes} bytes with checksum ${sha256.slice(0, 12)}… in ${path}`,
      got: `${content.length} bytes with ${found.slice(0, 12)}…`,
      hint: "the file was changed or damaged; load another checkpoint",
    });
  return content;
}
