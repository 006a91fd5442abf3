/** Lines: one quantity against another, several series by name. */
import { fail } from "../../core/errors.ts";
import type { Displayable } from "../bundle.ts";
import { figure, layoutOf, short, TOP_LEGEND, type ChartOptions } from "./figure.ts";
import { colorOf, dashOf } from "./palette.ts";

export interface LineChartOptions extends ChartOptions {
  xScale?: "linear" | "log";
  yScale?: "linear" | "log";
  /** Dots on the values. */
  markers?: boolean;
}

/** A series: its y values over 0, 1, 2, …, or its points. */
export type Line = ArrayLike<number> | { x: ArrayLike<number>; y: ArrayLike<number> };

/**
 * @example lineChart({ cosine: rates }, { title: "Learning rate", x: "step" })
 * @throws GradbookError when a series' x and y differ in length
 */
export function lineChart(series: Record<string, Line>, options: LineChartOptions = {}): Displayable {
  const lines = Object.entries(series).map(([name, line]) => ({ name, ...pointsOf(name, line) }));
  const data = lines.map(({ name, x, y }, index) => ({
    type: "scatter",
    mode: options.markers ? "lines+markers" : "lines",
    name,
    x,
    y,
    line: { color: colorOf(index), dash: dashOf(index), width: 2 },
    marker: { color: colorOf(index), size: 6 },
  }));
  const layout = layoutOf(options);
  Object.assign(layout.xaxis as object, { type: options.xScale ?? "linear" });
  Object.assign(layout.yaxis as object, { type: options.yScale ?? "linear" });
  Object.assign(layout, {
    hovermode: "x unified",
    showlegend: lines.length > 1,
    legend: TOP_LEGEND,
  });
  const ends = lines.map(({ name, y }) => `${name} from ${short(y[0])} to ${short(y[y.length - 1])}`);
  return figure(data, layout, `${options.title ?? "line chart"}: ${ends.join("; ")}`);
}

function pointsOf(name: string, line: Line): { x: number[]; y: number[] } {
  if (!("y" in line)) return { x: Array.from(line, (_, index) => index), y: Array.from(line) };
  if (line.x.length !== line.y.length) {
    const got = `${line.x.length} and ${line.y.length}`;
    fail("lineChart", { expected: `as many x as y values in series ${name}`, got });
  }
  return { x: Array.from(line.x), y: Array.from(line.y) };
}
