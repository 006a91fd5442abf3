/**
 * Notebook → one HTML file that opens anywhere, offline: text, code, outputs, charts, formulas, contents.
 *
 * Works on a notebook as it was saved or just executed; nothing is run here. Left out: scripts of outputs that
 * expect Jupyter around them (`application/javascript`).
 */
import { formatDuration } from "../../lib/core/progress.ts";
import {
  isCodeCell,
  notebookLanguage,
  recordedValues,
  widgetModels,
  type Cell,
  type CodeCell,
  type Notebook,
} from "../document/index.ts";
import { chartScripts } from "./charts.ts";
import { escapeHtml } from "./escape.ts";
import { plainHeading, takeFrontMatter, type Front } from "./front-matter.ts";
import { codeHighlighter } from "./highlight.ts";
import { katexStyle } from "./katex-style.ts";
import { markdownRenderer, type Heading, type MarkdownRenderer } from "./markdown.ts";
import { formatRecorded, renderOutputs, type OutputContext } from "./outputs.ts";
import { pageShell, renderTitle } from "./page.ts";
import { cellView, type CodeMode } from "./tags.ts";

export interface HtmlOptions {
  /** Title when the notebook has none, e.g. the file's name. */
  name?: string;
  /** Folder of the notebook: images with relative paths are inlined from there. */
  folder?: string;
  /** Code cells shown (default), folded, or left out. */
  code?: CodeMode;
  /** Table of contents; by default when there are at least three headings. */
  contents?: boolean;
  /** Pictures of charts by figure, for a page without scripts; see `chartPictures`. */
  pictures?: Map<object, string>;
  /** Links to the neighbours of a page that is part of a site. */
  navigation?: Navigation;
}

export interface Navigation {
  index: Link;
  previous?: Link;
  next?: Link;
}

export interface Link {
  title: string;
  href: string;
}

/** Cells that take less are not worth a number. */
const SHORTEST_SHOWN = 1;

/** The report as the text of an .html file. */
export async function renderHtml(source: Notebook, options: HtmlOptions = {}): Promise<string> {
  const { front, notebook } = takeFrontMatter(source, options.name ?? "Notebook");
  const language = notebookLanguage(notebook);
  const highlight = await codeHighlighter([language, "json", ...fencedLanguages(notebook)]);
  const markdown = markdownRenderer(highlight, options.folder);
  const outputs: OutputContext = {
    markdown: (text) => markdown.render(text),
    highlight,
    models: widgetModels(source),
    pictures: options.pictures,
  };
  const code = options.code ?? "show";
  const cells = withoutTitle(notebook.cells, front.title).map((cell) =>
    renderCell(cell, { code, language, markdown, outputs }),
  );
  const body = cells.join("\n");
  const headings = markdown.headings.filter(({ level }) => level <= 3);
  const contents = (options.contents ?? headings.length >= 3) ? renderContents(headings) : "";
  return renderPage({ front, source, body, contents, navigation: options.navigation });
}

interface CellContext {
  code: CodeMode;
  language: string;
  markdown: MarkdownRenderer;
  outputs: OutputContext;
}

function renderCell(cell: Cell, context: CellContext): string {
  const view = cellView(cell, context.code);
  if (view.cell === "removed") return "";
  const inner = isCodeCell(cell) ? renderCodeCell(cell, view, context) : renderTextCell(cell, context);
  if (inner === "") return "";
  const section = `<section class="cell ${cell.cell_type}">${inner}</section>`;
  return view.cell === "folded" ? fold("Hidden cell", section) : section;
}

/** Raw cells are for other formats, unless they say that they hold HTML or Markdown. */
function renderTextCell(cell: Cell, { markdown }: CellContext): string {
  if (cell.cell_type === "markdown") return markdown.render(cell.source, cell).trim();
  const format = cell.metadata.raw_mimetype ?? cell.metadata.format;
  if (format === "text/html") return cell.source;
  return format === "text/markdown" ? markdown.render(cell.source, cell).trim() : "";
}

function renderCodeCell(
  cell: CodeCell,
  view: ReturnType<typeof cellView>,
  { language, outputs }: CellContext,
): string {
  let html = "";
  if (view.input !== "removed" && cell.source.trim() !== "") {
    const open = view.input === "shown" ? " open" : "";
    const label = view.input === "shown" ? `[${cell.execution_count ?? " "}]` : "Code";
    const seconds = executionSeconds(cell);
    const time =
      seconds !== undefined && seconds >= SHORTEST_SHOWN
        ? `<span class="time">${formatDuration(seconds)}</span>`
        : "";
    const code = outputs.highlight(cell.source, language);
    html += `<details class="input"${open}><summary><span>${label}</span>${time}</summary>${code}</details>`;
  }
  if (view.output === "removed" || cell.outputs.length === 0) return html;
  const shown = renderOutputs(cell.outputs, outputs);
  return html + (view.output === "folded" ? fold("Output", shown) : shown);
}

function fold(label: string, html: string): string {
  return `<details class="folded"><summary><span>${label}</span></summary>${html}</details>`;
}

/** How long a cell ran, from the times that the front end or `gradbook run` kept; undefined without them. */
export function executionSeconds(cell: CodeCell): number | undefined {
  const times = (cell.metadata.execution ?? {}) as Record<string, string | undefined>;
  const start = Date.parse(times["iopub.execute_input"] ?? "");
  const end = Date.parse(times["iopub.status.idle"] ?? times["shell.execute_reply"] ?? "");
  return Number.isNaN(end - start) ? undefined : (end - start) / 1000;
}

/** The heading that became the page's title is not repeated in the text. */
function withoutTitle(cells: Cell[], title: string): Cell[] {
  const index = cells.findIndex((cell) => cell.cell_type === "markdown" && cell.source.trim() !== "");
  const cell = cells[index];
  const heading = cell && /^\s*# +(.+?)\s*#*(?:\n|$)/.exec(cell.source);
  if (!heading || plainHeading(heading[1]) !== title) return cells;
  return cells.with(index, { ...cell, source: cell.source.slice(heading[0].length) });
}

function fencedLanguages(notebook: Notebook): string[] {
  return notebook.cells
    .filter((cell) => cell.cell_type !== "code")
    .flatMap((cell) => [...cell.source.matchAll(/^ {0,3}(?:```|~~~)\s*([\w+-]+)/gm)].map(([, name]) => name));
}

/** Nested lists, one level per heading level. */
function renderContents(headings: Heading[]): string {
  const items = (level: number, from: number): { html: string; next: number } => {
    let html = "";
    let index = from;
    while (index < headings.length && headings[index].level >= level) {
      const { id, text } = headings[index];
      const children = items(headings[index].level + 1, index + 1);
      const nested = children.html && `<ol>${children.html}</ol>`;
      html += `<li><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a>${nested}</li>`;
      index = children.next;
    }
    return { html, next: index };
  };
  return `<nav class="contents" aria-labelledby="contents"><h2 id="contents">Contents</h2><ol>${items(1, 0).html}</ol></nav>`;
}

interface Page {
  front: Front;
  source: Notebook;
  body: string;
  contents: string;
  navigation?: Navigation;
}

function renderPage({ front, source, body, contents, navigation }: Page): string {
  const hasCharts = body.includes('<figure class="chart"><script');
  const made = `Made with gradbook from ${source.cells.length} cells${kernelName(source)}.`;
  return pageShell({
    front,
    style: katexStyle(body),
    hasContents: contents !== "",
    scripts: hasCharts ? chartScripts() : "",
    main: `${renderTitle(front, renderResults(source))}
${contents}
<div id="text">
${body}
</div>
${navigation ? renderNavigation(navigation) : ""}
<footer class="made">${escapeHtml(made)}</footer>`,
  });
}

function renderNavigation({ index, previous, next }: Navigation): string {
  const link = (to: Link | undefined, name: string, arrow: string) =>
    to
      ? `<a class="${name}" rel="${name}" href="${escapeHtml(to.href)}"><small>${arrow}</small>${escapeHtml(to.title)}</a>`
      : "";
  const links = [
    link(previous, "prev", "← before"),
    `<a class="index" href="${escapeHtml(index.href)}">${escapeHtml(index.title)}</a>`,
    link(next, "next", "next →"),
  ];
  return `<nav class="chapters no-print" aria-label="Chapters">${links.join("")}</nav>`;
}

/** What the notebook recorded, for the top, where a busy reader looks; the last value of each name. */
export function renderResults(source: Notebook): string {
  const results = new Map(recordedValues(source).map(({ name, value }) => [name, formatRecorded(value)]));
  if (results.size === 0) return "";
  const items = [...results].map(([name, value]) => {
    const long = value.length > 16 ? ' class="long"' : "";
    return `<div><dt>${escapeHtml(name)}</dt><dd${long}>${escapeHtml(value)}</dd></div>`;
  });
  return `<dl class="results" aria-label="Results">${items.join("")}</dl>`;
}

function kernelName({ metadata }: Notebook): string {
  const name = metadata.kernelspec?.display_name;
  return name ? `, kernel ${name}` : "";
}
