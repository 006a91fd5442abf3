/** BERT as Hugging Face's transformers keeps it (`BertForMaskedLM`). Left out: the pooler and next-sentence head. */
import { Bert } from "../../models/bert.ts";
import type { BertConfig } from "../../models/bert-config.ts";
import type { StoredTensor } from "../safetensors.ts";
import { checkConfig, type HFConfig } from "./folder.ts";
import { linearRules, readWeights, sameRules, writeWeights, type NamedTensor, type Rule } from "./layout.ts";

const REQUIRED = {
  model_type: ["bert"],
  hidden_act: [undefined, "gelu"],
  position_embedding_type: [undefined, "absolute"],
  tie_word_embeddings: [undefined, true],
};
const IGNORED = /^bert\.pooler\.|^cls\.seq_relationship\.|^cls\.predictions\.decoder\.|position_ids$/;
const NORM = ["weight", "bias"];

export function readBert(config: HFConfig, tensors: ReadonlyMap<string, StoredTensor>, where: string): Bert {
  checkConfig(where, config, REQUIRED);
  const model = new Bert({
    vocabSize: config.vocab_size as number,
    contextLength: config.max_position_embeddings as number,
    layers: config.num_hidden_layers as number,
    heads: config.num_attention_heads as number,
    width: config.hidden_size as number,
    mlpWidth: config.intermediate_size as number,
    tokenTypes: (config.type_vocab_size as number | undefined) ?? 2,
    padId: (config.pad_token_id as number | null) ?? 0,
    normEpsilon: (config.layer_norm_eps as number | undefined) ?? 1e-12,
  });
  model.parameters.write(readWeights(tensors, rulesFor(model.config), where, IGNORED));
  return model;
}

export function writeBert({ config, parameters }: Bert): [HFConfig, Map<string, NamedTensor>] {
  const tensors = writeWeights(parameters.read(), parameters.specs, rulesFor(config));
  return [
    {
      architectures: ["BertForMaskedLM"],
      model_type: "bert",
      vocab_size: config.vocabSize,
      max_position_embeddings: config.contextLength,
      num_hidden_layers: config.layers,
      num_attention_heads: config.heads,
      hidden_size: config.width,
      intermediate_size: config.mlpWidth || 4 * config.width,
      type_vocab_size: config.tokenTypes,
      pad_token_id: config.padId,
      layer_norm_eps: config.normEpsilon,
      hidden_act: "gelu",
      hidden_dropout_prob: config.dropout,
      attention_probs_dropout_prob: config.dropout,
      dtype: "float32",
    },
    tensors,
  ];
}

function rulesFor({ layers, width }: BertConfig): Rule[] {
  const embeddings = "bert.embeddings";
  const head = "cls.predictions";
  return [
    ...sameRules("wte", `${embeddings}.word_embeddings`),
    ...sameRules("wpe", `${embeddings}.position_embeddings`),
    ...sameRules("wtt", `${embeddings}.token_type_embeddings`),
    ...sameRules("ln_e", `${embeddings}.LayerNorm`, NORM),
    ...Array.from({ length: layers }, (_, i) => {
      const [ours, theirs] = [`h.${i}`, `bert.encoder.layer.${i}`];
      const attention = ["query", "key", "value"].map((name) => `${theirs}.attention.self.${name}`);
      return [
        ...linearRules(`${ours}.attn.c_attn`, attention, { bias: true, outputs: [width, width, width] }),
        ...linearRules(`${ours}.attn.c_proj`, `${theirs}.attention.output.dense`, { bias: true }),
        ...sameRules(`${ours}.ln_1`, `${theirs}.attention.output.LayerNorm`, NORM),
        ...linearRules(`${ours}.mlp.c_fc`, `${theirs}.intermediate.dense`, { bias: true }),
        ...linearRules(`${ours}.mlp.c_proj`, `${theirs}.output.dense`, { bias: true }),
        ...sameRules(`${ours}.ln_2`, `${theirs}.output.LayerNorm`, NORM),
      ];
    }).flat(),
    ...linearRules("head.dense", `${head}.transform.dense`, { bias: true }),
    ...sameRules("head.ln", `${head}.transform.LayerNorm`, NORM),
    { ours: "head.bias", theirs: [`${head}.bias`] },
  ];
}
