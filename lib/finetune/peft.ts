/**
 * Adapters in and out of PEFT's folders (`adapter_config.json`, `adapter_model.safetensors`): LoRA, rsLoRA and DoRA on GPT-2's and
 * LLaMA's layers.
 *
 * Our queries, keys and values are one layer and theirs three, so an adapter that they trained apart becomes one of three
 * times the rank here. Left out: other methods of PEFT, ranks of their own for single layers, trained biases and embeddings.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../checkpoint/atomic-file.ts";
import { hubModules, transposed, type HubModule, type NamedTensor } from "../checkpoint/index.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "../checkpoint/safetensors.ts";
import { fail, shown } from "../core/errors.ts";
import type { GPT } from "../models/gpt.ts";
import { columnLengths, loraScale } from "../nn/lora.ts";
import type { ParameterValues } from "../nn/parameters.ts";
import { checkSettings } from "./check-settings.ts";
import { loraConfig, type LoraConfig } from "./lora-config.ts";
import { adaptedGPT } from "./lora-gpt.ts";

const [CONFIG, FILE] = ["adapter_config.json", "adapter_model.safetensors"];
const PREFIX = "base_model.model.";

/**
 * Writes a folder that PEFT's `PeftModel.from_pretrained` reads, over a base that `saveHuggingFace` wrote.
 *
 * @param adapted a model of `withLora`
 * @param options the settings of its adapter; `base` is the base's folder or name for those who open it there
 * @throws GradbookError when the model has no adapter, or one of other settings, or transformers has no such family
 */
export function savePeft(
  folder: string,
  adapted: GPT,
  { settings = {}, base }: { settings?: Partial<LoraConfig>; base?: string } = {},
): void {
  const config = loraConfig.parse(settings);
  const { modules, fanInFanOut } = hubModules(adapted);
  checkSettings("savePeft", adapted, config);
  const { rank } = config;
  const values = adapted.parameters.read();
  const used = modules.filter(({ ours }) => `${ours}.lora_A` in values);
  const tensors = new Map<string, NamedTensor>();
  for (const { ours, theirs, inputs, outputs } of used) {
    const width = outputs.reduce((sum, count) => sum + count, 0);
    const a = transposed({ shape: [inputs, rank], data: values[`${ours}.lora_A`] });
    const b = transposed({ shape: [rank, width], data: values[`${ours}.lora_B`] });
    let from = 0;
    theirs.forEach((name, i) => {
      const to = from + outputs[i];
      tensors.set(`${PREFIX}${name}.lora_A.weight`, a);
      tensors.set(`${PREFIX}${name}.lora_B.weight`, { shape: [outputs[i], rank], data: b.data.slice(from * rank, to * rank) }); // prettier-ignore
      const magnitude = values[`${ours}.lora_magnitude`];
      if (magnitude) tensors.set(`${PREFIX}${name}.lora_magnitude_vector`, { shape: [outputs[i]], data: magnitude.slice(from, to) }); // prettier-ignore
      from = to;
    });
  }
  const targets = new Set(used.flatMap(({ theirs }) => theirs.map((name) => name.split(".").at(-1)!)));
  const written = {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: base ?? null,
    r: rank,
    lora_alpha: config.alpha,
    lora_dropout: 0,
    target_modules: [...targets],
    fan_in_fan_out: fanInFanOut,
    use_rslora: config.rankStabilized,
    use_dora: config.dora,
    bias: "none",
    inference_mode: true,
  };
  mkdirSync(folder, { recursive: true });
  writeAtomic(join(folder, FILE), encodeSafetensors(tensors, { format: "pt" }));
  writeAtomic(join(folder, CONFIG), `${JSON.stringify(written, null, 2)}\n`);
}

/**
 * A GPT with the adapter of a folder that PEFT wrote. PEFT does not say which model an adapter belongs to: shapes are checked,
 * values cannot be.
 *
 * @throws GradbookError when the folder holds none, one with something that is not computed here, or one for other shapes
 */
export function loadPeft(folder: string, base: GPT): { model: GPT; config: LoraConfig } {
  const path = join(folder, FILE);
  const theirs = readPeftConfig(folder);
  const { tensors } = decodeSafetensors(bytesOf(path), path);
  const { modules } = hubModules(base);
  const named = namedTensors(tensors, path, modules);
  const parts = modules.flatMap((module) => {
    const found = module.theirs.map((name) => partOf(named, name, theirs.rank, path));
    return found.some((part) => part !== undefined) ? [{ module, found }] : [];
  });
  if (parts.length === 0) fail(path, { expected: "matrices for layers of the base", got: "none" });
  parts.forEach(({ module, found }) => checkShapes(module, found, theirs.rank, path));
  // Parts of one of our layers with A's of their own need a share of the rank each.
  const apart = Math.max(...parts.map(({ found }) => distinct(found).length));
  const rank = apart * theirs.rank;
  const scale = loraScale(theirs);
  const weights = base.parameters.read();
  const adapter: Record<string, Float32Array> = {};
  for (const { module, found } of parts) Object.assign(adapter, joined(module, found, { rank, own: theirs.rank, weights })); // prettier-ignore
  const everywhere = parts.some(({ module }) => !module.ours.endsWith("c_attn"));
  const config = loraConfig.parse({
    rank,
    alpha: theirs.rankStabilized ? scale * Math.sqrt(rank) : scale * rank,
    rankStabilized: theirs.rankStabilized,
    dora: theirs.dora,
    targets: everywhere ? "all" : "attention",
  });
  // Layers that PEFT left alone get an adapter of zeros, so that the model says the same.
  const used = new Set(parts.map(({ module }) => module.ours));
  for (const { ours, inputs, outputs } of modules) {
    if (used.has(ours) || (!everywhere && !ours.endsWith("c_attn"))) continue;
    adapter[`${ours}.lora_A`] = new Float32Array(inputs * rank);
    adapter[`${ours}.lora_B`] = new Float32Array(rank * outputs.reduce((sum, count) => sum + count, 0));
  }
  return { model: adaptedGPT(base, config, { adapter }), config };
}

type PeftSettings = Pick<LoraConfig, "rank" | "alpha" | "rankStabilized" | "dora">;

/** What is computed here; a folder that says otherwise would give other results. */
const REQUIRED: Record<string, (value: unknown) => boolean> = {
  peft_type: (value) => value === "LORA",
  bias: (value) => value === undefined || value === "none",
  lora_bias: (value) => !value,
  modules_to_save: (value) => !value || (Array.isArray(value) && value.length === 0),
  rank_pattern: (value) => !value || Object.keys(value as object).length === 0,
  alpha_pattern: (value) => !value || Object.keys(value as object).length === 0,
};

function readPeftConfig(folder: string): PeftSettings {
  const path = join(folder, CONFIG);
  let config: Record<string, unknown>;
  try {
    config = JSON.parse(bytesOf(path).toString("utf8")) as Record<string, unknown>;
  } catch (cause) {
    return fail("loadPeft", { expected: `an adapter of PEFT at ${folder}`, got: (cause as Error).message, cause }); // prettier-ignore
  }
  for (const [key, fits] of Object.entries(REQUIRED))
    if (!fits(config[key]))
      fail(path, { expected: `a LoRA adapter without ${key === "peft_type" ? "other methods" : key}`, got: `${key} ${shown(config[key])}` }); // prettier-ignore
  const { r, lora_alpha: alpha } = config;
  if (!Number.isInteger(r) || typeof alpha !== "number")
    fail(path, { expected: "r and lora_alpha", got: `${shown(r)} and ${shown(alpha)}` });
  return {
    rank: r as number,
    alpha: alpha as number,
    rankStabilized: config.use_rslora === true,
    dora: config.use_dora === true,
  };
}

/** The file's tensors by module and part: `model.layers.0.self_attn.q_proj` + `.lora_A`. */
function namedTensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  path: string,
  modules: readonly HubModule[],
): Map<string, NamedTensor> {
  const known = new Set(modules.flatMap(({ theirs }) => theirs));
  return new Map(
    [...tensors].map(([name, { shape, data }]): [string, NamedTensor] => {
      const match = /^base_model\.model\.(.+)\.(lora_A|lora_B|lora_magnitude_vector)(?:\.weight)?$/.exec(name); // prettier-ignore
      if (!match || !known.has(match[1]))
        return fail(path, { expected: "matrices for linear layers of the base's blocks", got: name });
      if (!(data instanceof Float32Array))
        return fail(path, { expected: `${name} as floating-point numbers`, got: data.constructor.name });
      return [`${match[1]}.${match[2]}`, { shape, data }];
    }),
  );
}

/** A `[r, in]`, B `[out, r]`, and with DoRA the lengths `[out]`, of one of their layers. */
interface Part {
  a: NamedTensor;
  b: NamedTensor;
  magnitude?: NamedTensor;
}

function partOf(
  named: ReadonlyMap<string, NamedTensor>,
  name: string,
  rank: number,
  path: string,
): Part | undefined {
  const [a, b] = [named.get(`${name}.lora_A`), named.get(`${name}.lora_B`)];
  if (!a && !b) return undefined;
  if (!a || !b) return fail(path, { expected: `lora_A and lora_B for ${name}`, got: "one of them" });
  if (a.shape[0] !== rank) fail(path, { expected: `r ${rank} for ${name}`, got: a.shape[0] });
  return { a, b, magnitude: named.get(`${name}.lora_magnitude_vector`) };
}

function checkShapes(
  { theirs, inputs, outputs }: HubModule,
  found: readonly (Part | undefined)[],
  rank: number,
  path: string,
): void {
  found.forEach((part, i) => {
    if (!part) return;
    const wanted = `[${rank},${inputs}] and [${outputs[i]},${rank}]`;
    const got = `[${part.a.shape}] and [${part.b.shape}]`;
    if (wanted !== got)
      fail(path, {
        expected: `matrices ${wanted} for ${theirs[i]}`,
        got,
        hint: "the adapter belongs to another base",
      });
  });
}

/** The different A's among parts of one of our layers. */
function distinct(found: readonly (Part | undefined)[]): Float32Array[] {
  const different: Float32Array[] = [];
  for (const part of found)
    if (part && !different.some((data) => same(data, part.a.data))) different.push(part.a.data);
  return different;
}

const same = (a: Float32Array, b: Float32Array): boolean => a.every((value, i) => value === b[i]);

/** Our A `[in, R]` and B `[R, out]`: each different A in columns of its own, each B in its rows and its outputs. */
function joined(
  { ours, inputs, outputs }: HubModule,
  found: readonly (Part | undefined)[],
  { rank, own, weights }: { rank: number; own: number; weights: ParameterValues },
): Record<string, Float32Array> {
  const width = outputs.reduce((sum, count) => sum + count, 0);
  const [a, b] = [new Float32Array(inputs * rank), new Float32Array(rank * width)];
  const different = distinct(found);
  different.forEach((data, place) => {
    for (let k = 0; k < own; k++)
      for (let i = 0; i < inputs; i++) a[i * rank + place * own + k] = data[k * inputs + i];
  });
  // Parts that DoRA left alone keep the lengths that they have.
  const lengths = found.some((part) => part?.magnitude)
    ? columnLengths(weights[`${ours}.weight`], width)
    : undefined;
  let from = 0;
  found.forEach((part, i) => {
    if (part) {
      const place = different.findIndex((data) => same(data, part.a.data));
      for (let k = 0; k < own; k++)
        for (let j = 0; j < outputs[i]; j++)
          b[(place * own + k) * width + from + j] = part.b.data[j * own + k];
      if (part.magnitude) lengths!.set(part.magnitude.data, from);
    }
    from += outputs[i];
  });
  return { [`${ours}.lora_A`]: a, [`${ours}.lora_B`]: b, ...(lengths && { [`${ours}.lora_magnitude`]: lengths }) }; // prettier-ignore
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    return fail("loadPeft", { expected: `a file ${path}`, got: (cause as Error).message, cause });
  }
}
