/**
 * A GPT with a LoRA adapter: made from a trained one, saved as the adapter alone, merged back into a plain GPT.
 *
 * An adapter belongs to one model: it is kept with the checksum of the weights that it was trained on.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../checkpoint/atomic-file.ts";
import { decodeSafetensors, encodeSafetensors } from "../checkpoint/safetensors.ts";
import { fail } from "../core/errors.ts";
import { GPT } from "../models/gpt.ts";
import { addLora, loraValues, mergeLora, startMagnitudes } from "../nn/lora.ts";
import type { ParameterValues } from "../nn/parameters.ts";
import { checkSettings } from "./check-settings.ts";
import { loraConfig, loraSettings, type LoraConfig } from "./lora-config.ts";

const FILE = "adapter.safetensors";
const CONFIG = "adapter.json";
const FORMAT = "gradbook-lora";

/**
 * A GPT whose weights are frozen, with a fresh adapter to train. The base stays the caller's.
 *
 * @throws GradbookError when the base has an adapter already; `withLora(mergedGPT(base))` stacks a second one on it
 */
export function withLora(base: GPT, settings: Partial<LoraConfig> = {}, { seed = 0 } = {}): GPT {
  return adaptedGPT(base, loraConfig.parse(settings), { seed });
}

/** @param adapter values of the adapter, where they are not to be drawn */
export function adaptedGPT(
  base: GPT,
  config: LoraConfig,
  { seed, adapter = {} }: { seed?: number; adapter?: ParameterValues } = {},
): GPT {
  const lora = loraSettings(config);
  const weights = { ...base.parameters.read(), ...adapter };
  if ([...base.parameters.specs.keys()].some((name) => name.endsWith(".lora_A")))
    fail("withLora", {
      expected: "a model without an adapter",
      got: "one that has one",
      hint: "train that further, or adapt mergedGPT(it), a plain model of base and adapter",
    });
  const model = new GPT(base.config, { seed, weights, adapt: (tree) => addLora(tree, lora) });
  startMagnitudes(model.parameters, adapter);
  return model;
}

/** A plain GPT that computes what base and adapter compute together. */
export function mergedGPT(adapted: GPT): GPT {
  return new GPT(adapted.config, { weights: mergeLora(adapted.parameters) });
}

/**
 * Writes the adapter: a folder of `adapter.json` and `adapter.safetensors`, a few per cent of the model.
 *
 * @param settings those that the adapter was made with
 * @throws GradbookError when the model has no adapter, or one of other settings
 */
export function saveAdapter(folder: string, adapted: GPT, settings: Partial<LoraConfig> = {}): void {
  const config = loraConfig.parse(settings);
  checkSettings("saveAdapter", adapted, config);
  const values = adapted.parameters.read();
  const tensors = Object.entries(loraValues(values)).map(
    ([name, data]) => [name, { shape: adapted.parameters.specs.get(name)!.shape, data }] as const,
  );
  mkdirSync(folder, { recursive: true });
  writeAtomic(join(folder, FILE), encodeSafetensors(new Map(tensors), { format: FORMAT }));
  writeAtomic(
    join(folder, CONFIG),
    `${JSON.stringify({ format: FORMAT, config, base: baseOf(values) }, null, 2)}\n`,
  );
}

/**
 * A GPT with the adapter that a folder holds.
 *
 * @throws GradbookError when the folder holds none, or one that was trained on another model
 */
export function loadAdapter(folder: string, base: GPT): { model: GPT; config: LoraConfig } {
  const path = join(folder, CONFIG);
  let saved: { format?: unknown; config?: Partial<LoraConfig>; base?: unknown };
  try {
    saved = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    return fail("loadAdapter", { expected: `an adapter at ${folder}`, got: (cause as Error).message, cause });
  }
  if (saved.format !== FORMAT) fail(path, { expected: "an adapter of saveAdapter", got: "another file" });
  const config = loraConfig.parse(saved.config);
  const file = join(folder, FILE);
  const { tensors } = decodeSafetensors(readFileSync(file), file);
  const adapter = Object.fromEntries([...tensors].map(([name, { data }]) => [name, data as Float32Array]));
  const model = adaptedGPT(base, config, { adapter });
  // Of the model, not of the base: an adapter over a base in few bits belongs to what that was rounded to.
  const found = baseOf(model.parameters.read());
  if (saved.base !== found) {
    model.dispose();
    fail("loadAdapter", {
      expected: `the model that the adapter was trained on (${String(saved.base).slice(0, 12)}…)`,
      got: `another one (${found.slice(0, 12)}…)`,
      hint: "load the base that was saved with it",
    });
  }
  return { model, config };
}

/** A checksum of the weights that are not the adapter's. */
export function baseOf(values: ParameterValues): string {
  const hash = createHash("sha256");
  const adapter = loraValues(values);
  for (const name of Object.keys(values).sort())
    if (!(name in adapter)) hash.update(name).update(new Uint8Array(values[name].buffer, values[name].byteOffset, values[name].byteLength)); // prettier-ignore
  return hash.digest("hex");
}
