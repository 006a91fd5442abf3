/** The settings of fine-tuning a classifier that a person turns. */
import { choice, defineConfig, number, type ConfigValues } from "../core/config.ts";
import { POOLINGS, sequenceConfig } from "../models/sequence-config.ts";
import { sftConfig } from "./sft-config.ts";

const { epochs, learningRate, batchSize, adapter, freeze, neftuneAlpha, seed } = sftConfig;

export const classifyConfig = defineConfig("classify", {
  objective: sequenceConfig.fields.objective,
  pooling: choice(POOLINGS, { default: "mean", description: sequenceConfig.fields.pooling.description }),
  epochs: { ...epochs, description: "How often each text is seen." },
  learningRate: { ...learningRate, default: 5e-4 },
  batchSize: { ...batchSize, default: 32, unit: "texts", description: "Texts learned from at once." },
  tokenDropout: number({
    default: 0,
    min: 0,
    max: 0.9,
    description:
      "Share of tokens left out of each text while learning, others each time, against learning by heart.",
  }),
  tooLong: choice(["error", "cut"], {
    default: "error",
    description: "What happens to a text longer than the model's context.",
  }),
  ...{ adapter, freeze, neftuneAlpha, seed },
});

export type ClassifySettings = ConfigValues<typeof classifyConfig>;
