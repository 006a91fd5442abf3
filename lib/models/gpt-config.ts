/**
 * The settings of a GPT, and its sizes by one dial.
 *
 * The defaults are GPT-2's (Radford et al. 2019): learned positions, layer norm before each part, GELU, biases,
 * output weights tied to the token embeddings. `modernGPT` has those of the LLaMA family (Touvron et al., arXiv
 * 2302.13971): rotary positions, RMS norm, SwiGLU, no biases.
 */
import { boolean, choice, defineConfig, integer, number, type ConfigValues } from "../core/config.ts";
import { fail, nearest } from "../core/errors.ts";
import { ACTIVATIONS, isGated, type Activation } from "../nn/mlp.ts";
import { NORMS } from "../nn/norm.ts";
import { POSITIONS } from "../nn/positions.ts";
import type { BlockSettings } from "../nn/transformer-block.ts";

export const gptConfig = defineConfig("gpt", {
  vocabSize: integer({
    default: 50_257,
    min: 1,
    unit: "tokens",
    description: "How many different tokens there are: the tokenizer's vocabSize.",
  }),
  contextLength: integer({
    default: 1024,
    min: 1,
    unit: "tokens",
    description: "How far back the model can look.",
  }),
  layers: integer({ default: 12, min: 1, description: "Transformer blocks, one after the other." }),
  heads: integer({
    default: 12,
    min: 1,
    description: "Attention heads in each block; they share the width.",
  }),
  width: integer({
    default: 768,
    min: 1,
    unit: "channels",
    description: "Numbers that describe a token inside the model; a multiple of heads.",
  }),
  kvHeads: integer({
    default: 0,
    min: 0,
    description: "Heads for keys and values, shared by groups of heads. 0: as many as heads.",
  }),
  mlpWidth: integer({
    default: 0,
    min: 0,
    unit: "channels",
    description:
      "Channels inside the feed-forward part. 0: four times the width, 8/3 with a gated activation.",
  }),
  position: choice(POSITIONS, {
    default: "learned",
    description: "How the model knows where a token stands.",
  }),
  norm: choice(NORMS, { default: "layer", description: "What brings channels to one scale." }),
  normEpsilon: number({
    default: 1e-5,
    min: 1e-12,
    max: 1e-2,
    scale: "log",
    description: "Keeps the norm from dividing by zero.",
  }),
  activation: choice(ACTIVATIONS, {
    default: "gelu",
    description: "What bends the feed-forward part; swiglu and geglu are gated.",
  }),
  bias: boolean({ default: true, description: "Whether linear layers and layer norms add a bias." }),
  tied: boolean({ default: true, description: "Whether the output layer is the table of token embeddings." }),
  qkNorm: boolean({ default: false, description: "Whether queries and keys are normalized." }),
  ropeBase: number({
    default: 10_000,
    min: 1,
    max: 1e9,
    scale: "log",
    description: "Base of the wavelengths of rotary positions; higher for longer contexts.",
  }),
  window: integer({
    default: 0,
    min: 0,
    unit: "tokens",
    description: "How many tokens back attention looks in each block. 0: all.",
  }),
  gradientCheckpointing: boolean({
    default: false,
    description:
      "Whether training keeps only what enters each block and computes the rest again: less memory, a third more time.",
  }),
  dropout: number({
    default: 0,
    min: 0,
    max: 0.95,
    description:
      "Share of embeddings, attention weights and parts dropped while training, against memorizing.",
  }),
});

export type GPTConfig = ConfigValues<typeof gptConfig>;

/**
 * Sizes from a notebook's first minute to GPT-3 (Brown et al., arXiv 2005.14165, table 2.1; those above `small`
 * that no CPU trains are for counting parameters, memory and cost).
 */
export const gptPresets = {
  /** Learns to spell in seconds: for tests and for trying a notebook. */
  nano: { layers: 2, heads: 2, width: 64, contextLength: 32 },
  /** 0.8 million parameters: readable words after minutes on a CPU. */
  tiny: { layers: 4, heads: 4, width: 128, contextLength: 64 },
  /** 10.8 million: nanoGPT's "baby GPT". */
  mini: { layers: 6, heads: 6, width: 384, contextLength: 256 },
  /** GPT-2, 124 million. */
  small: { layers: 12, heads: 12, width: 768, contextLength: 1024 },
  /** GPT-2 medium, 355 million. */
  medium: { layers: 24, heads: 16, width: 1024, contextLength: 1024 },
  /** GPT-2 large, 774 million. */
  large: { layers: 36, heads: 20, width: 1280, contextLength: 1024 },
  /** GPT-2 XL, 1.6 billion. */
  xl: { layers: 48, heads: 25, width: 1600, contextLength: 1024 },
  /** GPT-3, 175 billion. */
  gpt3: { layers: 96, heads: 96, width: 12_288, contextLength: 2048 },
} as const;

export type GPTPreset = keyof typeof gptPresets;

/** The dial, for a notebook's parameters: sizes that a CPU can train. */
export const gptSize = choice(["nano", "tiny", "mini"], {
  default: "tiny",
  description: "How large the model is: nano learns to spell in seconds, tiny writes words after minutes.",
});

/**
 * A complete config of a named size.
 *
 * @throws GradbookError for an unknown size, or a setting that does not fit
 * @example gptPreset("tiny", { vocabSize: tokenizer.vocabSize })
 */
export function gptPreset(size: GPTPreset, changes: Partial<GPTConfig> = {}): GPTConfig {
  if (!Object.hasOwn(gptPresets, size)) {
    const near = nearest(size, Object.keys(gptPresets));
    fail("gptPreset", {
      expected: `one of ${Object.keys(gptPresets).join(", ")}`,
      got: size,
      hint: near && `did you mean ${near}?`,
    });
  }
  return parseGPTConfig({ ...gptPresets[size], ...changes });
}

/** What the newer models of the family changed: add it to a preset. */
export const modernGPT = {
  position: "rotary",
  norm: "rms",
  activation: "swiglu",
  bias: false,
} as const satisfies Partial<GPTConfig>;

/** @throws GradbookError unless the heads divide the width */
export function checkHeads(where: string, { width, heads }: { width: number; heads: number }): void {
  if (width % heads !== 0)
    fail(where, {
      expected: `a width that ${heads} heads divide evenly`,
      got: width,
      hint: `try ${Math.ceil(width / heads) * heads}`,
    });
}

/** The settings completed and checked, including that heads divide the width. */
export function parseGPTConfig(settings: Partial<GPTConfig>): GPTConfig {
  const config = gptConfig.parse(settings);
  const { width, heads, kvHeads, position, window } = config;
  checkHeads("gpt", config);
  if (kvHeads !== 0 && heads % kvHeads !== 0)
    fail("gpt", { expected: `kvHeads that divide the ${heads} heads evenly`, got: kvHeads });
  if (position === "rotary" && (width / heads) % 2 !== 0)
    fail("gpt", {
      expected: "an even number of channels per head for rotary positions",
      got: `${width} / ${heads} = ${width / heads}`,
    });
  if (window > config.contextLength)
    fail("gpt", { expected: `a window up to the contextLength ${config.contextLength}`, got: window });
  return config;
}

/** Channels inside the feed-forward part; gated ones are rounded up to a multiple of 8. */
export function mlpWidthOf(config: { width: number; mlpWidth: number; activation: Activation }): number {
  if (config.mlpWidth > 0) return config.mlpWidth;
  return isGated(config.activation) ? Math.ceil(config.width / 3) * 8 : 4 * config.width;
}

/** What the blocks of a GPT need to know. */
export function gptBlock(config: GPTConfig): BlockSettings {
  const { heads, kvHeads, position, ropeBase, window, qkNorm, normEpsilon, norm, activation, bias } = config;
  return {
    ...{ norm, normEpsilon, activation, bias, mlpWidth: mlpWidthOf(config) },
    attention: {
      heads,
      kvHeads: kvHeads || heads,
      causal: true,
      ...(position === "rotary" && { rotaryBase: ropeBase }),
      ...(position === "alibi" && { alibi: true }),
      ...(window > 0 && { window }),
      ...(qkNorm && { qkNormEpsilon: normEpsilon }),
    },
  };
}
