/**
 * How often each token occurs, by rank, on two logarithmic axes: natural text makes an almost straight line
 * (Zipf's law).
 */
import type { Displayable } from "../bundle.ts";
import { figure, layoutOf, type ChartOptions } from "./figure.ts";
import { colorOf } from "./palette.ts";
import { visible } from "./visible-text.ts";

/** Points drawn at most; ranks are thinned evenly on the logarithmic axis. */
const MAX_POINTS = 400;

/** @param counts how often each token (by its text) occurs */
export function tokenFrequency(counts: ReadonlyMap<string, number>, options: ChartOptions = {}): Displayable {
  const ranked = [...counts].sort((a, b) => b[1] - a[1]);
  const points = logSpaced(ranked.length).map((rank) => ({
    rank: rank + 1,
    token: ranked[rank][0],
    count: ranked[rank][1],
  }));
  const trace = {
    type: "scatter",
    mode: "markers",
    x: points.map(({ rank }) => rank),
    y: points.map(({ count }) => count),
    text: points.map(({ token }) => visible(token)),
    marker: { color: colorOf(0), size: 6 },
    hovertemplate: "%{text}: rank %{x}, %{y} times<extra></extra>",
  };
  const layout = layoutOf({ x: "rank", y: "occurrences", ...options });
  Object.assign(layout.xaxis as object, { type: "log" });
  Object.assign(layout.yaxis as object, { type: "log" });
  const top = ranked.slice(0, 3).map(([token, count]) => `${visible(token)} ${count} times`);
  return figure(
    [trace],
    layout,
    `${options.title ?? "token frequencies"}: ${ranked.length} tokens, most frequent ${top.join(", ")}`,
  );
}

/** Indices below `length`, dense at the start, each once. */
function logSpaced(length: number): number[] {
  if (length <= MAX_POINTS) return Array.from({ length }, (_, index) => index);
  const indices = Array.from(
    { length: MAX_POINTS },
    (_, step) => Math.floor(length ** (step / (MAX_POINTS - 1))) - 1,
  );
  return [...new Set(indices)];
}
