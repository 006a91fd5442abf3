/** The settings of generation: how the next token is drawn from the model's scores. */
import { defineConfig, integer, number, type ConfigValues } from "../core/config.ts";

export const generateConfig = defineConfig("generate", {
  maxTokens: integer({
    default: 200,
    min: 1,
    max: 1_000_000,
    unit: "tokens",
    description: "How many tokens to write.",
  }),
  temperature: number({
    default: 0.8,
    min: 0,
    max: 5,
    description: "Daring: 0 always takes the likeliest token, 1 draws as the model says, more is wilder.",
  }),
  topK: integer({
    default: 0,
    min: 0,
    max: 1_000_000,
    description: "Draw only from this many of the likeliest tokens. 0: from all.",
  }),
  topP: number({
    default: 1,
    min: 0.01,
    max: 1,
    description:
      "Draw only from the likeliest tokens that together have this probability (arXiv 1904.09751).",
  }),
  minP: number({
    default: 0,
    min: 0,
    max: 1,
    description: "Leave out tokens less likely than this share of the likeliest one (arXiv 2407.01082).",
  }),
  repetitionPenalty: number({
    default: 1,
    min: 1,
    max: 5,
    description: "Lowers the scores of tokens that were written before (arXiv 1909.05858). 1: off.",
  }),
  seed: integer({ default: 0, min: 0, max: 2 ** 31, description: "The same seed writes the same text." }),
});

export type GenerateSettings = ConfigValues<typeof generateConfig>;
