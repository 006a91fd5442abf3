/** What the GPU bench measures: GPT-2's 124 M parameters over batches, contexts and precisions. */
import type { Precision } from "../../lib/engine/xla/module.ts";

export interface Setting {
  vocabulary: number;
  layers: number;
  heads: number;
  width: number;
  batch: number;
  time: number;
  precision: Precision;
}

/** GPT-2's vocabulary, rounded up to a multiple of 128 as nanoGPT does. */
const GPT2 = { vocabulary: 50_304, layers: 12, heads: 12, width: 768 };
const TINY = { vocabulary: 128, layers: 2, heads: 2, width: 32 };

type Case = [precision: Precision, batch: number, time: number];
const cases = (model: typeof GPT2, list: readonly Case[]): Setting[] =>
  list.map(([precision, batch, time]) => ({ ...model, batch, time, precision }));

/** `GRADBOOK_BENCH_SETTINGS`: some settings only, "bf16 8x1024, fp32 8x1024". */
const WANTED = process.env.GRADBOOK_BENCH_SETTINGS?.split(",").map((text): Case => {
  const [precision, shape] = text.trim().split(" ");
  const [batch, time] = shape.split("x").map(Number);
  return [precision as Precision, batch, time];
});

/** `GRADBOOK_BENCH=smoke`: a tiny model, to see that everything runs. */
export const isSmoke = process.env.GRADBOOK_BENCH === "smoke";
export const SETTINGS: readonly Setting[] = isSmoke
  ? cases(TINY, [["bf16", 4, 16], ["fp32", 4, 16]])
  : cases(GPT2, WANTED ?? [["bf16", 8, 1024], ["bf16", 16, 1024], ["bf16", 32, 1024], ["bf16", 64, 256], ["fp32", 8, 1024], ["tf32", 8, 1024]]); // prettier-ignore
export const [ROUNDS, STEPS] = isSmoke ? [2, 2] : [5, 10];

/** Parameters of the model, as all contestants have them: tied embeddings, biases, learned positions. */
export function parameterCount({ vocabulary, layers, width, time }: Setting): number {
  const block = 12 * width ** 2 + 13 * width;
  return vocabulary * width + time * width + layers * block + 2 * width;
}

/**
 * Floating-point operations of one step: 6 for each parameter and token, and attention's 12 · layers · width · time
 * for each token (PaLM, arXiv 2204.02311, appendix B).
 */
export function flopsPerStep(setting: Setting): number {
  const { batch, time, layers, width } = setting;
  return batch * time * (6 * parameterCount(setting) + 12 * layers * width * time);
}

export { peakFlops } from "../../lib/engine/peak-flops.ts";
