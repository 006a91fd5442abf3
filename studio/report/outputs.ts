/**
 * The outputs of one cell → HTML: the richest representation of each that a page without a kernel can show.
 */
import type { MimeBundle, Output, WidgetModels } from "../document/index.ts";
import { RECORD_MIME } from "../document/records.ts";
import { ansiToHtml } from "./ansi.ts";
import { chartElement, chartPicture, chartTitle, PLOTLY_MIME, type PlotlyFigure } from "./charts.ts";
import { escapeHtml } from "./escape.ts";
import { widgetOutputs, widgetRows, widgetTable, type WidgetRow } from "./widgets.ts";

export interface OutputContext {
  markdown: (source: string) => string;
  highlight: (code: string, language: string) => string;
  models: WidgetModels;
  /** Pictures of charts, by figure; with it, charts are pictures instead of scripts. */
  pictures?: Map<object, string>;
}

/** Streams longer than this many lines lose their middle; the gap is marked. */
const MOST_LINES = 1000;

/** HTML of all outputs of a cell. Neighbouring parameters become one table. */
export function renderOutputs(outputs: Output[], context: OutputContext): string {
  let html = "";
  let rows: WidgetRow[] = [];
  const flush = () => {
    if (rows.length > 0) html += widgetTable(rows);
    rows = [];
  };
  for (const output of outputs) {
    const more =
      "data" in output && !output.data[PLOTLY_MIME] ? widgetRows(output.data, context.models) : undefined;
    if (more) {
      rows.push(...more);
      const kept = widgetOutputs((output as { data: MimeBundle }).data, context.models);
      if (kept.length > 0) {
        flush();
        html += renderOutputs(kept, context);
      }
    } else {
      flush();
      html += renderOutput(output, context);
    }
  }
  flush();
  return html;
}

function renderOutput(output: Output, context: OutputContext): string {
  if (output.output_type === "stream") {
    const label = output.name === "stderr" ? ' aria-label="warnings and messages"' : "";
    return `<pre class="text ${output.name}" tabindex="0"${label}>${ansiToHtml(shorten(output.text))}</pre>`;
  }
  if (output.output_type === "error") {
    const text =
      output.traceback.length > 0 ? output.traceback.join("\n") : `${output.ename}: ${output.evalue}`;
    return `<pre class="text error" tabindex="0" aria-label="error">${ansiToHtml(shorten(text))}</pre>`;
  }
  return renderBundle(output.data, output.metadata, context);
}

function renderBundle(data: MimeBundle, metadata: Record<string, unknown>, context: OutputContext): string {
  const alt = altText(data, metadata);
  if (data[PLOTLY_MIME]) return renderChart(data, alt, context);
  if (data[RECORD_MIME]) return renderRecord(data[RECORD_MIME] as { name: string; value: unknown });
  if (data["text/html"]) return `<div class="html">${String(data["text/html"])}</div>`;
  if (data["image/svg+xml"])
    return renderPicture(svgUrl(String(data["image/svg+xml"])), alt, metadata, "image/svg+xml");
  for (const mime of ["image/png", "image/jpeg", "image/gif", "image/webp"]) {
    if (data[mime]) return renderPicture(base64Url(mime, data[mime]), alt, metadata, mime);
  }
  if (data["text/markdown"])
    return `<div class="html">${context.markdown(String(data["text/markdown"]))}</div>`;
  if (data["text/latex"])
    return `<div class="html">${context.markdown(displayMath(String(data["text/latex"])))}</div>`;
  if (data["application/json"] !== undefined) {
    return context.highlight(JSON.stringify(data["application/json"], null, 2), "json");
  }
  const text = data["text/plain"];
  return text ? `<pre class="text result" tabindex="0">${ansiToHtml(shorten(String(text)))}</pre>` : "";
}

function renderChart(data: MimeBundle, alt: string, { pictures }: OutputContext): string {
  const figure = data[PLOTLY_MIME] as PlotlyFigure;
  const description = alt || chartTitle(figure);
  if (!pictures) return chartElement(figure, description);
  const stored = storedPicture(data);
  const picture = stored ?? pictures.get(figure);
  // Neither stored nor drawn: the chart's meaning in words is better than a hole.
  return picture
    ? chartPicture(picture, description)
    : `<p class="chart-text">${escapeHtml(description)}</p>`;
}

/** A picture of the chart that the front end stored beside it. */
export function storedPicture(data: MimeBundle): string | undefined {
  if (data["image/svg+xml"]) return svgUrl(String(data["image/svg+xml"]));
  return data["image/png"] ? base64Url("image/png", data["image/png"]) : undefined;
}

function renderRecord({ name, value }: { name: string; value: unknown }): string {
  return `<p class="record"><b>${escapeHtml(name)}</b> = ${escapeHtml(formatRecorded(value))}</p>`;
}

/** A recorded value for reading: whole numbers in groups of three, others in six digits, objects as JSON. */
export function formatRecorded(value: unknown): string {
  if (Number.isInteger(value)) return (value as number).toLocaleString("en-US");
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
}

function renderPicture(source: string, alt: string, metadata: Record<string, unknown>, mime: string): string {
  const size = (metadata[mime] ?? metadata) as { width?: number; height?: number };
  const attributes = (["width", "height"] as const)
    .filter((name) => typeof size[name] === "number")
    .map((name) => ` ${name}="${size[name]}"`);
  return `<figure class="picture"><img src="${escapeHtml(source)}" alt="${escapeHtml(alt)}"${attributes.join("")}></figure>`;
}

/** Words for what a picture shows: its metadata's `alt`, or the plain text when that is not just a type name. */
function altText(data: MimeBundle, metadata: Record<string, unknown>): string {
  if (typeof metadata.alt === "string") return metadata.alt;
  const text = String(data["text/plain"] ?? "");
  return text.startsWith("<") ? "" : text;
}

export function svgUrl(svg: string): string {
  return base64Url("image/svg+xml", Buffer.from(svg).toString("base64"));
}

function base64Url(mime: string, data: unknown): string {
  return `data:${mime};base64,${String(data).replace(/\s/g, "")}`;
}

/** Jupyter shows text/latex as it stands, with or without dollar signs around it. */
function displayMath(latex: string): string {
  return /^\s*(\$|\\begin)/.test(latex) ? latex : `$$\n${latex}\n$$`;
}

function shorten(text: string): string {
  const lines = text.replace(/\n$/, "").split("\n");
  if (lines.length <= MOST_LINES) return lines.join("\n");
  const half = MOST_LINES / 2;
  const gap = `… ${lines.length - MOST_LINES} lines left out …`;
  return [...lines.slice(0, half), gap, ...lines.slice(-half)].join("\n");
}
