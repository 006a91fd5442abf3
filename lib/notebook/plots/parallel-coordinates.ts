/**
 * Many records over many quantities: every quantity is a vertical axis, every record a line across them, coloured
 * by the last quantity. Shows which settings the good runs share.
 */
import type { Displayable } from "../bundle.ts";
import { figure, short, titleOf } from "./figure.ts";

/**
 * @param axes names of the quantities, left to right; the last one colours the lines
 * @example parallelCoordinates(trials, ["learningRate", "layers", "eval_loss"])
 */
export function parallelCoordinates(
  records: readonly Record<string, unknown>[],
  axes: readonly string[],
  { title = "Runs" }: { title?: string } = {},
): Displayable {
  const last = axes[axes.length - 1];
  const results = records.map((record) => Number(record[last]));
  const trace = {
    type: "parcoords",
    // Cividis is made for colour-blind readers; reversed, because low (dark) results are the good ones.
    line: { color: results, colorscale: "Cividis", showscale: true, reversescale: true },
    dimensions: axes.map((name) =>
      dimension(
        name,
        records.map((record) => record[name]),
      ),
    ),
  };
  const finite = results.filter(Number.isFinite);
  const range = finite.length
    ? `${last} from ${short(Math.min(...finite))} to ${short(Math.max(...finite))}`
    : "no results";
  const layout = { title: titleOf(title), margin: { l: 80, r: 40, t: 90, b: 30 } };
  return figure([trace], layout, `${title}: ${records.length} records over ${axes.join(", ")}; ${range}`);
}

/** An axis: numbers by their size (their logarithm, when they span decades), other values by name. */
function dimension(name: string, values: unknown[]): object {
  if (!values.every((value) => typeof value === "number")) {
    const names = [...new Set(values.map(String))];
    const places = values.map((value) => names.indexOf(String(value)));
    return { label: name, values: places, tickvals: names.map((_, index) => index), ticktext: names };
  }
  const positive = values.every((value) => value > 0);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!positive || high / low < 100) return { label: name, values };
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  return {
    label: name,
    values: values.map(Math.log10),
    tickvals: distinct.map(Math.log10),
    ticktext: distinct.map(short),
  };
}
