/** How good a two-class filter is, on labelled examples that it has not seen. */

export interface BinaryMetrics {
  accuracy: number;
  /** Of what was flagged, the share that is right. NaN when nothing was flagged. */
  precision: number;
  /** Of what is positive, the share that was flagged. */
  recall: number;
  f1: number;
  /** Area under the ROC curve: how often a positive scores above a negative. */
  auc: number;
}

/** @param threshold scores at or above it are flagged */
export function binaryMetrics(
  scores: readonly number[],
  positive: readonly boolean[],
  threshold = 0.5,
): BinaryMetrics {
  let [truePositive, falsePositive, trueNegative, falseNegative] = [0, 0, 0, 0];
  scores.forEach((score, i) => {
    if (score >= threshold && positive[i]) truePositive++;
    else if (score >= threshold) falsePositive++;
    else if (positive[i]) falseNegative++;
    else trueNegative++;
  });
  const precision = truePositive / (truePositive + falsePositive);
  const recall = truePositive / (truePositive + falseNegative);
  return {
    accuracy: (truePositive + trueNegative) / scores.length,
    precision,
    recall,
    f1: (2 * truePositive) / (2 * truePositive + falsePositive + falseNegative),
    auc: areaUnderRoc(scores, positive),
  };
}

/**
 * The lowest threshold at which at least `precision` of what is flagged is right, or Infinity when none reaches it.
 * Choose it on examples that the classifier was neither trained nor is judged on.
 */
export function thresholdFor(
  scores: readonly number[],
  positive: readonly boolean[],
  precision: number,
): number {
  const order = scores
    .map((score, i) => ({ score, positive: positive[i] }))
    .sort((a, b) => b.score - a.score);
  let [right, best] = [0, Infinity];
  for (const [i, { score, positive: isPositive }] of order.entries()) {
    if (isPositive) right++;
    // Equal scores are flagged together.
    if (order[i + 1]?.score !== score && right / (i + 1) >= precision) best = score;
  }
  return best;
}

/** The rank statistic of Mann and Whitney; ties count half. */
function areaUnderRoc(scores: readonly number[], positive: readonly boolean[]): number {
  const order = scores
    .map((score, i) => ({ score, positive: positive[i] }))
    .sort((a, b) => a.score - b.score);
  let ranks = 0;
  let positives = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && order[end].score === order[start].score) end++;
    const meanRank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) {
      if (!order[i].positive) continue;
      ranks += meanRank;
      positives++;
    }
    start = end;
  }
  const negatives = order.length - positives;
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}
