/**
 * From scores to a token: the pure part of generation.
 *
 * Order, as in Hugging Face transformers: repetition penalty, temperature, top-k, top-p, min-p, draw.
 */
import type { GenerateSettings } from "./generate-config.ts";

export type SampleSettings = Pick<
  GenerateSettings,
  "temperature" | "topK" | "topP" | "minP" | "repetitionPenalty"
>;

/** A token that may come next. */
export interface Candidate {
  id: number;
  /** Among the candidates: they sum to 1. */
  probability: number;
}

/**
 * The tokens that may be drawn and their probabilities, likeliest first. At temperature 0 only the likeliest.
 *
 * @param logits `[vocabulary]`
 * @param written ids so far, for the repetition penalty
 */
export function candidates(
  logits: ArrayLike<number>,
  settings: SampleSettings,
  written: Iterable<number> = [],
): Candidate[] {
  const { temperature, topK, topP, minP } = settings;
  const scores = penalized(logits, written, settings.repetitionPenalty);
  const order = Array.from(scores, (_, id) => id).sort((a, b) => scores[b] - scores[a] || a - b);
  if (temperature === 0) return [{ id: order[0], probability: 1 }];

  const kept = topK > 0 ? order.slice(0, topK) : order;
  const likely = normalize(kept, (id) => Math.exp((scores[id] - scores[order[0]]) / temperature));
  const nucleus = normalize(nucleusOf(likely, topP), (candidate) => candidate.probability);
  const least = minP * nucleus[0].probability;
  return normalize(
    nucleus.filter(({ probability }) => probability >= least),
    (candidate) => candidate.probability,
  );
}

/** Draws a candidate. @param uniform a number in [0, 1) */
export function draw(from: readonly Candidate[], uniform: number): Candidate {
  let left = uniform;
  for (const candidate of from) {
    left -= candidate.probability;
    if (left < 0) return candidate;
  }
  // Rounding may leave a sum a little below 1.
  return from[from.length - 1];
}

/** ln of each token's probability. */
export function logProbabilities(logits: ArrayLike<number>): Float64Array {
  const scores = Float64Array.from(logits);
  const highest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
  return scores.map((score) => score - highest - Math.log(total));
}

/** Positive scores of written tokens are divided by the penalty, negative ones multiplied. */
function penalized(logits: ArrayLike<number>, written: Iterable<number>, penalty: number): Float64Array {
  const scores = Float64Array.from(logits);
  if (penalty === 1) return scores;
  for (const id of new Set(written))
    scores[id] = scores[id] > 0 ? scores[id] / penalty : scores[id] * penalty;
  return scores;
}

/** The likeliest candidates whose probabilities reach `topP` together; always at least one. */
function nucleusOf(sorted: readonly Candidate[], topP: number): readonly Candidate[] {
  if (topP === 1) return sorted;
  let sum = 0;
  const end = sorted.findIndex(({ probability }) => (sum += probability) >= topP);
  return end < 0 ? sorted : sorted.slice(0, end + 1);
}

function normalize<T extends number | Candidate>(
  items: readonly T[],
  weight: (item: T) => number,
): Candidate[] {
  const weights = items.map(weight);
  const total = weights.reduce((sum, w) => sum + w, 0);
  return items.map((item, index) => ({
    id: typeof item === "number" ? item : item.id,
    probability: weights[index] / total,
  }));
}
