/** The settings of a batch loader that a person turns. How long a window is follows from the model. */
import { defineConfig, integer, type ConfigValues } from "../core/config.ts";

export const batchConfig = defineConfig("batches", {
  batchSize: integer({
    default: 12,
    min: 1,
    max: 4096,
    unit: "windows",
    description: "How many pieces of text the model learns from in one step. More: smoother, slower steps.",
  }),
  maxBatches: integer({
    default: 40,
    min: 1,
    max: 100_000,
    unit: "batches",
    description:
      "How many batches of validation text are looked at while training. More: exacter and slower.",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 2 ** 31,
    description: "The same seed gives the same start, the same pieces of text and the same result.",
  }),
});

export type BatchSettings = ConfigValues<typeof batchConfig>;
