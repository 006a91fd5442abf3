/** Bars: one value per label. */
import type { Displayable } from "../bundle.ts";
import { figure, layoutOf, short, type ChartOptions } from "./figure.ts";
import { colorOf } from "./palette.ts";
import { visible } from "./visible-text.ts";

export interface BarChartOptions extends ChartOptions {
  /** Bars from left to right: better for many or long labels. */
  horizontal?: boolean;
}

/** @example barChart({ e: 0.12, t: 0.09, " ": 0.18 }, { title: "Most frequent characters" }) */
export function barChart(
  values: Record<string, number> | Iterable<readonly [string, number]>,
  options: BarChartOptions = {},
): Displayable {
  const entries = Symbol.iterator in values ? [...values] : Object.entries(values);
  const labels = entries.map(([label]) => visible(label));
  const heights = entries.map(([, value]) => value);
  const { horizontal = false } = options;
  // Positions are numbers and labels are tick texts: plotly would merge bars of equal labels.
  const places = entries.map((_, index) => index);
  const bar = {
    type: "bar",
    orientation: horizontal ? "h" : "v",
    x: horizontal ? heights : places,
    y: horizontal ? places : heights,
    marker: { color: colorOf(0) },
    text: labels,
    textposition: "none",
    hovertemplate: horizontal ? "%{text}: %{x}<extra></extra>" : "%{text}: %{y}<extra></extra>",
  };
  // The words of `x` and `y` are those of labels and values, which lie the other way round in horizontal bars.
  const layout = layoutOf(horizontal ? { ...options, x: options.y, y: options.x } : options);
  const ticks = {
    tickvals: places,
    ticktext: labels,
    showgrid: false,
    ...(horizontal ? { autorange: "reversed" } : {}),
  };
  Object.assign(layout[horizontal ? "yaxis" : "xaxis"] as object, ticks);
  const highest = entries.reduce((best, entry) => (entry[1] > best[1] ? entry : best), entries[0]);
  const alt = highest
    ? `${entries.length} bars, the highest ${visible(highest[0])} at ${short(highest[1])}`
    : "no bars";
  return figure([bar], layout, `${options.title ?? "bar chart"}: ${alt}`);
}
