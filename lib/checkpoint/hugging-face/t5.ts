/** T5 as Hugging Face's transformers keeps it, the original (ReLU, tied) and 1.1 (gated GELU, its own output layer). */
import { Seq2Seq } from "../../models/seq2seq.ts";
import { t5, type Seq2SeqConfig } from "../../models/seq2seq-config.ts";
import { mlpWidthOf } from "../../models/gpt-config.ts";
import type { StoredTensor } from "../safetensors.ts";
import { checkConfig, type HFConfig } from "./folder.ts";
import { linearRules, readWeights, sameRules, writeWeights, type NamedTensor, type Rule } from "./layout.ts";

const REQUIRED = {
  model_type: ["t5"],
  feed_forward_proj: [undefined, "relu", "gated-gelu"],
  relative_attention_num_buckets: [undefined, 32],
  relative_attention_max_distance: [undefined, 128],
};

export function readT5(config: HFConfig, tensors: ReadonlyMap<string, StoredTensor>, where: string): Seq2Seq {
  checkConfig(where, config, REQUIRED);
  const [heads, width] = [config.num_heads, config.d_model] as number[];
  checkConfig(where, config, { d_kv: [width / heads] });
  // Transformers 5 says `tie_word_embeddings` of every T5; whether there is an output layer, the file says.
  const tied = !tensors.has("lm_head.weight");
  if (tied) checkConfig(where, config, { scale_decoder_outputs: [undefined, true] });
  const model = new Seq2Seq({
    ...t5,
    tied,
    activation: config.feed_forward_proj === "gated-gelu" ? "geglu" : "relu",
    vocabSize: config.vocab_size as number,
    layers: config.num_layers as number,
    decoderLayers: (config.num_decoder_layers as number | undefined) ?? 0,
    heads,
    width,
    mlpWidth: config.d_ff as number,
    normEpsilon: (config.layer_norm_epsilon as number | undefined) ?? 1e-6,
    padId: (config.pad_token_id as number | null) ?? 0,
    startId: (config.decoder_start_token_id as number | null) ?? 0,
  });
  model.parameters.write(readWeights(tensors, rulesFor(model.config), where, /embed_tokens\.weight$/));
  return model;
}

/** Can transformers' T5 say what this model says? */
export function isT5({ position, norm, postNorm, bias, scaleScores, activation }: Seq2SeqConfig): boolean {
  const plain = position === "relative" && norm === "rms" && !postNorm && !bias && !scaleScores;
  return plain && ["relu", "geglu"].includes(activation);
}

export function writeT5({ config, parameters }: Seq2Seq): [HFConfig, Map<string, NamedTensor>] {
  return [
    {
      architectures: ["T5ForConditionalGeneration"],
      model_type: "t5",
      vocab_size: config.vocabSize,
      num_layers: config.layers,
      num_decoder_layers: config.decoderLayers || config.layers,
      num_heads: config.heads,
      d_model: config.width,
      d_kv: config.width / config.heads,
      d_ff: mlpWidthOf(config),
      feed_forward_proj: config.activation === "geglu" ? "gated-gelu" : "relu",
      layer_norm_epsilon: config.normEpsilon,
      dropout_rate: config.dropout,
      tie_word_embeddings: config.tied,
      pad_token_id: config.padId,
      decoder_start_token_id: config.startId,
      eos_token_id: null,
      dtype: "float32",
    },
    writeWeights(parameters.read(), parameters.specs, rulesFor(config)),
  ];
}

function rulesFor(config: Seq2SeqConfig): Rule[] {
  const { layers, decoderLayers, width, activation, tied } = config;
  const inner = mlpWidthOf(config);
  const selfAttention = (ours: string, theirs: string): Rule[] => [
    ...sameRules(`${ours}.ln_1`, `${theirs}.layer.0.layer_norm`),
    ...linearRules(
      `${ours}.attn.c_attn`,
      ["q", "k", "v"].map((name) => `${theirs}.layer.0.SelfAttention.${name}`),
      {
        outputs: [width, width, width],
      },
    ),
    ...linearRules(`${ours}.attn.c_proj`, `${theirs}.layer.0.SelfAttention.o`),
  ];
  const feedForward = (ours: string, theirs: string): Rule[] => {
    const dense = `${theirs}.DenseReluDense`;
    const gated = { names: [`${dense}.wi_0`, `${dense}.wi_1`], outputs: [inner, inner] };
    const { names, outputs } = activation === "geglu" ? gated : { names: [`${dense}.wi`], outputs: [inner] };
    return [
      ...sameRules(`${ours}.ln_2`, `${theirs}.layer_norm`),
      ...linearRules(`${ours}.mlp.c_fc`, names, { outputs }),
      ...linearRules(`${ours}.mlp.c_proj`, `${dense}.wo`),
    ];
  };
  const crossAttention = (ours: string, theirs: string): Rule[] => [
    ...sameRules(`${ours}.ln_cross`, `${theirs}.layer_norm`),
    ...linearRules(`${ours}.cross.c_q`, `${theirs}.EncDecAttention.q`),
    ...linearRules(
      `${ours}.cross.c_kv`,
      ["k", "v"].map((name) => `${theirs}.EncDecAttention.${name}`),
      {
        outputs: [width, width],
      },
    ),
    ...linearRules(`${ours}.cross.c_proj`, `${theirs}.EncDecAttention.o`),
  ];
  const stack = (side: "encoder" | "decoder", blocks: number): Rule[] => [
    ...sameRules(`${side}.positions`, `${side}.block.0.layer.0.SelfAttention.relative_attention_bias`),
    ...Array.from({ length: blocks }, (_, i) => {
      const [ours, theirs] = [`${side}.h.${i}`, `${side}.block.${i}`];
      return side === "encoder"
        ? [...selfAttention(ours, theirs), ...feedForward(ours, `${theirs}.layer.1`)]
        : [
            ...selfAttention(ours, theirs),
            ...crossAttention(ours, `${theirs}.layer.1`),
            ...feedForward(ours, `${theirs}.layer.2`),
          ];
    }).flat(),
    ...sameRules(`${side}.ln_f`, `${side}.final_layer_norm`),
  ];
  return [
    ...sameRules("wte", "shared"),
    ...stack("encoder", layers),
    ...stack("decoder", decoderLayers || layers),
    ...(tied ? [] : sameRules("lm_head", "lm_head")),
  ];
}
