/** Whether probabilities mean what they say: Brier score, log loss, expected calibration error. */
import { fail } from "../../core/errors.ts";
import { checkLengths } from "./check.ts";

function checkProbabilities(where: string, probabilities: readonly number[]): void {
  const wrong = probabilities.find((p) => !(p >= 0 && p <= 1));
  if (wrong !== undefined) fail(where, { expected: "probabilities from 0 to 1", got: wrong });
}

/** Mean squared distance of the probabilities from what happened (Brier 1950). */
export function brierScore(probabilities: readonly number[], happened: readonly boolean[]): number {
  checkLengths("brierScore", { probabilities, happened });
  checkProbabilities("brierScore", probabilities);
  return mean(probabilities.map((p, i) => (p - Number(happened[i])) ** 2));
}

/** Mean −ln of the probability of what happened, in nats; probabilities are kept 2⁻⁵² from 0 and 1. */
export function logLoss(probabilities: readonly number[], happened: readonly boolean[]): number {
  checkLengths("logLoss", { probabilities, happened });
  checkProbabilities("logLoss", probabilities);
  return mean(
    probabilities.map((p, i) => {
      const clipped = Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON);
      return -Math.log(happened[i] ? clipped : 1 - clipped);
    }),
  );
}

export interface ReliabilityBin {
  /** The bin holds probabilities above `from` up to `to`; the first also 0. */
  from: number;
  to: number;
  count: number;
  /** Mean probability and how often it happened; NaN in an empty bin. */
  confidence: number;
  frequency: number;
}

/** Predictions in bins of equal width: what a reliability diagram shows. */
export function reliability(
  probabilities: readonly number[],
  happened: readonly boolean[],
  bins = 10,
): ReliabilityBin[] {
  checkLengths("reliability", { probabilities, happened });
  checkProbabilities("reliability", probabilities);
  if (!Number.isInteger(bins) || bins < 1) fail("reliability", { expected: "at least one bin", got: bins });
  const members = Array.from({ length: bins }, (): number[] => []);
  probabilities.forEach((p, i) => members[Math.max(0, Math.ceil(p * bins) - 1)].push(i));
  return members.map((places, bin) => ({
    from: bin / bins,
    to: (bin + 1) / bins,
    count: places.length,
    confidence: mean(places.map((i) => probabilities[i])),
    frequency: mean(places.map((i) => Number(happened[i]))),
  }));
}

export interface CalibrationError {
  /** Mean gap between confidence and frequency, by bin size (ECE; Guo et al., arXiv 1706.04599). */
  expected: number;
  /** The widest gap of any bin (MCE). */
  maximum: number;
}

export function calibrationError(
  probabilities: readonly number[],
  happened: readonly boolean[],
  bins = 10,
): CalibrationError {
  const filled = reliability(probabilities, happened, bins).filter(({ count }) => count > 0);
  const gaps = filled.map(({ confidence, frequency }) => Math.abs(confidence - frequency));
  return {
    expected: gaps.reduce((sum, gap, i) => sum + (gap * filled[i].count) / probabilities.length, 0),
    maximum: Math.max(...gaps),
  };
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((total, x) => total + x, 0) / numbers.length;
}
