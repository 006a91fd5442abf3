/**
 * How well extracted text matches an article, as the article extraction benchmark scores it: precision and recall
 * of runs of four words, each page counting the same.
 */
export interface ArticleScore {
  precision: number;
  recall: number;
  f1: number;
}

/** @param pairs the true text and the extracted one of each page */
export function articleScore(pairs: readonly { truth: string; found: string }[]): ArticleScore {
  const precisions: number[] = [];
  const recalls: number[] = [];
  for (const { truth, found } of pairs) {
    const [expected, got] = [runsOfFour(truth), runsOfFour(found)];
    let [right, wrong, missed] = [0, 0, 0];
    for (const run of new Set([...expected.keys(), ...got.keys()])) {
      const [a, b] = [expected.get(run) ?? 0, got.get(run) ?? 0];
      right += Math.min(a, b);
      wrong += Math.max(0, b - a);
      missed += Math.max(0, a - b);
    }
    if (right + wrong > 0) precisions.push(right / (right + wrong));
    if (right + missed > 0) recalls.push(right / (right + missed));
  }
  const [precision, recall] = [mean(precisions), mean(recalls)];
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}

function runsOfFour(text: string): Map<string, number> {
  const words = text.match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];
  const counts = new Map<string, number>();
  for (let i = 0; i < Math.max(1, words.length - 3); i++) {
    const run = words.slice(i, i + 4).join(" ");
    if (run !== "") counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return counts;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
