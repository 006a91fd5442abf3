/**
 * plotly figures in a page: drawn by plotly.js, which the page carries once, packed.
 *
 * Packing (gzip in base64) makes a report 2 MB instead of 5; the browser unpacks it in a blink with
 * DecompressionStream, offline as well.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { COLORS } from "../../lib/notebook/plots/palette.ts";
import { escapeHtml, scriptJson } from "./escape.ts";

export const PLOTLY_MIME = "application/vnd.plotly.v1+json";
const DEFAULT_HEIGHT = 380;

export interface PlotlyFigure {
  data: object[];
  layout?: { height?: number; title?: string | { text?: string } } & Record<string, unknown>;
  frames?: object[];
}

/** The element that the page's script turns into a chart; `alt` says in words what it shows. */
export function chartElement(figure: PlotlyFigure, alt: string): string {
  const height = figure.layout?.height ?? DEFAULT_HEIGHT;
  return (
    `<figure class="chart"><script type="application/json">${scriptJson(figure)}</script>` +
    `<div class="plot" role="img" aria-label="${escapeHtml(alt)}" style="height:${height}px"></div>` +
    `<noscript><p>${escapeHtml(alt)}</p></noscript></figure>`
  );
}

/** A chart as a picture, for pages without scripts. */
export function chartPicture(source: string, alt: string): string {
  return `<figure class="chart"><img src="${escapeHtml(source)}" alt="${escapeHtml(alt)}"></figure>`;
}

/** What a chart shows when nothing else says it: its title. */
export function chartTitle({ layout }: PlotlyFigure): string {
  const title = typeof layout?.title === "string" ? layout.title : layout?.title?.text;
  return title ? `Chart: ${title}` : "Chart";
}

/** plotly.js and the script that draws the page's charts; put once, after the charts. */
export function chartScripts(): string {
  return (
    `<script type="text/plain" id="plotly">${packedPlotly()}</script>` +
    `<script type="application/json" id="chart-colors">${scriptJson(COLORS)}</script>` +
    `<script>${readFileSync(new URL("page/charts.js", import.meta.url), "utf8")}</script>`
  );
}

let packed: string | undefined;

function packedPlotly(): string {
  return (packed ??= gzipSync(readFileSync(plotlyPath()), { level: 9 }).toString("base64"));
}

/** Path of plotly.js on this machine. */
export function plotlyPath(): string {
  return createRequire(import.meta.url).resolve("plotly.js-dist-min");
}
