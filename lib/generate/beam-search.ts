/**
 * Beam search: keep the few likeliest texts at every step, instead of one drawn at random.
 *
 * Finds likelier texts than always taking the likeliest token; good where there is one right answer, as in
 * translation, and dull for stories. Scores are divided by length^α (Wu et al., arXiv 1609.08144, without the
 * constant), since every token makes a text less likely.
 * Left out: diverse beams, constraints.
 */
import { setImmediate } from "node:timers/promises";
import { defineConfig, integer, number, type ConfigValues } from "../core/config.ts";
import type { LanguageModel } from "../models/language-model.ts";
import { logProbabilities } from "./sample.ts";
import { windowPredictor } from "./window-predictor.ts";

export const beamConfig = defineConfig("beam", {
  beams: integer({ default: 4, min: 1, max: 1000, description: "How many texts are kept at every step." }),
  maxTokens: integer({
    default: 50,
    min: 1,
    max: 100_000,
    unit: "tokens",
    description: "How many tokens to write.",
  }),
  lengthPenalty: number({
    default: 1,
    min: 0,
    max: 5,
    description: "0 prefers short texts, 1 compares the mean per token, more prefers long ones.",
  }),
});

export interface BeamSettings extends ConfigValues<typeof beamConfig> {
  /** A text that writes this token is finished. */
  endToken?: number;
}

/** A text that the search kept. */
export interface Hypothesis {
  /** The tokens after the prompt, the end token included. */
  ids: number[];
  /** ln of the probability of those tokens. */
  logProbability: number;
  /** logProbability / length^α: what the order goes by. */
  score: number;
}

/**
 * The likeliest continuations of `prompt`, best first.
 *
 * @param prompt token ids, at least one
 * @throws GradbookError on an empty prompt or settings out of range
 * @example const [best] = await beamSearch(model, tokenizer.encode("The whale "), { beams: 8 });
 */
export async function beamSearch(
  model: LanguageModel,
  prompt: Iterable<number>,
  { endToken, ...settings }: Partial<BeamSettings> = {},
): Promise<Hypothesis[]> {
  const { beams, maxTokens, lengthPenalty } = beamConfig.parse(settings);
  const start = [...prompt];
  const predictor = windowPredictor(model);
  const finished: Hypothesis[] = [];
  let open: Hypothesis[] = [{ ids: [], logProbability: 0, score: 0 }];
  try {
    for (let step = 0; step < maxTokens && open.length > 0; step++) {
      const longer: Hypothesis[] = [];
      for (const { ids, logProbability } of open) {
        const logs = logProbabilities(predictor.logits([...start, ...ids]));
        for (const id of likeliest(logs, beams)) {
          const sum = logProbability + logs[id];
          longer.push({ ids: [...ids, id], logProbability: sum, score: sum / (step + 1) ** lengthPenalty });
        }
        await setImmediate();
      }
      const best = longer.sort(byScore).slice(0, beams);
      finished.push(...best.filter(({ ids }) => ids.at(-1) === endToken));
      open = best.filter(({ ids }) => ids.at(-1) !== endToken);
    }
  } finally {
    predictor.dispose();
  }
  return [...finished, ...open].sort(byScore).slice(0, beams);
}

const byScore = (a: Hypothesis, b: Hypothesis): number => b.score - a.score;

/** The ids of the `count` highest values, highest first. */
function likeliest(values: Float64Array, count: number): number[] {
  return Array.from(values.keys())
    .sort((a, b) => values[b] - values[a])
    .slice(0, count);
}
