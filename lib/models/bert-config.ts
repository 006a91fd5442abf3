/** The settings of a BERT, and its sizes (Devlin et al., arXiv 1810.04805; Turc et al., arXiv 1908.08962). */
import { choice, defineConfig, integer, number, type ConfigValues } from "../core/config.ts";
import { fail } from "../core/errors.ts";
import type { BlockSettings } from "../nn/transformer-block.ts";
import { checkHeads, gptConfig } from "./gpt-config.ts";

const { contextLength, layers, heads, width, dropout } = gptConfig;

export const bertConfig = defineConfig("bert", {
  vocabSize: integer({
    default: 30_522,
    min: 1,
    unit: "tokens",
    description: "How many different tokens there are, special ones included.",
  }),
  contextLength: { ...contextLength, default: 512, description: "The longest text the model can read." },
  layers,
  heads,
  width,
  mlpWidth: integer({
    default: 0,
    min: 0,
    unit: "channels",
    description: "Channels inside the feed-forward part. 0: four times the width.",
  }),
  tokenTypes: integer({
    default: 2,
    min: 1,
    description: "Kinds of segments: BERT tells a first text from a second.",
  }),
  padId: integer({ default: 0, min: 0, description: "Id that fills up short texts; nobody looks at it." }),
  normEpsilon: number({
    default: 1e-12,
    min: 1e-12,
    max: 1e-2,
    scale: "log",
    description: "Keeps the norm from dividing by zero.",
  }),
  dropout,
});

export type BertConfig = ConfigValues<typeof bertConfig>;

export const bertPresets = {
  nano: { layers: 2, heads: 2, width: 64, contextLength: 64 },
  tiny: { layers: 2, heads: 2, width: 128, contextLength: 512 },
  mini: { layers: 4, heads: 4, width: 256, contextLength: 512 },
  small: { layers: 4, heads: 8, width: 512, contextLength: 512 },
  base: { layers: 12, heads: 12, width: 768, contextLength: 512 },
  large: { layers: 24, heads: 16, width: 1024, contextLength: 512 },
} as const;

/** The dial, for a notebook's parameters. */
export const bertSize = choice(["nano", "tiny", "mini"], {
  default: "tiny",
  description: "How large the model is.",
});

/** The settings completed and checked, including that heads divide the width. */
export function parseBertConfig(settings: Partial<BertConfig>): BertConfig {
  const config = bertConfig.parse(settings);
  checkHeads("bert", config);
  if (config.padId >= config.vocabSize)
    fail("bert", { expected: `a padId below vocabSize ${config.vocabSize}`, got: config.padId });
  return config;
}

/** What the blocks of a BERT need to know. */
export function bertBlock({ heads, width, mlpWidth, normEpsilon }: BertConfig): BlockSettings {
  return {
    norm: "layer",
    normEpsilon,
    activation: "geluExact",
    mlpWidth: mlpWidth || 4 * width,
    bias: true,
    postNorm: true,
    attention: { heads, kvHeads: heads, causal: false },
  };
}
