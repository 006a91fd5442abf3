/**
 * How well scores put positives above negatives: ROC curve and the area under it, precision–recall curve and average
 * precision. Equal to scikit-learn's; ties count as they do there.
 */
import { fail } from "../../core/errors.ts";
import { checkLengths } from "./check.ts";

interface Threshold {
  score: number;
  truePositives: number;
  falsePositives: number;
}

/** Counts of what is at or above each different score, highest first. */
function thresholds(where: string, scores: readonly number[], positive: readonly boolean[]): Threshold[] {
  checkLengths(where, { scores, positive });
  const wrong = scores.findIndex((score) => Number.isNaN(score));
  if (wrong >= 0) fail(where, { expected: "scores that are numbers", got: `NaN at place ${wrong}` });
  const order = scores.map((_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const steps: Threshold[] = [];
  let [truePositives, falsePositives] = [0, 0];
  order.forEach((place, i) => {
    if (positive[place]) truePositives++;
    else falsePositives++;
    const next = order[i + 1];
    if (next === undefined || scores[next] !== scores[place])
      steps.push({ score: scores[place], truePositives, falsePositives });
  });
  return steps;
}

/**
 * How often a positive scores above a negative, ties counting half.
 * @throws GradbookError when one of the two classes is absent
 */
export function rocAuc(scores: readonly number[], positive: readonly boolean[]): number {
  const { points } = rocCurve(scores, positive);
  let area = 0;
  for (let i = 1; i < points.length; i++)
    area += ((points[i].x - points[i - 1].x) * (points[i].y + points[i - 1].y)) / 2;
  return area;
}

export interface Curve {
  points: { x: number; y: number; threshold: number }[];
}

/** x: share of negatives at or above the threshold; y: share of positives. From (0, 0) to (1, 1). */
export function rocCurve(scores: readonly number[], positive: readonly boolean[]): Curve {
  const steps = thresholds("rocCurve", scores, positive);
  const { truePositives: positives, falsePositives: negatives } = steps[steps.length - 1];
  if (positives === 0 || negatives === 0)
    fail("rocCurve", { expected: "positives and negatives", got: `${positives} and ${negatives}` });
  const points = steps.map(({ score, truePositives, falsePositives }) => ({
    x: falsePositives / negatives,
    y: truePositives / positives,
    threshold: score,
  }));
  return { points: [{ x: 0, y: 0, threshold: Infinity }, ...points] };
}

/** x: recall, y: precision, at each different score, highest first. */
export function precisionRecallCurve(scores: readonly number[], positive: readonly boolean[]): Curve {
  const steps = thresholds("precisionRecallCurve", scores, positive);
  const positives = steps[steps.length - 1].truePositives;
  return {
    points: steps.map(({ score, truePositives, falsePositives }) => ({
      x: positives === 0 ? 1 : truePositives / positives,
      y: truePositives / (truePositives + falsePositives),
      threshold: score,
    })),
  };
}

/** Σ (recallₙ − recallₙ₋₁) · precisionₙ; 0 when nothing is positive. */
export function averagePrecision(scores: readonly number[], positive: readonly boolean[]): number {
  const { points } = precisionRecallCurve(scores, positive);
  if (!positive.some(Boolean)) return 0;
  let [area, before] = [0, 0];
  for (const { x, y } of points) {
    area += (x - before) * y;
    before = x;
  }
  return area;
}
