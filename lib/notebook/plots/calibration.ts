/**
 * Calibration: when a model says 80 %, is it right in 80 % of the cases? A reliability diagram.
 *
 * The examples are sorted into bins of equal width by the model's confidence; each bin's share of right answers
 * is drawn over its mean confidence. The expected calibration error is the mean distance from the diagonal,
 * Σ (nᵦ/n)·|accuracyᵦ − confidenceᵦ|.
 * Source: Guo et al., "On Calibration of Modern Neural Networks", arXiv 1706.04599.
 */
import { fail } from "../../core/errors.ts";
import type { Displayable } from "../bundle.ts";
import { figure, layoutOf, short, type ChartOptions } from "./figure.ts";
import { colorOf, MUTED } from "./palette.ts";

export interface Calibration {
  /** One entry per bin that has examples. */
  bins: { confidence: number; accuracy: number; count: number }[];
  /** 0 for a perfectly calibrated model. */
  expectedError: number;
}

/**
 * @param confidences probability that the model gave to its answer; @param right whether the answer was right
 * @throws GradbookError when the two differ in length
 */
export function calibrationOf(
  confidences: ArrayLike<number>,
  right: ArrayLike<boolean | number>,
  binCount = 10,
): Calibration {
  if (confidences.length !== right.length) {
    fail("calibration", {
      expected: `${confidences.length} outcomes, one per confidence`,
      got: right.length,
    });
  }
  const sums = Array.from({ length: binCount }, () => ({ confidence: 0, right: 0, count: 0 }));
  for (let i = 0; i < confidences.length; i++) {
    const bin = sums[Math.min(binCount - 1, Math.floor(confidences[i] * binCount))];
    bin.confidence += confidences[i];
    bin.right += Number(right[i]);
    bin.count++;
  }
  const bins = sums
    .filter(({ count }) => count > 0)
    .map(({ confidence, right: hits, count }) => ({
      confidence: confidence / count,
      accuracy: hits / count,
      count,
    }));
  const total = confidences.length;
  const expectedError = bins.reduce(
    (sum, { confidence, accuracy, count }) => sum + (count / total) * Math.abs(accuracy - confidence),
    0,
  );
  return { bins, expectedError };
}

/** Draw the diagram of `calibrationOf`. */
export function calibrationChart(
  confidences: ArrayLike<number>,
  right: ArrayLike<boolean | number>,
  options: ChartOptions & { bins?: number } = {},
): Displayable {
  const { bins, expectedError } = calibrationOf(confidences, right, options.bins);
  const diagonal = {
    type: "scatter",
    mode: "lines",
    x: [0, 1],
    y: [0, 1],
    line: { color: MUTED, dash: "dot" },
  };
  const largest = Math.max(...bins.map(({ count }) => count));
  const dots = {
    type: "scatter",
    mode: "lines+markers",
    x: bins.map(({ confidence }) => confidence),
    y: bins.map(({ accuracy }) => accuracy),
    text: bins.map(({ count }) => `${count} examples`),
    line: { color: colorOf(0) },
    marker: { color: colorOf(0), size: bins.map(({ count }) => 6 + 14 * Math.sqrt(count / largest)) },
    hovertemplate: "confidence %{x:.2f}, right %{y:.2f}, %{text}<extra></extra>",
  };
  const layout = {
    ...layoutOf({ x: "confidence", y: "share of right answers", ...options }),
    showlegend: false,
  };
  const alt = `expected calibration error ${short(expectedError)} over ${confidences.length} examples`;
  return figure(
    [{ ...diagonal, hoverinfo: "skip" }, dots],
    layout,
    `${options.title ?? "calibration"}: ${alt}`,
  );
}
