/**
 * A folder of reports as a small site: an index with a card per notebook, and links between neighbours.
 *
 * Left out: search and themes; the pages are plain files that any web server, or none, can serve.
 */
import { basename, dirname } from "node:path";
import { formatDuration } from "../../lib/core/progress.ts";
import { isCodeCell, readNotebook, type Notebook } from "../document/index.ts";
import { escapeHtml } from "./escape.ts";
import { takeFrontMatter, type Front } from "./front-matter.ts";
import { executionSeconds, renderHtml, renderResults, type HtmlOptions, type Link } from "./html.ts";
import { pageShell, renderTitle } from "./page.ts";

export interface SiteOptions extends Pick<HtmlOptions, "code"> {
  /** Title of the index. */
  title: string;
  description?: string;
  /** Pictures of a notebook's charts, when its page should have no scripts. */
  pictures?: (notebook: Notebook) => Promise<Map<object, string>>;
}

export interface SiteFile {
  name: string;
  data: string;
}

interface Chapter extends Link {
  file: string;
  notebook: Notebook;
  front: Front;
}

/**
 * The pages of a site: `index.html` first, then one per notebook in the order given.
 * @throws GradbookError when a file is no notebook
 */
export async function renderSite(files: string[], options: SiteOptions): Promise<SiteFile[]> {
  const chapters = files.map(readChapter);
  const index: Link = { title: options.title, href: "index.html" };
  const pages: SiteFile[] = [{ name: index.href, data: renderIndex(chapters, options) }];
  for (const [place, { file, notebook, href }] of chapters.entries()) {
    const data = await renderHtml(notebook, {
      name: basename(file, ".ipynb"),
      folder: dirname(file),
      code: options.code,
      pictures: await options.pictures?.(notebook),
      navigation: { index, previous: chapters[place - 1], next: chapters[place + 1] },
    });
    pages.push({ name: href, data });
  }
  return pages;
}

function readChapter(file: string): Chapter {
  const notebook = readNotebook(file);
  const stem = basename(file, ".ipynb");
  const { front } = takeFrontMatter(notebook, stem);
  return { file, notebook, front, title: front.title, href: `${stem}.html` };
}

function renderIndex(chapters: Chapter[], { title, description }: SiteOptions): string {
  const front: Front = { title, description, authors: [] };
  const cards = chapters.map(renderCard).join("\n");
  return pageShell({ front, main: `${renderTitle(front)}\n<ol class="cards" id="text">\n${cards}\n</ol>` });
}

function renderCard({ front, notebook, href }: Chapter): string {
  const summary = front.description ?? firstParagraph(notebook);
  const lines = [
    `<h2><a href="${escapeHtml(href)}">${escapeHtml(front.title)}</a></h2>`,
    summary && `<p>${escapeHtml(summary)}</p>`,
    `<p class="byline">${escapeHtml(describe(notebook, front))}</p>`,
    renderResults(notebook),
  ];
  return `<li>${lines.filter(Boolean).join("")}</li>`;
}

/** `"Ada · 2026-11-21 · 14 cells · ran 52 s"`; says when the run failed or never was. */
function describe(notebook: Notebook, { authors, date }: Front): string {
  const code = notebook.cells.filter(isCodeCell);
  const seconds = code.reduce((sum, cell) => sum + (executionSeconds(cell) ?? 0), 0);
  const failed = code.some((cell) => cell.outputs.some(({ output_type }) => output_type === "error"));
  const state = failed ? "with an error" : seconds > 0 ? `ran ${formatDuration(seconds)}` : "not executed";
  const parts = [authors.join(", "), date, `${notebook.cells.length} cells`, state];
  return parts.filter((part) => part !== undefined && part !== "").join(" · ");
}

/** The first paragraph of text, without Markdown's marks. */
function firstParagraph(notebook: Notebook): string | undefined {
  const texts = takeFrontMatter(notebook, "").notebook.cells.filter(
    ({ cell_type }) => cell_type === "markdown",
  );
  const paragraphs = texts
    .flatMap(({ source }) => source.split(/\n\s*\n/))
    .map((paragraph) => paragraph.trim());
  const first = paragraphs.find((paragraph) => /^[^#|>$\-*<![\d\s]/.test(paragraph));
  return first
    ?.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[*_`]/g, "")
    .replace(/\s+/g, " ");
}
