/**
 * A live chart as a plotly figure: drawn in the page from the live state, and kept in the notebook's file for
 * every reader that does not know the widget.
 *
 * No background and no text colours: the renderer brings those of the page's theme.
 */
import { MUTED } from "../plots/palette.ts";
import type { ChartState, Mark, SeriesSpec } from "./chart-state.ts";
import type { Points } from "./points.ts";

export interface Figure {
  data: object[];
  layout: Record<string, unknown>;
}

/** Width of the large panel when small ones stand beside it, as a share of the whole. */
const MAIN_WIDTH = 0.64;
const SIDE_START = 0.75;
const SIDE_GAP = 0.2;
/** How pale a branch is that a rewind has left. */
const LEFT_OPACITY = 0.4;
/** Letters of a mark's text that fit beside each other in the large panel of a page of usual width. */
const MARK_LETTERS = 100;
/** Pixels from one row of texts to the next. */
const MARK_ROW = 18;
/** Under the texts: visible on white and on black, and the curves still shine through. */
const MARK_GROUND = "rgba(128,128,128,0.18)";

/** The whole figure. */
export function chartFigure(state: ChartState): Figure {
  return { data: chartTraces(state), layout: chartLayout(state) };
}

function chartTraces(state: ChartState): object[] {
  return state.series.flatMap((series, index) => {
    const points = state.points[index];
    const axes = { xaxis: axisName("x", series.panel), yaxis: axisName("y", series.panel) };
    const base = {
      type: "scatter",
      name: series.name,
      legendgroup: series.name,
      showlegend: series.panel === 0 && !series.left,
      ...axes,
      ...(series.left && { opacity: LEFT_OPACITY, hoverinfo: "skip" }),
    };
    const line = { color: series.color, dash: series.dash, width: series.left ? 1.5 : 2 };
    if (series.smoothing === 0) {
      const marker = { color: series.color, size: 6 };
      return [{ ...base, ...points, mode: series.mode, line, marker, connectgaps: false }];
    }
    const raw = {
      ...base,
      ...points,
      mode: "lines",
      line: { ...line, width: 1 },
      opacity: series.left ? 0.1 : 0.3,
    };
    const smooth = {
      ...base,
      x: points.x,
      y: smoothedBetween(points, state.marks, series.smoothing * points.y.length),
      mode: "lines",
      line,
    };
    return [{ ...raw, showlegend: false, hoverinfo: "skip" }, smooth];
  });
}

/**
 * Mean of each value and its neighbours on both sides, with weights that fall off as βᵈ with the distance d:
 * sₜ = Σₖ β^|t−k|·yₖ / Σₖ β^|t−k|. With β = w/(w+1) the neighbours of one side together weigh as much as w values.
 *
 * An average of the past alone would lag behind a falling loss and make training look worse than validation.
 * Gaps stay gaps and count for nothing.
 */
export function smoothed(values: Points["y"], width: number): Points["y"] {
  const decay = width / (width + 1);
  const past = decayingSums(values, decay);
  const future = decayingSums(values.toReversed(), decay).reverse();
  // The value itself is in both sums.
  return values.map((value, t) =>
    value === null ? null : (past[t].sum + future[t].sum - value) / (past[t].weight + future[t].weight - 1),
  );
}

/**
 * `smoothed` for each stretch between two marks by itself: across a mark the curve would rise before what made it rise. The loss
 * of a marked step was measured before its update, so it belongs to what was before.
 */
export function smoothedBetween({ x, y }: Points, marks: readonly Mark[], width: number): Points["y"] {
  const starts = marks.map((mark) => x.findIndex((place) => place > mark.x)).filter((start) => start > 0);
  const borders = [0, ...new Set(starts), y.length].sort((a, b) => a - b);
  return borders.slice(1).flatMap((end, i) => smoothed(y.slice(borders[i], end), width));
}

/** For each place Σ βᵈ·y and Σ βᵈ over this value and those before it. */
function decayingSums(values: Points["y"], decay: number): { sum: number; weight: number }[] {
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    sum = decay * sum + (value ?? 0);
    weight = decay * weight + (value === null ? 0 : 1);
    return { sum, weight };
  });
}

function chartLayout(state: ChartState): Record<string, unknown> {
  const axes = state.panels.map((panel, index) => {
    const { x, y } = panelDomain(index, state.panels.length);
    return {
      [axisKey("x", index)]: {
        domain: x,
        anchor: axisName("y", index),
        title: { text: index === 0 || index === state.panels.length - 1 ? state.x : "" },
        zeroline: false,
      },
      [axisKey("y", index)]: {
        domain: y,
        anchor: axisName("x", index),
        type: panel.yScale,
        title: { text: index === 0 ? panel.title : "" },
        zeroline: false,
        exponentformat: "none",
        nticks: index === 0 ? 8 : 4,
      },
    };
  });
  return {
    ...Object.assign({}, ...axes),
    title: { text: state.title, x: 0, xanchor: "left", xref: "paper", font: { size: 15 } },
    height: state.height,
    margin: { l: 56, r: 12, t: 48, b: 48 },
    legend: { orientation: "h", x: MAIN_WIDTH, xanchor: "right", y: 1.02, yanchor: "bottom" },
    hovermode: "x unified",
    // The same value at every update, so that a zoom by hand survives new points.
    uirevision: "live",
    shapes: state.marks.map(markLine),
    annotations: [...state.panels.slice(1).map(sideTitle), ...markTexts(state)],
  };

  function sideTitle({ title }: { title: string }, side: number): object {
    const { x, y } = panelDomain(side + 1, state.panels.length);
    const place = { xref: "paper", yref: "paper", x: x[0], y: y[1], xanchor: "left", yanchor: "bottom" };
    return { ...place, text: title, showarrow: false, font: { size: 12 } };
  }
}

function markLine({ x }: Mark): object {
  const line = { color: MUTED, width: 1, dash: "dot" };
  return { type: "line", xref: "x", yref: "y domain", x0: x, x1: x, y0: 0, y1: 1, line };
}

/**
 * The texts of the marks at the top of their lines, in rows so that none covers another: right of the line, left of
 * it where the chart ends, each in the first row with space.
 */
function markTexts({ marks, points }: ChartState): object[] {
  const ends = points.flatMap(({ x }) => [...x.slice(0, 1), ...x.slice(-1)]);
  const [first, last] = [Math.min(...ends), Math.max(...ends)];
  const letter = (last - first) / MARK_LETTERS;
  const taken: [from: number, to: number][][] = [];
  return marks.map(({ x, text }) => {
    const width = (text.length + 2) * letter;
    const isLeft = x + width <= last;
    const [from, to] = isLeft ? [x, x + width] : [x - width, x];
    const isFree = (row: number): boolean => (taken[row] ?? []).every(([a, b]) => to <= a || b <= from);
    let row = 0;
    while (!isFree(row)) row++;
    (taken[row] ??= []).push([from, to]);
    const place = {
      xref: "x",
      yref: "y domain",
      x,
      y: 1,
      xanchor: isLeft ? "left" : "right",
      yanchor: "top",
    };
    const look = { text, showarrow: false, font: { size: 11 }, bgcolor: MARK_GROUND, borderpad: 1 };
    return { ...place, ...look, xshift: isLeft ? 3 : -3, yshift: -row * MARK_ROW };
  });
}

/** Where a panel lies: the first at the left, the rest stacked at the right. */
function panelDomain(index: number, count: number): { x: [number, number]; y: [number, number] } {
  if (count === 1) return { x: [0, 1], y: [0, 1] };
  if (index === 0) return { x: [0, MAIN_WIDTH], y: [0, 1] };
  const rows = count - 1;
  const height = (1 - SIDE_GAP * (rows - 1)) / rows;
  const top = 1 - (index - 1) * (height + SIDE_GAP);
  return { x: [SIDE_START, 1], y: [top - height, top] };
}

/** plotly's names: a trace says `x2`, the layout `xaxis2`; the first has no number. */
function axisName(letter: "x" | "y", panel: number): string {
  return `${letter}${panel === 0 ? "" : panel + 1}`;
}

function axisKey(letter: "x" | "y", panel: number): string {
  return `${letter}axis${panel === 0 ? "" : panel + 1}`;
}

/** What the chart shows, in a sentence: the alt text, and the plain text of the output. */
export function chartText(state: ChartState): string {
  const current = state.series.map((series, index) => ({ series, points: state.points[index] }));
  const drawn = current.filter(({ series }) => !series.left);
  const latest = drawn.flatMap(({ series, points }) => latestValue(series, points));
  const at = Math.max(...drawn.flatMap(({ points }) => points.x.slice(-1)));
  const branches = state.series.filter(({ name, left }) => left && name === state.series[0].name).length;
  const more = branches === 0 ? "" : `; earlier branches, left by a rewind: ${branches}`;
  return latest.length === 0
    ? `${state.title}: no points yet`
    : `${state.title}: ${latest.join(", ")} at ${state.x} ${at}${more}`;
}

function latestValue({ name }: SeriesSpec, { y }: Points): string[] {
  const last = y.findLast((value) => value !== null);
  return last == null ? [] : [`${name} ${Number(last.toPrecision(4))}`];
}
