/**
 * Histograms. The bins are counted here, so that a million values make a chart of a hundred numbers.
 *
 * Width of a bin: the rule of Freedman and Diaconis (1981), 2·IQR·n^(−1/3), kept between 10 and 100 bins.
 */
import { fail } from "../../core/errors.ts";
import type { Displayable } from "../bundle.ts";
import { figure, layoutOf, short, TOP_LEGEND, type ChartOptions } from "./figure.ts";
import { colorOf } from "./palette.ts";

export interface HistogramOptions extends ChartOptions {
  bins?: number;
  /** Scale of the counts. */
  yScale?: "linear" | "log";
}

/**
 * How the values are distributed, one histogram over the other when there are several samples.
 *
 * @example histogram(documentLengths, { title: "Length of the documents", x: "tokens" })
 * @example histogram({ chosen: rewards, rejected: others })
 * @throws GradbookError when there is no finite value
 */
export function histogram(
  values: ArrayLike<number> | Record<string, ArrayLike<number>>,
  options: HistogramOptions = {},
): Displayable {
  const samples =
    "length" in values ? { "": values as ArrayLike<number> } : (values as Record<string, ArrayLike<number>>);
  const finite = Object.entries(samples).map(([name, sample]) => {
    return { name, sorted: Float64Array.from(sample).filter(Number.isFinite).sort() };
  });
  const all = Float64Array.from(finite.flatMap(({ sorted }) => [...sorted])).sort();
  if (all.length === 0) fail("histogram", { expected: "at least one finite value", got: "none" });
  const count = options.bins ?? binCount(all);
  const [low, high] = [all[0], all[all.length - 1]];
  const width = (high - low) / count || 1;

  const data = finite.map(({ name, sorted }, index) => ({
    type: "bar",
    name,
    x: Array.from({ length: count }, (_, bin) => low + (bin + 0.5) * width),
    y: countBins(sorted, low, width, count),
    width,
    marker: { color: colorOf(index) },
    opacity: finite.length > 1 ? 0.6 : 1,
    customdata: Array.from(
      { length: count },
      (_, bin) => `${short(low + bin * width)} to ${short(low + (bin + 1) * width)}`,
    ),
    hovertemplate: "%{customdata}: %{y}<extra></extra>",
  }));
  const layout = layoutOf({ y: "count", ...options });
  Object.assign(layout.yaxis as object, { type: options.yScale ?? "linear" });
  Object.assign(layout, {
    barmode: "overlay",
    bargap: 0.02,
    showlegend: finite.length > 1,
    legend: TOP_LEGEND,
  });
  const median = all[Math.floor(all.length / 2)];
  const alt = `${all.length} values from ${short(low)} to ${short(high)}, median ${short(median)}`;
  return figure(data, layout, `${options.title ?? "histogram"}: ${alt}`);
}

function binCount(sorted: Float64Array): number {
  const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))];
  const width = (2 * (quantile(0.75) - quantile(0.25))) / Math.cbrt(sorted.length);
  const range = sorted[sorted.length - 1] - sorted[0];
  return width > 0 ? Math.min(100, Math.max(10, Math.ceil(range / width))) : 10;
}

function countBins(values: Float64Array, low: number, width: number, count: number): number[] {
  const bins = new Array<number>(count).fill(0);
  for (const value of values) bins[Math.min(count - 1, Math.floor((value - low) / width))]++;
  return bins;
}
