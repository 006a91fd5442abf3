/**
 * How well a score separates two classes: the receiver operating characteristic, and precision against recall.
 *
 * Going down the examples from the highest score, ROC draws the share of positives found over the share of
 * negatives taken along; the area under it is the probability that a positive scores higher than a negative
 * (ties count half). Average precision is Σ (Rₙ − Rₙ₋₁)·Pₙ.
 */
import { fail } from "../../core/errors.ts";
import type { Displayable } from "../bundle.ts";
import { figure, short, titleOf, type ChartOptions } from "./figure.ts";
import { colorOf, MUTED } from "./palette.ts";

export interface Separation {
  /** One entry per distinct score, from the highest: shares of positives and of negatives at or above it. */
  truePositiveRate: number[];
  falsePositiveRate: number[];
  precision: number[];
  /** Area under the ROC curve: 1 perfect, 0.5 by chance. */
  area: number;
  averagePrecision: number;
}

/** @throws GradbookError when lengths differ, or one of the classes is empty */
export function separationOf(scores: ArrayLike<number>, positive: ArrayLike<boolean | number>): Separation {
  if (scores.length !== positive.length) {
    fail("rocCurve", { expected: `${scores.length} labels, one per score`, got: positive.length });
  }
  const order = Array.from(scores, (_, index) => index).sort((a, b) => scores[b] - scores[a]);
  const positives = order.filter((index) => positive[index]).length;
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) {
    fail("rocCurve", {
      expected: "examples of both classes",
      got: `${positives} positives and ${negatives} negatives`,
    });
  }
  const result: Separation = {
    truePositiveRate: [0],
    falsePositiveRate: [0],
    precision: [1],
    area: 0,
    averagePrecision: 0,
  };
  let [hits, misses, area, averagePrecision] = [0, 0, 0, 0];
  let last = { hits: 0, misses: 0 };
  order.forEach((index, rank) => {
    if (positive[index]) hits++;
    else misses++;
    // Equal scores are one point: their order among themselves means nothing.
    if (rank + 1 < order.length && scores[order[rank + 1]] === scores[index]) return;
    const precision = hits / (hits + misses);
    area += ((misses - last.misses) / negatives) * ((hits + last.hits) / 2 / positives);
    averagePrecision += ((hits - last.hits) / positives) * precision;
    last = { hits, misses };
    result.truePositiveRate.push(hits / positives);
    result.falsePositiveRate.push(misses / negatives);
    result.precision.push(precision);
  });
  return { ...result, area, averagePrecision };
}

/** Draw both curves side by side. */
export function rocCurve(
  scores: ArrayLike<number>,
  positive: ArrayLike<boolean | number>,
  options: ChartOptions = {},
): Displayable {
  const { truePositiveRate, falsePositiveRate, precision, area, averagePrecision } = separationOf(
    scores,
    positive,
  );
  const line = { type: "scatter", mode: "lines", line: { color: colorOf(0), width: 2 } };
  const chance = { type: "scatter", mode: "lines", line: { color: MUTED, dash: "dot" }, hoverinfo: "skip" };
  const data = [
    { ...chance, x: [0, 1], y: [0, 1] },
    { ...line, x: falsePositiveRate, y: truePositiveRate },
    { ...line, x: truePositiveRate, y: precision, xaxis: "x2", yaxis: "y2" },
  ];
  const axis = (text: string, more: object = {}) => ({
    title: { text },
    range: [-0.02, 1.02],
    zeroline: false,
    ...more,
  });
  const alt = `area under the ROC curve ${short(area)}, average precision ${short(averagePrecision)}`;
  const layout = {
    title: titleOf(
      `${options.title ?? "Separation"}: AUC ${short(area)}, average precision ${short(averagePrecision)}`,
    ),
    ...(options.height ? { height: options.height } : {}),
    showlegend: false,
    xaxis: axis("negatives taken along", { domain: [0, 0.45] }),
    yaxis: axis("positives found"),
    xaxis2: axis("recall", { domain: [0.55, 1], anchor: "y2" }),
    yaxis2: axis("precision", { anchor: "x2" }),
  };
  return figure(data, layout, `${options.title ?? "separation"}: ${alt}`);
}
