/**
 * Does more of the reward still mean better? (Gao, Schulman and Hilton, "Scaling laws for reward model over-optimization",
 * arXiv 2210.10760.) The judge's reward (proxy) and the truth (gold) of the best of 1, 2, … n answers, against how far that
 * is from the model: first both rise, then only the judge's.
 *
 * From one sample of N answers to a prompt, the mean over all ways to choose n of them (WebGPT, arXiv 2112.09332, appendix I):
 *   Σᵢ C(i, n − 1) / C(N, n) · gold of the answer at place i by proxy, worst first (i = 0 … N − 1)
 */
import { fail } from "../../core/errors.ts";
import { lineChart, type Displayable } from "../../notebook/index.ts";
import { bestOfNKl } from "./best-of-n.ts";

/** An answer as the judge sees it, and as it is. */
export interface JudgedAnswer {
  proxy: number;
  gold: number;
}

export interface OptimizationPoint extends JudgedAnswer {
  /** Answers to choose from. */
  n: number;
  /** Nats per answer, at most. */
  kl: number;
}

export interface OverOptimization {
  points: OptimizationPoint[];
  /** Where the truth is highest. */
  peak: OptimizationPoint;
  /** A sentence when the truth fell behind its peak while the judge's reward rose on; undefined when it did not. */
  warning?: string;
}

/**
 * @param answers of each prompt, as many to each
 * @param tolerance how far the truth may fall below its peak without a warning, as a share of its rise
 * @throws GradbookError when prompts have different numbers of answers, or a number is none
 */
export function overOptimization(
  answers: readonly (readonly JudgedAnswer[])[],
  { tolerance = 0.1 } = {},
): OverOptimization {
  const size = answers[0]?.length ?? 0;
  if (size === 0) fail("overOptimization", { expected: "answers", got: "none" });
  for (const [i, list] of answers.entries()) {
    if (list.length !== size)
      fail("overOptimization", { expected: `${size} answers to prompt ${i}, as to the others`, got: list.length }); // prettier-ignore
    const wrong = list.find(({ proxy, gold }) => !Number.isFinite(proxy) || !Number.isFinite(gold));
    if (wrong) fail("overOptimization", { expected: `numbers for the answers to prompt ${i}`, got: wrong });
  }
  const sorted = answers.map((list) => list.toSorted((a, b) => a.proxy - b.proxy));
  const points = Array.from({ length: size }, (_, i): OptimizationPoint => {
    const n = i + 1;
    const weights = chancesToBeBest(size, n);
    const expected = (of: keyof JudgedAnswer): number =>
      mean(sorted.map((list) => list.reduce((sum, answer, place) => sum + weights[place] * answer[of], 0)));
    return { n, kl: bestOfNKl(n), proxy: expected("proxy"), gold: expected("gold") };
  });
  const peak = points.reduce((best, point) => (point.gold > best.gold ? point : best));
  const end = points.at(-1)!;
  const fallen = peak.gold - end.gold;
  const isFalling =
    fallen > tolerance * Math.max(peak.gold - points[0].gold, 1e-12) && end.proxy > peak.proxy;
  if (!isFalling) return { points, peak };
  const warning = `over-optimized: from the best of ${peak.n} to the best of ${end.n} the judge's reward rises by ${(end.proxy - peak.proxy).toPrecision(3)}, the truth falls by ${fallen.toPrecision(3)}`; // prettier-ignore
  return { points, peak, warning };
}

/** Both rewards against the distance from the model. */
export function overOptimizationChart({ points }: OverOptimization): Displayable {
  const x = points.map(({ kl }) => kl);
  return lineChart(
    {
      "the judge's reward": { x, y: points.map(({ proxy }) => proxy) },
      "the truth": { x, y: points.map(({ gold }) => gold) },
    },
    {
      title: "The best of n by the judge",
      x: "KL to the model, nats per answer",
      y: "reward",
      markers: true,
    },
  );
}

/** For each place of N answers from worst to best: how likely it is to be the best of n drawn ones. */
function chancesToBeBest(size: number, n: number): number[] {
  const chances = new Array<number>(size).fill(0);
  // C(N − 1, n − 1) / C(N, n) = n / N for the last place; the one below has (i − n + 1) / i of the one above.
  let chance = n / size;
  for (let place = size - 1; place >= n - 1; place--) {
    chances[place] = chance;
    if (place > 0) chance *= (place - n + 1) / place;
  }
  return chances;
}

const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
