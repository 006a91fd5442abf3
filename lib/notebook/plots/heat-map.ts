/** A matrix as colours, from transparent (low) to blue (high), which reads on light and on dark pages. */
import type { Displayable } from "../bundle.ts";
import { figure, layoutOf, short, type ChartOptions } from "./figure.ts";
import { visible } from "./visible-text.ts";

/** Rows of numbers; null leaves a cell empty. */
export type Matrix = ArrayLike<ArrayLike<number | null>>;

export const FADE_IN = [
  [0, "rgba(10,120,194,0)"],
  [1, "rgba(10,120,194,1)"],
];

export interface HeatMapOptions extends ChartOptions {
  /** Labels of the columns, left to right. */
  columns?: readonly string[];
  /** Labels of the rows, top to bottom. */
  rows?: readonly string[];
}

/** @example heatMap(confusion, { rows: labels, columns: labels, x: "predicted", y: "true" }) */
export function heatMap(matrix: Matrix, options: HeatMapOptions = {}): Displayable {
  const rows = roundedRows(matrix);
  const trace = {
    type: "heatmap",
    z: rows,
    colorscale: FADE_IN,
    hoverongaps: false,
    hovertemplate: "%{z}<extra></extra>",
  };
  const layout = layoutOf(options);
  Object.assign(layout.xaxis as object, ticks(options.columns), { showgrid: false });
  Object.assign(layout.yaxis as object, ticks(options.rows), { showgrid: false, autorange: "reversed" });
  const flat = rows.flat().filter((value) => value !== null);
  const size = `${rows.length} × ${rows[0]?.length ?? 0} values`;
  const range = flat.length ? ` from ${short(Math.min(...flat))} to ${short(Math.max(...flat))}` : "";
  return figure([trace], layout, `${options.title ?? "heat map"}: ${size}${range}`);
}

/** Four digits are more than a colour shows, and keep the file small. */
export function roundedRows(matrix: Matrix): (number | null)[][] {
  return Array.from(matrix, (row) =>
    Array.from(row, (value) =>
      value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(4)),
    ),
  );
}

/** Numbered positions with labels: equal labels would be merged if they were the positions. */
export function ticks(labels: readonly string[] | undefined): object {
  return labels ? { tickvals: labels.map((_, index) => index), ticktext: labels.map(visible) } : {};
}
