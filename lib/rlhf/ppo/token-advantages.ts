/**
 * From one reward per completion to advantages and returns per token, as InstructGPT's PPO (Ouyang et al., arXiv
 * 2203.02155; details as in Huang et al., arXiv 2403.17031).
 *
 *   r_t = −β·KL_t, and the score is added at the last token;   A by GAE with V = 0 after the end;   R_t = A_t + V_t
 *   A ← (A − mean)·(var + 1e-8)^−½ over all tokens of all completions, var unbiased
 *
 * `B` rows, `T` time; what the mask leaves out is 0 everywhere.
 */
import { generalizedAdvantages } from "../../core/advantages.ts";
import { fail } from "../../core/errors.ts";

export interface TokenRewards {
  /** KL of each token in nats, row by row, `B·T` numbers. */
  kl: ArrayLike<number>;
  /** V at each token, `B·T` numbers. */
  values: ArrayLike<number>;
  /** 1 at tokens of the completion, which stand together; `B·T` numbers. */
  mask: ArrayLike<number>;
  /** One for each row. */
  scores: ArrayLike<number>;
}

export interface AdvantageSettings {
  /** β. */
  klCoefficient: number;
  gamma: number;
  lambda: number;
  /** Divide the rewards by their deviation first, their mean stays. */
  whitenRewards: boolean;
}

export interface TokenAdvantages {
  /** Whitened, `B·T` numbers. */
  advantages: Float32Array;
  /** What the values should have been, `B·T` numbers. */
  returns: Float32Array;
}

/** @throws GradbookError when the numbers do not fit together */
export function tokenAdvantages(
  { kl, values, mask, scores }: TokenRewards,
  { klCoefficient, gamma, lambda, whitenRewards }: AdvantageSettings,
): TokenAdvantages {
  const time = mask.length / scores.length;
  if (!Number.isInteger(time) || kl.length !== mask.length || values.length !== mask.length)
    fail("tokenAdvantages", {
      expected: "kl, values and mask of rows × time numbers",
      got: `${kl.length}, ${values.length}, ${mask.length} numbers for ${scores.length} rows`,
    });
  const rewards = Float64Array.from(mask, (there, i) => (there ? -klCoefficient * kl[i] : 0));
  const spans = Array.from(scores, (score, row) => {
    const span = spanOf(mask, row * time, (row + 1) * time);
    if (span.end > span.start) rewards[span.end - 1] += score;
    return span;
  });
  const given = whitenRewards ? whiten(rewards, mask, { keepMean: true }) : rewards;
  const advantages = new Float32Array(mask.length);
  const returns = new Float32Array(mask.length);
  for (const { start, end } of spans) {
    const own = Array.from({ length: end - start }, (_, t) => values[start + t]);
    const estimated = generalizedAdvantages(
      {
        rewards: given.slice(start, end),
        values: own,
        nextValues: [...own.slice(1), 0],
        ends: own.map((_, t) => (t === own.length - 1 ? 1 : 0)),
      },
      gamma,
      lambda,
    );
    advantages.set(estimated, start);
    estimated.forEach((advantage, t) => (returns[start + t] = advantage + own[t]));
  }
  return { advantages: Float32Array.from(whiten(advantages, mask)), returns };
}

/** The first and one past the last place with a 1. */
function spanOf(mask: ArrayLike<number>, from: number, to: number): { start: number; end: number } {
  let start = from;
  while (start < to && !mask[start]) start++;
  let end = start;
  while (end < to && mask[end]) end++;
  return { start, end };
}

/** Mean 0 (or the mean it has) and unbiased variance 1 over the places of the mask; 0 elsewhere. */
export function whiten(
  values: ArrayLike<number>,
  mask: ArrayLike<number>,
  { keepMean = false } = {},
): Float64Array {
  let [count, sum] = [0, 0];
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    count++;
    sum += values[i];
  }
  const mean = sum / Math.max(1, count);
  let squares = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i]) squares += (values[i] - mean) ** 2;
  const scale = 1 / Math.sqrt(squares / Math.max(1, count - 1) + 1e-8);
  return Float64Array.from(mask, (there, i) =>
    there ? (values[i] - mean) * scale + (keepMean ? mean : 0) : 0,
  );
}
