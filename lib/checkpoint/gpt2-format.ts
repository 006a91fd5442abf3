/**
 * GPT-2 as Hugging Face's transformers keeps it: `config.json` and `model.safetensors` in a folder.
 *
 * Our parameters carry the same names and shapes, so nothing is renamed or turned. The prefix `transformer.`, the
 * causal masks that old files hold, and an output layer that repeats the embedding are taken off on reading.
 * Left out: weights in several files, PyTorch's pickle files.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fail, shown } from "../core/errors.ts";
import { GPT } from "../models/gpt.ts";
import { loadTokenizer } from "../tokenizers/file.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";
import { writeAtomic } from "./atomic-file.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

const PREFIX = "transformer.";
const OUTPUT = "lm_head.weight";
const EMBEDDING = "wte.weight";

/** What our GPT computes; a file that says otherwise would give other logits. */
const REQUIRED: Record<string, readonly unknown[]> = {
  model_type: ["gpt2"],
  activation_function: [undefined, "gelu_new"],
  layer_norm_epsilon: [undefined, 1e-5],
  scale_attn_weights: [undefined, true],
  scale_attn_by_inverse_layer_idx: [undefined, false],
  tie_word_embeddings: [undefined, true],
};

/**
 * Reads a folder that transformers' `save_pretrained` wrote, or one downloaded from the hub.
 *
 * @returns the model, and the tokenizer if the folder has a `tokenizer.json`
 * @throws GradbookError when a file is missing or damaged, or the model is of another family
 */
export function loadGPT2(folder: string): { model: GPT; tokenizer?: Tokenizer } {
  const config = JSON.parse(readText(join(folder, "config.json"))) as Record<string, unknown>;
  for (const [key, allowed] of Object.entries(REQUIRED))
    if (!allowed.includes(config[key]))
      fail("loadGPT2", { expected: `${key} ${allowed.at(-1)} in config.json`, got: shown(config[key]) });
  const width = config.n_embd as number;
  if (config.n_inner != null && config.n_inner !== 4 * width)
    fail("loadGPT2", { expected: `n_inner ${4 * width}, four times n_embd`, got: config.n_inner });

  const path = join(folder, "model.safetensors");
  const { tensors } = decodeSafetensors(readBytes(path), path);
  const weights: Record<string, Float32Array> = {};
  for (const [name, { data }] of tensors) {
    const ours = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
    if (/\.attn\.(masked_)?bias$/.test(ours)) continue;
    if (!(data instanceof Float32Array))
      fail(path, { expected: `${name} as floating-point numbers`, got: data.constructor.name });
    weights[ours] = data;
  }
  dropTiedOutput(weights, path);
  const model = new GPT(
    {
      vocabSize: config.vocab_size as number,
      contextLength: config.n_positions as number,
      layers: config.n_layer as number,
      heads: config.n_head as number,
      width,
    },
    { weights },
  );
  const tokenizer = join(folder, "tokenizer.json");
  return { model, ...(existsSync(tokenizer) && { tokenizer: loadTokenizer(tokenizer) }) };
}

/**
 * Writes a folder that transformers' `GPT2LMHeadModel.from_pretrained` reads.
 *
 * @param parts the tokenizer, if given, is written as `tokenizer.json`
 */
export function saveGPT2(folder: string, { model, tokenizer }: { model: GPT; tokenizer?: Tokenizer }): void {
  const { vocabSize, contextLength, layers, heads, width } = model.config;
  const config = {
    architectures: ["GPT2LMHeadModel"],
    model_type: "gpt2",
    vocab_size: vocabSize,
    n_positions: contextLength,
    n_embd: width,
    n_layer: layers,
    n_head: heads,
    n_inner: null,
    activation_function: "gelu_new",
    layer_norm_epsilon: 1e-5,
    tie_word_embeddings: true,
    resid_pdrop: 0,
    embd_pdrop: 0,
    attn_pdrop: 0,
    // GPT-2's own ids would lie outside a smaller vocabulary.
    bos_token_id: null,
    eos_token_id: null,
    dtype: "float32",
  };
  const weights = new Map(
    Object.entries(model.parameters.read()).map(([name, data]) => [
      PREFIX + name,
      { shape: model.parameters.specs.get(name)!.shape, data },
    ]),
  );
  mkdirSync(folder, { recursive: true });
  writeAtomic(join(folder, "model.safetensors"), encodeSafetensors(weights, { format: "pt" }));
  if (tokenizer)
    writeAtomic(join(folder, "tokenizer.json"), `${JSON.stringify(tokenizer.toJSON(), null, 1)}\n`);
  writeAtomic(join(folder, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
}

/** The output layer is the embedding; a file that repeats it must repeat it exactly. */
function dropTiedOutput(weights: Record<string, Float32Array>, path: string): void {
  const output = weights[OUTPUT];
  if (!output) return;
  const embedding = weights[EMBEDDING];
  if (output.some((value, i) => value !== embedding?.[i]))
    fail(path, { expected: `${OUTPUT} equal to ${EMBEDDING}`, got: "another matrix" });
  delete weights[OUTPUT];
}

function readText(path: string): string {
  return readBytes(path).toString("utf8");
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    return fail("loadGPT2", {
      expected: `the file ${path}`,
      got: (cause as Error).message,
      hint: "pass a folder with config.json and model.safetensors",
      cause,
    });
  }
}
