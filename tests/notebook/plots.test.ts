import { table } from "arquero";
import { expect, test } from "vitest";
import { toBundle, type Displayable } from "../../lib/notebook/bundle.ts";
import {
  attentionHeads,
  barChart,
  dataTable,
  heatMap,
  histogram,
  lineChart,
  tokenFrequency,
  tokenStrip,
} from "../../lib/notebook/plots/index.ts";
import { visible } from "../../lib/notebook/plots/visible-text.ts";

interface Trace {
  [key: string]: unknown;
  x: number[];
  y: number[];
  z: (number | null)[][];
}

function figureOf(chart: Displayable) {
  const bundle = toBundle(chart) as Record<string, unknown>;
  const figure = bundle["application/vnd.plotly.v1+json"] as { data: Trace[]; layout: Record<string, never> };
  return { ...figure, alt: bundle["text/plain"] as string };
}

const htmlOf = (chart: Displayable) => (toBundle(chart) as Record<string, string>)["text/html"];

test("a line chart draws each series by name and says where it ends", () => {
  const { data, layout, alt } = figureOf(
    lineChart({ train: [3, 2], validation: { x: [0, 10], y: [3.1, 2.2] } }, { title: "Loss", yScale: "log" }),
  );
  expect(data).toMatchObject([
    { name: "train", x: [0, 1], y: [3, 2] },
    { name: "validation", x: [0, 10], y: [3.1, 2.2] },
  ]);
  expect(data[0].line).not.toEqual(data[1].line);
  expect(layout.yaxis).toMatchObject({ type: "log" });
  expect(alt).toBe("Loss: train from 3 to 2; validation from 3.1 to 2.2");
});

test("a line whose x and y do not fit is refused", () => {
  expect(() => lineChart({ a: { x: [1], y: [1, 2] } })).toThrow(
    "lineChart: expected as many x as y values in series a, got 1 and 2",
  );
});

test("a histogram counts every finite value once", () => {
  const { data, alt } = figureOf(histogram(Float32Array.of(0, 0.1, 0.2, 1, NaN), { bins: 2 }));
  expect(data[0]).toMatchObject({ x: [0.25, 0.75], y: [3, 1] });
  expect(alt).toBe("histogram: 4 values from 0 to 1, median 0.2");
});

test("histograms of several samples share their bins", () => {
  const { data, layout } = figureOf(histogram({ chosen: [1, 2], rejected: [0, 1] }, { bins: 2 }));
  expect(data.map(({ name, x, y }) => [name, x, y])).toEqual([
    ["chosen", [0.5, 1.5], [0, 2]],
    ["rejected", [0.5, 1.5], [1, 1]],
  ]);
  expect(layout).toMatchObject({ barmode: "overlay", showlegend: true });
});

test("a histogram of equal values has one full bin, of no values is refused", () => {
  const { data } = figureOf(histogram([5, 5, 5]));
  expect(data[0].y.reduce((sum, count) => sum + count, 0)).toBe(3);
  expect(() => histogram([NaN])).toThrow("histogram: expected at least one finite value, got none");
});

test("a million values make a small histogram", () => {
  const { data } = figureOf(histogram(Float64Array.from({ length: 1_000_000 }, (_, i) => Math.sin(i))));
  expect(data[0].x.length).toBeLessThanOrEqual(100);
});

test("bars keep equal and invisible labels apart", () => {
  const { data, layout, alt } = figureOf(
    barChart([
      ["\n", 1],
      [" ", 3],
      [" ", 2],
    ]),
  );
  expect(data[0]).toMatchObject({ x: [0, 1, 2], y: [1, 3, 2] });
  expect(layout.xaxis).toMatchObject({ tickvals: [0, 1, 2], ticktext: ["⏎", "·", "·"] });
  expect(alt).toBe("bar chart: 3 bars, the highest · at 3");
});

test("lying bars have the words for their values along the values", () => {
  const { data, layout } = figureOf(
    barChart({ a: 1, b: 2 }, { horizontal: true, x: "reason", y: "documents" }),
  );
  expect(data[0]).toMatchObject({ orientation: "h", x: [1, 2], y: [0, 1] });
  expect(layout.xaxis).toMatchObject({ title: { text: "documents" } });
  expect(layout.yaxis).toMatchObject({ title: { text: "reason" }, ticktext: ["a", "b"] });
});

test("a heat map has its first row at the top", () => {
  const { data, layout, alt } = figureOf(heatMap([[1, 2], Float32Array.of(3, NaN)], { rows: ["a", "b"] }));
  expect(data[0].z).toEqual([
    [1, 2],
    [3, null],
  ]);
  expect(layout.yaxis).toMatchObject({ autorange: "reversed", ticktext: ["a", "b"] });
  expect(alt).toBe("heat map: 2 × 2 values from 1 to 3");
});

test("attention heads stand side by side, the future is empty, the alt text says what they look at", () => {
  const looksBack = [
    [1, 0],
    [0.9, 0.1],
  ];
  const looksAtItself = [
    [1, 0],
    [0.25, 0.75],
  ];
  const { data, layout, alt } = figureOf(attentionHeads([looksBack, looksAtItself], { tokens: ["a", " b"] }));
  expect(data.map(({ name, z }) => [name, z])).toEqual([
    [
      "head 1",
      [
        [1, null],
        [0.9, 0.1],
      ],
    ],
    [
      "head 2",
      [
        [1, null],
        [0.25, 0.75],
      ],
    ],
  ]);
  expect(layout.xaxis2).toMatchObject({ ticktext: ["a", "·b"] });
  const domains = [layout.xaxis, layout.xaxis2].map((axis) => (axis as { domain: [number, number] }).domain);
  expect(domains[0][1]).toBeLessThan(domains[1][0]);
  expect(alt).toBe(
    "Attention: 2 heads over 2 tokens. head 1 gives 90 % to the previous token; head 2 gives 25 % to the previous token",
  );
  expect(() => attentionHeads([looksBack], { tokens: ["a"] })).toThrow("attentionHeads: expected 2 tokens");
});

test("a token strip shows tokens, whitespace and hints, and escapes them", () => {
  const strip = tokenStrip(["<b>", " a\n"], { ids: [7, 8], probabilities: [0.5, 0.1234] });
  const source = htmlOf(strip);
  expect(source).toContain('title="id 7 · probability 0.5"');
  expect(source).toContain('title="id 8 · probability 0.123"');
  expect(source).toContain(">&lt;b&gt;</span>");
  expect(source).toMatch(/·<\/span>a<span[^>]*>⏎<\/span><br>/);
  expect((toBundle(strip) as Record<string, string>)["text/plain"]).toBe("<b>|·a⏎");
});

test("the less likely a token, the stronger its background", () => {
  const alphas = [
    ...htmlOf(tokenStrip(["a", "b", "c"], { probabilities: [1, 0.25, 0.0001] })).matchAll(
      /,([\d.]+)\);border/g,
    ),
  ];
  expect(alphas.map(([, alpha]) => Number(alpha))).toEqual([0, 0.19, 0.75]);
});

test("contributions are blue upwards and orange downwards, the strongest the darkest", () => {
  const source = htmlOf(tokenStrip(["good", " but", " dull"], { contributions: [1, 0, -2] }));
  expect(
    [...source.matchAll(/rgba\((\d+,\d+,\d+),([\d.]+)\)/g)].map(([, color, alpha]) => [color, alpha]),
  ).toEqual([
    ["10,120,194", "0.35"],
    ["208,90,11", "0"],
    ["208,90,11", "0.7"],
  ]);
  expect(source).toContain('title="contribution +1"');
  expect(() => tokenStrip(["a"], { contributions: [1, 2] })).toThrow(
    "expected 1 contributions, one per token",
  );
});

test("a long token strip is cut, a wrong number of ids refused", () => {
  expect(htmlOf(tokenStrip(Array(5).fill("a"), { limit: 2 }))).toContain("… 3 more tokens");
  expect(() => tokenStrip(["a"], { ids: [1, 2] })).toThrow(
    "tokenStrip: expected 1 ids, one per token, got 2",
  );
});

test("a data table takes arquero tables and records, aligns numbers and says what is left out", () => {
  const records = dataTable(
    [
      { chapter: 1, title: "A <b>" },
      { chapter: 20_000, words: 1.23456789 },
    ],
    { limit: 2 },
  );
  const source = htmlOf(records);
  expect(source).toMatch(
    /<th[^>]*right[^>]*>chapter<\/th><th[^>]*left[^>]*>title<\/th><th[^>]*right[^>]*>words/,
  );
  expect(source).toContain("A &lt;b&gt;");
  expect(source).toContain(">20,000<");
  expect(source).toContain(">1.2346<");
  expect(source).not.toContain("more rows");
  expect(htmlOf(dataTable(table({ a: [1, 2, 3] }), { limit: 1 }))).toContain("… 2 more rows");
});

test("token frequencies are ranked on two logarithmic axes and thinned", () => {
  const counts = new Map(Array.from({ length: 5000 }, (_, i) => [`t${i}`, i + 1] as const));
  const { data, layout, alt } = figureOf(tokenFrequency(counts));
  expect(data[0].x.slice(0, 3)).toEqual([1, 2, 3]);
  expect(data[0].y[0]).toBe(5000);
  expect([data[0].x.at(-1), data[0].y.at(-1)]).toEqual([5000, 1]);
  expect(data[0].x.length).toBeLessThanOrEqual(400);
  expect(layout).toMatchObject({ xaxis: { type: "log" }, yaxis: { type: "log" } });
  expect(alt).toMatch(/^token frequencies: 5000 tokens, most frequent t4999 5000 times/);
});

test("whitespace and control characters become visible", () => {
  expect(visible("a b\n\t\u0000é")).toBe("a·b⏎⇥␀é");
});
