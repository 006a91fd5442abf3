/**
 * What the kernel and the page say to each other about a live chart.
 *
 * The state holds everything, so that a page that opens later sees the whole curve. While points come in, only
 * the new ones travel, as custom messages; each says at which index it starts, and a page that finds a gap asks
 * for the state again.
 */
import type { Points } from "./points.ts";

/** Output of a live chart: names the widget model; a plotly figure stands beside it for other readers. */
export const LIVE_MIME = "application/vnd.gradbook.live+json";

export interface PanelSpec {
  title: string;
  yScale: "linear" | "log";
}

export interface SeriesSpec {
  name: string;
  /** Index of the panel it is drawn in. */
  panel: number;
  mode: "lines" | "markers" | "lines+markers";
  color: string;
  dash: "solid" | "dash" | "dot";
  /**
   * Width of the mean that is drawn over the raw values, as a share of the series: 0 for no mean, 0.01 for one
   * over the nearest hundredth to either side. A share, so that a short curve is not flattened.
   */
  smoothing: number;
  /** A branch that was left: drawn pale, without a place in the legend. */
  left?: boolean;
}

/** A vertical line with a text: something changed here. */
export interface Mark {
  x: number;
  text: string;
}

export interface ChartState {
  title: string;
  /** Title of the horizontal axis. */
  x: string;
  /** The first is drawn large, the others small at its side. */
  panels: PanelSpec[];
  series: SeriesSpec[];
  /** One entry per series. */
  points: Points[];
  marks: Mark[];
  /** false when no more points will come. */
  running: boolean;
  /** How much of the work is done, 0 to 1: shown in the tab's title. */
  progress?: number;
  /** Pixels. */
  height: number;
}

/** Kernel → page: the points since the last message, one entry per series. */
export interface AppendMessage {
  type: "append";
  series: ({ from: number } & Points)[];
  marks: { from: number; added: Mark[] };
}

/** Page → kernel: something was missed, send the state. */
export interface ResendMessage {
  type: "resend";
}

/**
 * Add the points of a message to a state, in place.
 *
 * @returns false, and nothing is added, when the message starts behind the end of what is there
 */
export function applyAppend(state: Pick<ChartState, "points" | "marks">, message: AppendMessage): boolean {
  const gap = message.series.some(({ from }, index) => from > (state.points[index]?.x.length ?? 0));
  if (gap || message.marks.from > state.marks.length) return false;
  message.series.forEach(({ from, x, y }, index) => {
    const points = state.points[index];
    // What the state already had when the page asked for it comes a second time: it is overwritten.
    points.x.length = points.y.length = from;
    points.x.push(...x);
    points.y.push(...y);
  });
  state.marks.length = message.marks.from;
  state.marks.push(...message.marks.added);
  return true;
}
