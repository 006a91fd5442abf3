/**
 * Showing values in a notebook cell, and the helpers that say as what: HTML, Markdown, LaTeX, SVG, PNG, JSON,
 * Vega-Lite, plotly.
 *
 * A helper's result shows itself when it is a cell's last value, or earlier through `display(…)`. Outside a
 * notebook `display` prints the plain text.
 */
import { randomUUID } from "node:crypto";
import { toBundle, displayable, type Displayable } from "./bundle.ts";
import { notebookHost, type MimeBundle } from "./host.ts";

/** An output that can be replaced later. */
export interface DisplayHandle {
  readonly id: string;
  update(value: unknown): void;
}

/**
 * Show a value now, in the middle of a cell.
 *
 * @returns a handle whose `update` replaces what was shown
 * @example
 * const status = display("reading…");
 * status.update(markdown("**done**"));
 */
export function display(value: unknown): DisplayHandle {
  const id = randomUUID();
  show(value, id, false);
  return { id, update: (next) => show(next, id, true) };
}

function show(value: unknown, displayId: string, update: boolean): void {
  const bundle = toBundle(value);
  if (bundle instanceof Promise) {
    // The place is taken at once, so that outputs keep the order of the calls.
    if (!update) send({ "text/plain": "" }, displayId, false);
    void bundle.then((made) => send(made, displayId, true));
  } else {
    send(bundle, displayId, update);
  }
}

function send(bundle: MimeBundle, displayId: string, update: boolean): void {
  const host = notebookHost();
  if (host) host.display(bundle, { displayId, update });
  else if (bundle["text/plain"]) console.log(bundle["text/plain"]);
}

/** Removes what the running cell has shown; with `wait` when the next output comes, which avoids a flicker. */
export function clearOutput({ wait = false } = {}): void {
  notebookHost()?.clearOutput(wait);
}

/** HTML source; `text` is what readers without a browser get. */
export function html(source: string, text = stripTags(source)): Displayable {
  return displayable({ "text/html": source, "text/plain": text });
}

export function markdown(source: string): Displayable {
  return displayable({ "text/markdown": source, "text/plain": source });
}

/** A formula without its dollar signs: `latex("\\frac{1}{N}\\sum_i x_i")`. */
export function latex(formula: string): Displayable {
  return displayable({ "text/latex": `$$${formula}$$`, "text/plain": formula });
}

/** An SVG drawing; `alt` describes it for those who cannot see it. */
export function svg(source: string, alt = "drawing"): Displayable {
  return displayable({ "image/svg+xml": source, "text/plain": alt });
}

/** A PNG image from its bytes. */
export function png(bytes: Uint8Array, alt = "image"): Displayable {
  return displayable({ "image/png": Buffer.from(bytes).toString("base64"), "text/plain": alt });
}

/** A value as a tree that folds. */
export function json(value: unknown): Displayable {
  return displayable({ "application/json": value, "text/plain": JSON.stringify(value, null, 2) });
}

/** A Vega-Lite 5 chart. */
export function vegaLite(spec: object, alt = "chart"): Displayable {
  return displayable({ "application/vnd.vegalite.v5+json": spec, "text/plain": alt });
}

/** A plotly chart from its traces and layout; `alt` says in a sentence what it shows. */
export function plotly(data: object[], layout: object = {}, alt = "chart"): Displayable {
  return displayable({ "application/vnd.plotly.v1+json": { data, layout }, "text/plain": alt });
}

function stripTags(source: string): string {
  return source
    .replace(/<(style|script)[\s\S]*?<\/\1>/gi, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
