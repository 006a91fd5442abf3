/**
 * GPT-2 as Hugging Face's transformers keeps it.
 *
 * Our parameters carry the same names and shapes, so nothing is renamed or turned. The prefix `transformer.`, the
 * causal masks that old files hold, and an output layer that repeats the embedding are taken off on reading.
 */
import { fail } from "../../core/errors.ts";
import { GPT } from "../../models/gpt.ts";
import { gptConfig, mlpWidthOf, type GPTConfig } from "../../models/gpt-config.ts";
import type { StoredTensor } from "../safetensors.ts";
import { checkConfig, type HFConfig } from "./folder.ts";
import type { NamedTensor } from "./layout.ts";

const PREFIX = "transformer.";
const OUTPUT = "lm_head.weight";
const EMBEDDING = "wte.weight";

/** What our GPT computes. */
const REQUIRED = {
  model_type: ["gpt2"],
  activation_function: [undefined, "gelu_new"],
  scale_attn_weights: [undefined, true],
  scale_attn_by_inverse_layer_idx: [undefined, false],
  tie_word_embeddings: [undefined, true],
};

export function readGPT2(config: HFConfig, tensors: ReadonlyMap<string, StoredTensor>, where: string): GPT {
  checkConfig(where, config, REQUIRED);
  const weights: Record<string, Float32Array> = {};
  for (const [name, { data }] of tensors) {
    const ours = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
    if (/\.attn\.(masked_)?bias$/.test(ours)) continue;
    if (!(data instanceof Float32Array))
      fail(where, { expected: `${name} as floating-point numbers`, got: data.constructor.name });
    weights[ours] = data;
  }
  dropTiedOutput(weights, where);
  return new GPT(
    {
      vocabSize: config.vocab_size as number,
      contextLength: config.n_positions as number,
      layers: config.n_layer as number,
      heads: config.n_head as number,
      width: config.n_embd as number,
      mlpWidth: (config.n_inner as number | null) ?? 0,
      normEpsilon: (config.layer_norm_epsilon as number | undefined) ?? gptConfig.defaults.normEpsilon,
    },
    { weights },
  );
}

/** Can transformers' GPT-2 say what this GPT says? */
export function isGPT2({
  position,
  norm,
  activation,
  bias,
  tied,
  qkNorm,
  window,
  kvHeads,
  heads,
}: GPTConfig): boolean {
  const plain = position === "learned" && norm === "layer" && activation === "gelu";
  return plain && bias && tied && !qkNorm && window === 0 && (kvHeads === 0 || kvHeads === heads);
}

export function writeGPT2({ config, parameters }: GPT): [HFConfig, Map<string, NamedTensor>] {
  const { vocabSize, contextLength, layers, heads, width, normEpsilon } = config;
  const inner = mlpWidthOf(config);
  const weights = Object.entries(parameters.read()).map(([name, data]): [string, NamedTensor] => [
    PREFIX + name,
    { shape: parameters.specs.get(name)!.shape, data },
  ]);
  return [
    {
      architectures: ["GPT2LMHeadModel"],
      model_type: "gpt2",
      vocab_size: vocabSize,
      n_positions: contextLength,
      n_embd: width,
      n_layer: layers,
      n_head: heads,
      n_inner: inner === 4 * width ? null : inner,
      activation_function: "gelu_new",
      layer_norm_epsilon: normEpsilon,
      tie_word_embeddings: true,
      resid_pdrop: config.dropout,
      embd_pdrop: config.dropout,
      attn_pdrop: config.dropout,
      // GPT-2's own ids would lie outside a smaller vocabulary.
      bos_token_id: null,
      eos_token_id: null,
      dtype: "float32",
    },
    new Map(weights),
  ];
}

/** The output layer is the embedding; a file that repeats it must repeat it exactly. */
function dropTiedOutput(weights: Record<string, Float32Array>, where: string): void {
  const output = weights[OUTPUT];
  if (!output) return;
  const embedding = weights[EMBEDDING];
  if (output.some((value, i) => value !== embedding?.[i]))
    fail(where, { expected: `${OUTPUT} equal to ${EMBEDDING}`, got: "another matrix" });
  delete weights[OUTPUT];
}
