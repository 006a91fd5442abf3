/**
 * Vectors as points of the plane whose neighbours are the same: t-SNE (van der Maaten and Hinton, Journal of Machine
 * Learning Research 9, 2008).
 *
 * For each pair, p says how likely i would pick j as its neighbour among the vectors, q the same among the points;
 * the points move until KL(p‖q) is small. Distances between far groups mean nothing. Exact, O(n²) a step: for some thousand
 * vectors. Left out: Barnes–Hut.
 */
import { random } from "../../core/random.ts";

export interface TsneOptions {
  /** About how many neighbours count, at most a third of the vectors. */
  perplexity?: number;
  iterations?: number;
  seed?: number;
}

/** Steps in which p is exaggerated, so that groups can pass through each other, and by how much. */
const [EARLY, EXAGGERATION] = [250, 12];

/** Coordinates `[vector, 2]`, and the KL divergence that is left (nats). */
export function tsne(
  vectors: ArrayLike<ArrayLike<number>>,
  { perplexity = 30, iterations = 750, seed = 0 }: TsneOptions = {},
): { points: number[][]; divergence: number } {
  const n = vectors.length;
  const p = neighbourhoods(squaredDistances(vectors), n, Math.max(1, Math.min(perplexity, (n - 1) / 3)));
  const generator = random(seed);
  const y = Float64Array.from({ length: 2 * n }, () => 1e-4 * generator.normal());
  const velocity = new Float64Array(2 * n);
  const gains = new Float64Array(2 * n).fill(1);
  const gradient = new Float64Array(2 * n);
  const affinities = new Float64Array(n * n);
  // scikit-learn's rule: a quarter of n / exaggeration, at least 50.
  const rate = Math.max(n / EXAGGERATION / 4, 50);
  let divergence = 0;
  for (let step = 0; step < iterations; step++) {
    divergence = descend(y, p, affinities, gradient, step < EARLY ? EXAGGERATION : 1);
    const momentum = step < EARLY ? 0.5 : 0.8;
    for (let i = 0; i < 2 * n; i++) {
      const same = gradient[i] > 0 === velocity[i] > 0;
      gains[i] = Math.max(0.01, same ? gains[i] * 0.8 : gains[i] + 0.2);
      velocity[i] = momentum * velocity[i] - rate * gains[i] * gradient[i];
      y[i] += velocity[i];
    }
  }
  return { points: Array.from({ length: n }, (_, i) => [y[2 * i], y[2 * i + 1]]), divergence };
}

/** Writes ∂KL/∂y = 4 Σⱼ (p − q)(yᵢ − yⱼ) / (1 + |yᵢ − yⱼ|²) into `gradient`; returns KL(p‖q). */
function descend(
  y: Float64Array,
  p: Float64Array,
  affinities: Float64Array,
  gradient: Float64Array,
  exaggeration: number,
): number {
  const n = y.length / 2;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [dx, dy] = [y[2 * i] - y[2 * j], y[2 * i + 1] - y[2 * j + 1]];
      const affinity = 1 / (1 + dx * dx + dy * dy);
      affinities[i * n + j] = affinities[j * n + i] = affinity;
      sum += 2 * affinity;
    }
  }
  gradient.fill(0);
  let divergence = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const affinity = affinities[i * n + j];
      const q = Math.max(affinity / sum, 1e-12);
      const pair = p[i * n + j];
      const force = 4 * (exaggeration * pair - q) * affinity;
      gradient[2 * i] += force * (y[2 * i] - y[2 * j]);
      gradient[2 * i + 1] += force * (y[2 * i + 1] - y[2 * j + 1]);
      divergence += pair * Math.log(pair / q);
    }
  }
  return divergence;
}

function squaredDistances(vectors: ArrayLike<ArrayLike<number>>): Float64Array {
  const n = vectors.length;
  const distances = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k < vectors[i].length; k++) sum += (vectors[i][k] - vectors[j][k]) ** 2;
      distances[i * n + j] = distances[j * n + i] = sum;
    }
  }
  return distances;
}

/**
 * pᵢⱼ = (pⱼ|ᵢ + pᵢ|ⱼ) / 2n with Gaussian pⱼ|ᵢ, whose width is searched for each i so that the entropy of its row is
 * log(perplexity).
 */
function neighbourhoods(distances: Float64Array, n: number, perplexity: number): Float64Array {
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    let [low, high, beta] = [0, Infinity, 1];
    const nearest = distances
      .subarray(i * n, (i + 1) * n)
      .reduce((least, d, j) => (j === i ? least : Math.min(least, d)), Infinity);
    for (let attempt = 0; attempt < 100; attempt++) {
      let [sum, weighted] = [0, 0];
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        // From the nearest on: far outliers would have no neighbour at all otherwise.
        const distance = distances[i * n + j] - nearest;
        const weight = Math.exp(-beta * distance);
        rows[i * n + j] = weight;
        sum += weight;
        weighted += weight * distance;
      }
      for (let j = 0; j < n; j++) rows[i * n + j] /= sum;
      const surplus = Math.log(sum) + (beta * weighted) / sum - Math.log(perplexity);
      if (Math.abs(surplus) < 1e-5) break;
      if (surplus > 0) [low, beta] = [beta, high === Infinity ? 2 * beta : (beta + high) / 2];
      else [high, beta] = [beta, (beta + low) / 2];
    }
    rows[i * n + i] = 0;
  }
  const p = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++)
      if (i !== j) p[i * n + j] = Math.max((rows[i * n + j] + rows[j * n + i]) / (2 * n), 1e-12);
  }
  return p;
}
