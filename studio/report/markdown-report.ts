/**
 * Notebook → Markdown (GitHub's), for READMEs, wikis and reviews: text as it is, code fenced, outputs as text,
 * tables, pictures.
 */
import {
  isCodeCell,
  notebookLanguage,
  widgetModels,
  type Cell,
  type CodeCell,
  type MimeBundle,
  type Notebook,
  type Output,
  type WidgetModels,
} from "../document/index.ts";
import { stripAnsi } from "./ansi.ts";
import { PLOTLY_MIME } from "./charts.ts";
import { takeFrontMatter } from "./front-matter.ts";
import { formatRecorded, storedPicture } from "./outputs.ts";
import { cellView, type CodeMode } from "./tags.ts";
import { widgetRows, type WidgetRow } from "./widgets.ts";

export interface MarkdownOptions {
  name?: string;
  code?: CodeMode;
  /** Pictures of charts by figure (`chartPictures`). */
  pictures?: Map<object, string>;
  /** Takes an image (a data URL) and returns the link to it; by default the data URL itself. */
  saveImage?: (dataUrl: string) => string;
}

interface Context {
  language: string;
  code: CodeMode;
  models: WidgetModels;
  pictures: Map<object, string>;
  saveImage: (dataUrl: string) => string;
}

/** The report as the text of an .md file. */
export function renderMarkdown(source: Notebook, options: MarkdownOptions = {}): string {
  const { front, notebook } = takeFrontMatter(source, options.name ?? "Notebook");
  const context: Context = {
    language: notebookLanguage(notebook),
    code: options.code ?? "show",
    models: widgetModels(source),
    pictures: options.pictures ?? new Map(),
    saveImage: options.saveImage ?? ((url) => url),
  };
  const cells = notebook.cells.map((cell) => renderCell(cell, context)).filter((text) => text !== "");
  const hasTitle = /^\s*# /.test(cells[0] ?? "");
  const byline = [front.authors.join(", "), front.date].filter(Boolean).join(" · ");
  const head = [!hasTitle && `# ${front.title}`, front.subtitle && `*${front.subtitle}*`, byline].filter(
    Boolean,
  );
  return [...(hasTitle ? [] : head), ...cells].join("\n\n") + "\n";
}

function renderCell(cell: Cell, context: Context): string {
  const view = cellView(cell, context.code);
  if (view.cell === "removed") return "";
  if (cell.cell_type === "markdown") return attachedImages(cell.source, cell.attachments, context).trim();
  if (!isCodeCell(cell)) return cell.metadata.raw_mimetype === "text/markdown" ? cell.source.trim() : "";
  const input =
    view.input === "removed" || cell.source.trim() === "" ? "" : fence(cell.source, context.language);
  const outputs = view.output === "removed" ? [] : renderOutputs(cell, context);
  return [input, ...outputs].filter((text) => text !== "").join("\n\n");
}

function attachedImages(
  source: string,
  attachments: Record<string, MimeBundle> = {},
  context: Context,
): string {
  return source.replace(/\(attachment:([^)\s]+)\)/g, (whole, name: string) => {
    const [mime, data] = Object.entries(attachments[name] ?? {})[0] ?? [];
    return mime ? `(${context.saveImage(`data:${mime};base64,${String(data).replace(/\s/g, "")}`)})` : whole;
  });
}

function renderOutputs(cell: CodeCell, context: Context): string[] {
  const parts: string[] = [];
  let rows: WidgetRow[] = [];
  const flush = () => {
    if (rows.length > 0) parts.push(widgetTable(rows));
    rows = [];
  };
  for (const output of cell.outputs) {
    const more =
      "data" in output && !output.data[PLOTLY_MIME] ? widgetRows(output.data, context.models) : undefined;
    if (more) rows.push(...more);
    else {
      flush();
      parts.push(renderOutput(output, context));
    }
  }
  flush();
  return parts;
}

function renderOutput(output: Output, context: Context): string {
  if (output.output_type === "stream") return fence(output.text.replace(/\n$/, ""), "text");
  if (output.output_type === "error") {
    return fence(output.traceback.join("\n") || `${output.ename}: ${output.evalue}`, "text");
  }
  const { data } = output;
  const text = String(data["text/plain"] ?? "");
  const figure = data[PLOTLY_MIME] as object | undefined;
  const picture = storedPicture(data) ?? (figure && context.pictures.get(figure));
  if (picture) return `![${text.replace(/[[\]\n]/g, " ").trim() || "chart"}](${context.saveImage(picture)})`;
  const recorded = data["application/vnd.gradbook.record+json"] as
    { name: string; value: unknown } | undefined;
  if (recorded) return `**${recorded.name}** = ${formatRecorded(recorded.value)}`;
  if (data["text/markdown"]) return String(data["text/markdown"]).trim();
  if (data["text/latex"]) return String(data["text/latex"]).trim();
  if (data["text/html"] && /<table/i.test(String(data["text/html"]))) return String(data["text/html"]).trim();
  return text === "" ? "" : fence(text, "text");
}

/** A code fence longer than any inside the text; colours are taken out. */
function fence(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/^`{3,}/gm)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${language}\n${stripAnsi(text)}\n${ticks}`;
}

function widgetTable(rows: WidgetRow[]): string {
  const cell = (text = "") => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  const lines = rows.map(
    ({ label, value, unit, description }) =>
      `| ${cell(label)} | ${cell(value)}${unit ? ` ${cell(unit)}` : ""} | ${cell(description)} |`,
  );
  return ["| parameter | value | |", "|---|---|---|", ...lines].join("\n");
}
