import { expect, test } from "vitest";
import { random } from "../../lib/core/random.ts";
import { embeddingMap, principalComponents } from "../../lib/notebook/plots/embedding-map.ts";
import { tsne } from "../../lib/notebook/plots/t-sne.ts";

const distance = (a: number[], b: number[]) => Math.hypot(...a.map((value, i) => value - b[i]));

/** Share of points whose nearest neighbour is of their own group. */
function purity(points: number[][], groups: number[]): number {
  const own = points.filter((point, i) => {
    const others = points.map((other, j) => ({ j, d: i === j ? Infinity : distance(point, other) }));
    const nearest = others.reduce((best, next) => (next.d < best.d ? next : best));
    return groups[nearest.j] === groups[i];
  });
  return own.length / points.length;
}

/** Ten groups around the corners of a ten-dimensional cross: no plane shows them all apart. */
function cross(): { vectors: number[][]; groups: number[] } {
  const generator = random(1);
  const groups = Array.from({ length: 100 }, (_, i) => i % 10);
  const vectors = groups.map((group) =>
    Array.from({ length: 10 }, (_, axis) => (axis === group ? 4 : 0) + 0.5 * generator.normal()),
  );
  return { vectors, groups };
}

test("groups that no plane shows apart come apart", () => {
  const { vectors, groups } = cross();
  const { points, divergence } = tsne(vectors, { perplexity: 8, iterations: 400 });
  expect(purity(points, groups)).toBe(1);
  expect(purity(principalComponents(vectors, 2).points, groups)).toBeLessThan(0.9);
  expect(divergence).toBeGreaterThan(0);
  expect(divergence).toBeLessThan(1);
});

test("the same seed gives the same map, equal and few vectors do no harm", () => {
  const { vectors } = cross();
  const few = vectors.slice(0, 12);
  expect(tsne(few, { iterations: 50 })).toEqual(tsne(few, { iterations: 50 }));
  for (const odd of [
    [[1, 2]],
    [
      [1, 2],
      [1, 2],
    ],
    Array.from({ length: 5 }, () => [3, 3, 3]),
  ]) {
    expect(tsne(odd, { iterations: 50 }).points.flat().every(Number.isFinite)).toBe(true);
  }
});

test("the embedding map says how it was made", () => {
  const { vectors, groups } = cross();
  const map = embeddingMap(vectors, {
    labels: groups.map(String),
    method: "t-sne",
    tsne: { perplexity: 8, iterations: 300 },
  });
  const bundle = map[Symbol.for("Jupyter.display") as never] as unknown as () => Record<string, unknown>;
  expect(bundle.call(map)["text/plain"]).toMatch(
    /100 vectors by t-SNE, \d\.\d\d nats from their neighbourhoods/,
  );
});
