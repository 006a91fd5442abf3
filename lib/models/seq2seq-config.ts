/**
 * The settings of an encoder–decoder, and its sizes.
 *
 * The defaults are those of the first transformer (Vaswani et al., arXiv 1706.03762): sinusoidal positions, ReLU,
 * norms after adding. `t5` has those of T5 1.1 (Raffel et al., arXiv 1910.10683; Shazeer, arXiv 2002.05202).
 */
import { boolean, choice, defineConfig, integer, type ConfigValues } from "../core/config.ts";
import { fail } from "../core/errors.ts";
import { ACTIVATIONS } from "../nn/mlp.ts";
import { NORMS } from "../nn/norm.ts";
import type { BlockSettings } from "../nn/transformer-block.ts";
import { checkHeads, gptConfig, mlpWidthOf } from "./gpt-config.ts";

const { contextLength, layers, heads, width, mlpWidth, dropout, normEpsilon } = gptConfig;

export const seq2seqConfig = defineConfig("seq2seq", {
  vocabSize: integer({
    default: 32_128,
    min: 1,
    unit: "tokens",
    description: "How many different tokens there are; both texts share them.",
  }),
  contextLength: {
    ...contextLength,
    default: 512,
    description: "The longest text read, and the longest written.",
  },
  layers: { ...layers, default: 6, description: "Blocks of the encoder." },
  decoderLayers: integer({ default: 0, min: 0, description: "Blocks of the decoder. 0: as many as layers." }),
  heads: { ...heads, default: 8 },
  width: { ...width, default: 512 },
  mlpWidth,
  position: choice(["sinusoidal", "relative"], {
    default: "sinusoidal",
    description: "How the model knows where a token stands.",
  }),
  norm: choice(NORMS, { default: "layer", description: "What brings channels to one scale." }),
  normEpsilon: { ...normEpsilon, default: 1e-6 },
  postNorm: boolean({
    default: true,
    description: "Whether sums are normalized (as in 2017) or what parts read (steadier, as in T5).",
  }),
  activation: choice(ACTIVATIONS, {
    default: "relu",
    description: "What bends the feed-forward part; swiglu and geglu are gated.",
  }),
  bias: boolean({ default: true, description: "Whether linear layers and layer norms add a bias." }),
  tied: boolean({
    default: true,
    description: "Whether the output layer is the table of token embeddings.",
  }),
  scaleScores: boolean({
    default: true,
    description: "Whether attention scores are divided by the root of the channels. T5's are not.",
  }),
  padId: integer({ default: 0, min: 0, description: "Id that fills up short texts; nobody looks at it." }),
  startId: integer({ default: 0, min: 0, description: "Id that the decoder begins with. T5 takes padding." }),
  dropout,
});

export type Seq2SeqConfig = ConfigValues<typeof seq2seqConfig>;

export const seq2seqPresets = {
  nano: { layers: 2, heads: 2, width: 64, contextLength: 64 },
  tiny: { layers: 3, heads: 4, width: 128, contextLength: 128 },
  small: { layers: 6, heads: 8, width: 512, contextLength: 512 },
} as const;

/** T5 1.1's parts: relative positions, RMS norm before each part, gated GELU, no biases, its own output layer. */
export const t5 = {
  position: "relative",
  norm: "rms",
  postNorm: false,
  activation: "geglu",
  bias: false,
  tied: false,
  scaleScores: false,
} as const satisfies Partial<Seq2SeqConfig>;

/** The dial, for a notebook's parameters. */
export const seq2seqSize = choice(["nano", "tiny"], {
  default: "tiny",
  description: "How large the model is.",
});

/** The settings completed and checked, including that heads divide the width. */
export function parseSeq2SeqConfig(settings: Partial<Seq2SeqConfig>): Seq2SeqConfig {
  const config = seq2seqConfig.parse(settings);
  const { vocabSize } = config;
  checkHeads("seq2seq", config);
  for (const name of ["padId", "startId"] as const)
    if (config[name] >= vocabSize)
      fail("seq2seq", { expected: `a ${name} below vocabSize ${vocabSize}`, got: config[name] });
  return config;
}

/** What the blocks need to know. */
export function seq2seqBlock(config: Seq2SeqConfig, causal: boolean): BlockSettings {
  const { norm, normEpsilon, activation, bias, postNorm, heads, scaleScores } = config;
  return {
    ...{ norm, normEpsilon, activation, bias, postNorm, mlpWidth: mlpWidthOf(config) },
    attention: { heads, kvHeads: heads, causal, ...(!scaleScores && { scale: 1 }) },
  };
}
