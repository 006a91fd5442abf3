/**
 * Vectors as points of a map: their projection on the two directions in which they differ most (principal
 * components), or by t-SNE, which keeps neighbourhoods better and distances worse. Vectors that the model holds for
 * similar lie near each other.
 *
 * Left out: UMAP.
 */
import { fail } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import type { Displayable } from "../bundle.ts";
import { figure, layoutOf, type ChartOptions } from "./figure.ts";
import { colorOf } from "./palette.ts";
import { tsne, type TsneOptions } from "./t-sne.ts";
import { visible } from "./visible-text.ts";

export interface EmbeddingMapOptions extends ChartOptions {
  /** Text of each point. */
  labels: readonly string[];
  /** Group of each point; each group has its colour. */
  groups?: readonly string[];
  /** `pca` (default): large distances are true; `t-sne`: neighbours are, and groups come apart. */
  method?: "pca" | "t-sne";
  /** Of t-SNE. */
  tsne?: TsneOptions;
}

/** @throws GradbookError when there are not as many labels as vectors */
export function embeddingMap(
  vectors: ArrayLike<ArrayLike<number>>,
  options: EmbeddingMapOptions,
): Displayable {
  const { labels, groups, method = "pca", tsne: tsneOptions } = options;
  if (labels.length !== vectors.length) {
    fail("embeddingMap", { expected: `${vectors.length} labels, one per vector`, got: labels.length });
  }
  const { points, alt } = method === "pca" ? byComponents(vectors) : byNeighbours(vectors, tsneOptions);
  const names = groups ? [...new Set(groups)] : [""];
  const data = names.map((name, index) => {
    const members = labels.map((_, point) => point).filter((point) => !groups || groups[point] === name);
    return {
      type: "scatter",
      mode: vectors.length <= 300 ? "markers+text" : "markers",
      name,
      x: members.map((point) => points[point][0]),
      y: members.map((point) => points[point][1]),
      text: members.map((point) => visible(labels[point])),
      textposition: "top center",
      textfont: { size: 10 },
      marker: { color: colorOf(index), size: 6 },
      hovertemplate: "%{text}<extra></extra>",
    };
  });
  const layout = { ...layoutOf({ height: 480, ...options }), showlegend: groups !== undefined };
  return figure(data, layout, `${options.title ?? "embedding map"}: ${alt}`);
}

function byComponents(vectors: ArrayLike<ArrayLike<number>>): { points: number[][]; alt: string } {
  const { points, explained } = principalComponents(vectors, 2);
  const share = Math.round(100 * explained.reduce((sum, part) => sum + part, 0));
  return {
    points,
    alt: `${vectors.length} vectors on two components, which hold ${share} % of the variance`,
  };
}

function byNeighbours(
  vectors: ArrayLike<ArrayLike<number>>,
  options?: TsneOptions,
): { points: number[][]; alt: string } {
  const { points, divergence } = tsne(vectors, options);
  const left = divergence.toFixed(2);
  return { points, alt: `${vectors.length} vectors by t-SNE, ${left} nats from their neighbourhoods` };
}

/**
 * The vectors' coordinates along their directions of greatest variance, by power iteration with deflation.
 *
 * @returns points [vector, component] and the share of the variance that each component holds
 */
export function principalComponents(
  vectors: ArrayLike<ArrayLike<number>>,
  components: number,
  { iterations = 100, seed = 0 } = {},
): { points: number[][]; explained: number[] } {
  const width = vectors[0]?.length ?? 0;
  const rows = Array.from(vectors, (vector) => Float64Array.from(vector));
  for (let column = 0; column < width; column++) {
    const mean = rows.reduce((sum, row) => sum + row[column], 0) / rows.length;
    for (const row of rows) row[column] -= mean;
  }
  const total = rows.reduce((sum, row) => sum + dot(row, row), 0);
  const generator = random(seed);
  const points = rows.map(() => [] as number[]);
  const explained: number[] = [];

  for (let component = 0; component < components; component++) {
    let direction = Float64Array.from({ length: width }, () => generator.normal());
    for (let step = 0; step < iterations; step++) {
      // XᵀX·v without building the covariance matrix.
      const next = new Float64Array(width);
      for (const row of rows) {
        const along = dot(row, direction);
        for (let column = 0; column < width; column++) next[column] += along * row[column];
      }
      const length = Math.sqrt(dot(next, next)) || 1;
      direction = next.map((value) => value / length);
    }
    let variance = 0;
    rows.forEach((row, index) => {
      const along = dot(row, direction);
      points[index].push(along);
      variance += along * along;
      for (let column = 0; column < width; column++) row[column] -= along * direction[column];
    });
    explained.push(total > 0 ? variance / total : 0);
  }
  return { points, explained };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
