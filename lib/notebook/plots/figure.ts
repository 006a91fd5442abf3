/**
 * What the charts have in common: size, margins, and a sentence that says what is to be seen.
 *
 * No backgrounds and no text colours: the renderer brings those of the page's theme (light or dark).
 */
import { displayable, type Displayable } from "../bundle.ts";

export const PLOTLY_MIME = "application/vnd.plotly.v1+json";

/** Options that every chart takes. */
export interface ChartOptions {
  title?: string;
  /** Title of the horizontal axis. */
  x?: string;
  /** Title of the vertical axis. */
  y?: string;
  /** Pixels. */
  height?: number;
}

/**
 * A plotly chart that shows itself in a notebook.
 *
 * @param alt the sentence for those who cannot see it, also the output's plain text
 */
export function figure(data: object[], layout: Record<string, unknown>, alt: string): Displayable {
  const common = { height: 340, margin: { l: 60, r: 16, t: layout.title ? 44 : 16, b: 48 } };
  return displayable({ [PLOTLY_MIME]: { data, layout: { ...common, ...layout } }, "text/plain": alt });
}

/** The part of a layout that the options say. */
export function layoutOf({ title, x, y, height }: ChartOptions): Record<string, unknown> {
  return {
    ...(title ? { title: titleOf(title) } : {}),
    ...(height ? { height } : {}),
    xaxis: { title: { text: x ?? "" }, zeroline: false },
    yaxis: { title: { text: y ?? "" }, zeroline: false },
  };
}

/** The names of the series in one line above the right end of the chart. */
export const TOP_LEGEND = { orientation: "h", x: 1, xanchor: "right", y: 1.02, yanchor: "bottom" } as const;

export function titleOf(text: string): object {
  return { text, x: 0, xanchor: "left", xref: "paper", font: { size: 15 } };
}

/** A number in at most four digits, for alt texts and labels. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
