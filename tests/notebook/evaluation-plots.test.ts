import { expect, test } from "vitest";
import { inflateSync } from "node:zlib";
import { toBundle, type Displayable } from "../../lib/notebook/bundle.ts";
import { encodePng } from "../../lib/notebook/plots/encode-png.ts";
import {
  calibrationChart,
  calibrationOf,
  confusionMatrix,
  diffWords,
  embeddingMap,
  imageGrid,
  principalComponents,
  rocCurve,
  separationOf,
  textDiff,
} from "../../lib/notebook/plots/index.ts";

const bundleOf = (chart: Displayable) => toBundle(chart) as Record<string, string>;
const tracesOf = (chart: Displayable) =>
  (bundleOf(chart)["application/vnd.plotly.v1+json"] as unknown as { data: Record<string, unknown>[] }).data;

test("a confusion matrix counts true classes by row, predicted ones by column", () => {
  const chart = confusionMatrix(["cat", "dog", "dog"], ["cat", "cat", "dog"]);
  expect(tracesOf(chart)[0].z).toEqual([
    [1, 0],
    [1, 1],
  ]);
  expect(bundleOf(chart)["text/plain"]).toBe("confusion matrix: 2 of 3 right over 2 classes");
  expect(() => confusionMatrix(["cat"], [])).toThrow(
    "confusionMatrix: expected 1 predictions, one per example, got 0",
  );
});

test("calibration compares confidence with the share of right answers, bin by bin", () => {
  const { bins, expectedError } = calibrationOf([0.9, 0.9, 0.6, 1], [true, false, true, true], 10);
  expect(bins).toEqual([
    { confidence: 0.6, accuracy: 1, count: 1 },
    { confidence: 2.8 / 3, accuracy: 2 / 3, count: 3 },
  ]);
  expect(expectedError).toBeCloseTo(0.25 * 0.4 + 0.75 * (2.8 / 3 - 2 / 3));
  expect(bundleOf(calibrationChart([0.5], [1]))["text/plain"]).toBe(
    "calibration: expected calibration error 0.5 over 1 examples",
  );
});

test("the area under the ROC curve is the chance that a positive scores higher, ties counting half", () => {
  // Golden values: the examples of roc_auc_score and average_precision_score in scikit-learn's documentation.
  const { area, averagePrecision, truePositiveRate, falsePositiveRate } = separationOf(
    [0.1, 0.4, 0.35, 0.8],
    [0, 0, 1, 1],
  );
  expect(area).toBe(0.75);
  expect(averagePrecision).toBeCloseTo(0.8333333333, 9);
  expect(truePositiveRate).toEqual([0, 0.5, 0.5, 1, 1]);
  expect(falsePositiveRate).toEqual([0, 0, 0.5, 0.5, 1]);
  expect(separationOf([1, 1, 1], [true, false, false]).area).toBe(0.5);
  expect(bundleOf(rocCurve([0, 1], [0, 1]))["text/plain"]).toBe(
    "separation: area under the ROC curve 1, average precision 1",
  );
  expect(() => separationOf([1], [true])).toThrow(
    "rocCurve: expected examples of both classes, got 1 positives and 0",
  );
});

test("principal components find the direction in which points differ most", () => {
  // Points on a line in three dimensions, with a small second direction.
  const points = [-2, -1, 0, 1, 2].map((t, i) => [t, 2 * t, i % 2 ? 0.1 : -0.1]);
  const { points: projected, explained } = principalComponents(points, 2);
  const along = projected.map(([first]) => Math.abs(first));
  expect(along[0]).toBeCloseTo(2 * Math.sqrt(5), 2);
  expect(along[2]).toBeCloseTo(0, 1);
  expect(explained[0]).toBeGreaterThan(0.99);
  expect(explained[0] + explained[1]).toBeCloseTo(1, 6);
});

test("an embedding map gives each group its colour", () => {
  const map = embeddingMap(
    [
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    { labels: ["a", " b", "c"], groups: ["x", "y", "x"] },
  );
  expect(tracesOf(map)).toMatchObject([
    { name: "x", text: ["a", "c"] },
    { name: "y", text: ["·b"] },
  ]);
  expect(() => embeddingMap([[1]], { labels: [] })).toThrow(
    "embeddingMap: expected 1 labels, one per vector, got 0",
  );
});

test("a text diff finds the fewest changes", () => {
  expect(diffWords("the white whale", "the great white whale")).toEqual([
    { kind: "same", text: "the " },
    { kind: "added", text: "great " },
    { kind: "same", text: "white whale" },
  ]);
  expect(diffWords("", "")).toEqual([]);
  const bundle = bundleOf(textDiff("a <b>", "a c"));
  expect(bundle["text/html"]).toMatch(/a <del[^>]*>&lt;b&gt;<\/del><ins[^>]*>c<\/ins>/);
  expect(bundle["text/plain"]).toBe("a [-<b>-]{+c+}");
});

test("a PNG holds its pixels", () => {
  const png = Buffer.from(encodePng(Uint8Array.of(0, 255, 128, 64), 2, 2));
  expect(png.subarray(0, 8)).toEqual(Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]));
  const data = png.indexOf("IDAT");
  const length = png.readUInt32BE(data - 4);
  expect([...inflateSync(png.subarray(data + 4, data + 4 + length))]).toEqual([0, 0, 255, 0, 128, 64]);
  expect(() => encodePng(new Uint8Array(3), 2, 2)).toThrow(
    "encodePng: expected 2 × 2 pixels of 1, 3 or 4 channels",
  );
});

test("an image grid scales all images alike", () => {
  const bundle = bundleOf(imageGrid([0, 1, 2, 4], { shape: [1, 2], labels: ["a", "<b>"] }));
  expect(bundle["text/html"].match(/<img/g)).toHaveLength(2);
  expect(bundle["text/html"]).toContain('alt="&lt;b&gt;"');
  expect(bundle["text/plain"]).toBe("2 images of 1 × 2 pixels: a, <b>");
  expect(() => imageGrid([1, 2, 3], { shape: [1, 2] })).toThrow(
    "imageGrid: expected a multiple of 2 values, one image each, got 3",
  );
});
