/**
 * The LLaMA family as Hugging Face's transformers keeps it: rotary positions, RMS norm, SwiGLU, grouped heads.
 * Mistral's files are the same with a sliding window. Left out: stretched rotary positions (`rope_scaling`).
 */
import { fail, shown } from "../../core/errors.ts";
import { GPT } from "../../models/gpt.ts";
import { mlpWidthOf, modernGPT, type GPTConfig } from "../../models/gpt-config.ts";
import type { StoredTensor } from "../safetensors.ts";
import { checkConfig, type HFConfig } from "./folder.ts";
import { linearRules, readWeights, sameRules, writeWeights, type NamedTensor, type Rule } from "./layout.ts";

const REQUIRED = {
  model_type: ["mistral", "llama"],
  hidden_act: [undefined, "silu"],
  attention_bias: [undefined, false],
  mlp_bias: [undefined, false],
};

export function readLlama(config: HFConfig, tensors: ReadonlyMap<string, StoredTensor>, where: string): GPT {
  checkConfig(where, config, REQUIRED);
  const [heads, width] = [config.num_attention_heads, config.hidden_size] as number[];
  checkConfig(where, config, { head_dim: [undefined, null, width / heads] });
  const settings: Partial<GPTConfig> = {
    ...modernGPT,
    vocabSize: config.vocab_size as number,
    contextLength: config.max_position_embeddings as number,
    layers: config.num_hidden_layers as number,
    heads,
    kvHeads: (config.num_key_value_heads as number | undefined) ?? heads,
    width,
    mlpWidth: config.intermediate_size as number,
    normEpsilon: config.rms_norm_eps as number,
    ropeBase: ropeBaseOf(config, where),
    tied: config.tie_word_embeddings === true,
    window: (config.sliding_window as number | null | undefined) ?? 0,
  };
  const model = new GPT(settings);
  const ignored = model.config.tied ? /^lm_head\.weight$|rotary_emb/ : /rotary_emb/;
  model.parameters.write(readWeights(tensors, llamaRules(model.config), where, ignored));
  return model;
}

/** Transformers 4 names it in the config, 5 among the rotary positions' settings. */
function ropeBaseOf(config: HFConfig, where: string): number {
  const rope = (config.rope_parameters ?? config.rope_scaling ?? {}) as Record<string, unknown>;
  const type = rope.rope_type ?? rope.type ?? "default";
  if (type !== "default")
    fail(where, { expected: "rotary positions as trained", got: `rope_type ${shown(type)}` });
  return ((rope.rope_theta ?? config.rope_theta) as number | undefined) ?? 10_000;
}

/** Can transformers' LLaMA say what this GPT says? */
export function isLlama({ position, norm, activation, bias, qkNorm }: GPTConfig): boolean {
  return position === "rotary" && norm === "rms" && activation === "swiglu" && !bias && !qkNorm;
}

export function writeLlama({ config, parameters }: GPT): [HFConfig, Map<string, NamedTensor>] {
  const mistral = config.window > 0;
  return [
    {
      architectures: [mistral ? "MistralForCausalLM" : "LlamaForCausalLM"],
      model_type: mistral ? "mistral" : "llama",
      vocab_size: config.vocabSize,
      max_position_embeddings: config.contextLength,
      num_hidden_layers: config.layers,
      num_attention_heads: config.heads,
      num_key_value_heads: config.kvHeads || config.heads,
      hidden_size: config.width,
      intermediate_size: mlpWidthOf(config),
      rms_norm_eps: config.normEpsilon,
      rope_theta: config.ropeBase,
      hidden_act: "silu",
      attention_bias: false,
      attention_dropout: config.dropout,
      tie_word_embeddings: config.tied,
      ...(mistral && { sliding_window: config.window }),
      bos_token_id: null,
      eos_token_id: null,
      dtype: "float32",
    },
    writeWeights(parameters.read(), parameters.specs, llamaRules(config)),
  ];
}

/** How LLaMA's weights are called and cut. */
export function llamaRules(config: GPTConfig): Rule[] {
  const { layers, heads, width, tied } = config;
  const keys = ((config.kvHeads || heads) * width) / heads;
  const inner = mlpWidthOf(config);
  return [
    ...sameRules("wte", "model.embed_tokens"),
    ...Array.from({ length: layers }, (_, i) => {
      const [ours, theirs] = [`h.${i}`, `model.layers.${i}`];
      const attention = ["q", "k", "v"].map((name) => `${theirs}.self_attn.${name}_proj`);
      return [
        ...sameRules(`${ours}.ln_1`, `${theirs}.input_layernorm`),
        ...linearRules(`${ours}.attn.c_attn`, attention, { outputs: [width, keys, keys] }),
        ...linearRules(`${ours}.attn.c_proj`, `${theirs}.self_attn.o_proj`),
        ...sameRules(`${ours}.ln_2`, `${theirs}.post_attention_layernorm`),
        ...linearRules(`${ours}.mlp.c_fc`, [`${theirs}.mlp.gate_proj`, `${theirs}.mlp.up_proj`], {
          outputs: [inner, inner],
        }),
        ...linearRules(`${ours}.mlp.c_proj`, `${theirs}.mlp.down_proj`),
      ];
    }).flat(),
    ...sameRules("ln_f", "model.norm"),
    ...(tied ? [] : sameRules("lm_head", "lm_head")),
  ];
}
