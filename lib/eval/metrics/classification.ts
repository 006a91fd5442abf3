/**
 * How well classes were told apart: accuracy, precision, recall, F1, Matthews correlation, Cohen's kappa.
 *
 * Equal to scikit-learn's functions of the same names; what would be 0/0 is 0, as there.
 */
import { checkLengths } from "./check.ts";

export type Label = string | number;

/** Rows: what was true; columns: what was said. */
export interface Confusion {
  /** Sorted. */
  labels: Label[];
  counts: number[][];
}

export function confusionCounts(truth: readonly Label[], predicted: readonly Label[]): Confusion {
  checkLengths("confusionCounts", { truth, predicted });
  const labels = [...new Set([...truth, ...predicted])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const index = new Map(labels.map((label, i) => [label, i]));
  const counts = labels.map(() => new Array<number>(labels.length).fill(0));
  truth.forEach((label, i) => counts[index.get(label)!][index.get(predicted[i])!]++);
  return { labels, counts };
}

/** Share that is right. */
export function accuracy(truth: readonly Label[], predicted: readonly Label[]): number {
  checkLengths("accuracy", { truth, predicted });
  return truth.filter((label, i) => label === predicted[i]).length / truth.length;
}

export interface ClassScore {
  label: Label;
  precision: number;
  recall: number;
  f1: number;
  /** How often the class is true. */
  support: number;
}

/** Precision, recall and F1 of each class. */
export function classScores(truth: readonly Label[], predicted: readonly Label[]): ClassScore[] {
  const { labels, counts } = confusionCounts(truth, predicted);
  return labels.map((label, i) => {
    const support = sum(counts[i]);
    const said = sum(counts.map((row) => row[i]));
    return { label, ...scoresOf(counts[i][i], said, support), support };
  });
}

export interface AverageScore {
  precision: number;
  recall: number;
  f1: number;
}

export const AVERAGES = ["micro", "macro", "weighted", "binary"] as const;

/**
 * Precision, recall and F1 over all classes.
 *
 * @param average micro: of all answers together; macro: mean over classes; weighted: mean by how often a class is
 *   true; binary: of the class `positive` alone
 */
export function precisionRecallF1(
  truth: readonly Label[],
  predicted: readonly Label[],
  average: (typeof AVERAGES)[number] = "macro",
  positive: Label = 1,
): AverageScore {
  const classes = classScores(truth, predicted);
  const mean = (of: (score: ClassScore) => number, weight: (score: ClassScore) => number): number =>
    sum(classes.map((score) => of(score) * weight(score))) / sum(classes.map(weight));
  const average3 = (weight: (score: ClassScore) => number): AverageScore => ({
    precision: mean(({ precision }) => precision, weight),
    recall: mean(({ recall }) => recall, weight),
    f1: mean(({ f1 }) => f1, weight),
  });
  switch (average) {
    case "micro": {
      const right = accuracy(truth, predicted);
      return { precision: right, recall: right, f1: right };
    }
    case "macro":
      return average3(() => 1);
    case "weighted":
      return average3(({ support }) => support);
    case "binary": {
      const found = classes.find(({ label }) => label === positive);
      return found ? scoresFrom(found) : { precision: 0, recall: 0, f1: 0 };
    }
  }
}

/**
 * Correlation of truth and answers over all classes, from −1 to 1; 0 when one of them never varies.
 * Matthews 1975; for several classes Gorodkin 2004.
 */
export function matthewsCorrelation(truth: readonly Label[], predicted: readonly Label[]): number {
  const { counts } = confusionCounts(truth, predicted);
  const total = truth.length;
  const trueCounts = counts.map(sum);
  const saidCounts = counts.map((_, i) => sum(counts.map((row) => row[i])));
  const right = sum(counts.map((row, i) => row[i]));
  const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((x, i) => x * b[i]));
  const covariance = right * total - dot(trueCounts, saidCounts);
  const spread = (total ** 2 - dot(saidCounts, saidCounts)) * (total ** 2 - dot(trueCounts, trueCounts));
  return spread === 0 ? 0 : covariance / Math.sqrt(spread);
}

/** Agreement beyond chance between two judges (Cohen 1960); NaN when both always say the same one thing. */
export function cohenKappa(a: readonly Label[], b: readonly Label[]): number {
  const { counts } = confusionCounts(a, b);
  const total = a.length;
  const observed = sum(counts.map((row, i) => row[i])) / total;
  const expected =
    sum(counts.map((row, i) => sum(row) * sum(counts.map((other) => other[i])))) / (total * total);
  return (observed - expected) / (1 - expected);
}

function scoresFrom({ precision, recall, f1 }: ClassScore): AverageScore {
  return { precision, recall, f1 };
}

function scoresOf(right: number, said: number, support: number): AverageScore {
  return {
    precision: said === 0 ? 0 : right / said,
    recall: support === 0 ? 0 : right / support,
    f1: said + support === 0 ? 0 : (2 * right) / (said + support),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, x) => total + x, 0);
