/**
 * The settings of a GPT, and its sizes by one dial.
 *
 * The family is GPT-2's (Radford et al. 2019): learned positions, layer norm before each part, GELU, biases,
 * output weights tied to the token embeddings.
 */
import { choice, defineConfig, integer, type ConfigValues } from "../core/config.ts";
import { fail, nearest } from "../core/errors.ts";

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

/** The settings completed and checked, including that heads divide the width. */
export function parseGPTConfig(settings: Partial<GPTConfig>): GPTConfig {
  const config = gptConfig.parse(settings);
  if (config.width % config.heads !== 0)
    fail("gpt", {
      expected: `a width that ${config.heads} heads divide evenly`,
      got: config.width,
      hint: `try ${Math.ceil(config.width / config.heads) * config.heads}`,
    });
  return config;
}
