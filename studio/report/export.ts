/**
 * One notebook → one report, in any of the formats, ready to be saved or sent.
 */
import { basename, dirname } from "node:path";
import { readNotebook, scriptExtension, toPercent, type Notebook } from "../document/index.ts";
import { findBrowser } from "./browser.ts";
import { chartPictures } from "./chart-pictures.ts";
import { readFormat } from "./formats.ts";
import { renderHtml, type HtmlOptions } from "./html.ts";
import { renderMarkdown, type MarkdownOptions } from "./markdown-report.ts";
import { htmlToPdf, printingHtml } from "./pdf.ts";
import type { CodeMode } from "./tags.ts";

export interface ExportOptions {
  /** Code cells shown (default), folded, or left out. */
  code?: CodeMode;
  /** Charts as pictures, no scripts: under 500 kB. */
  light?: boolean;
  /** Table of contents; by default when there are at least three headings. */
  contents?: boolean;
  /** Path of the browser that prints and draws; null for none, by default the one that is found. */
  browser?: string | null;
  /** Pictures of a Markdown report as files of their own (GitHub shows no data URLs) instead of inside it. */
  imageFiles?: boolean;
}

export interface Export {
  /** File name for saving, e.g. `01-train.html`. */
  name: string;
  /** Content-Type, with the charset of texts. */
  mime: string;
  data: string | Buffer;
  /** Something the user should know, e.g. that no browser was found to print with. */
  note?: string;
  /** Pictures that belong beside the file, with their paths relative to it. */
  images?: { name: string; data: Buffer }[];
}

/**
 * Exports a saved notebook. Nothing is executed.
 * @throws GradbookError for an unknown format, a file that is no notebook, a browser that does not start
 */
export async function exportNotebook(
  format: string,
  file: string,
  options: ExportOptions = {},
): Promise<Export> {
  return exportDocument(format, readNotebook(file), file, options);
}

/** As exportNotebook, for a notebook in memory; `file` gives the name and the folder of its images. */
export async function exportDocument(
  format: string,
  notebook: Notebook,
  file: string,
  options: ExportOptions = {},
): Promise<Export> {
  const stem = basename(file, ".ipynb");
  const settings = { name: stem, folder: dirname(file), code: options.code, contents: options.contents };
  const browser = () => (options.browser === undefined ? findBrowser() : (options.browser ?? undefined));
  switch (readFormat(format)) {
    case "html": {
      const pictures = options.light ? await chartPictures(notebook, browser()) : undefined;
      const data = await renderHtml(notebook, { ...settings, pictures });
      return { name: `${stem}.html`, mime: "text/html; charset=utf-8", data };
    }
    case "pdf":
      return pdf(notebook, stem, settings, browser());
    case "md":
      return markdown(
        notebook,
        stem,
        { ...settings, pictures: await chartPictures(notebook, browser()) },
        options,
      );
    case "script": {
      const extension = scriptExtension(notebook);
      const mime = extension === ".ts" ? "text/x-typescript; charset=utf-8" : "text/plain; charset=utf-8";
      return { name: stem + extension, mime, data: toPercent(notebook) };
    }
  }
}

async function pdf(
  notebook: Notebook,
  stem: string,
  settings: HtmlOptions,
  browser: string | undefined,
): Promise<Export> {
  const page = await renderHtml(notebook, settings);
  if (browser) return { name: `${stem}.pdf`, mime: "application/pdf", data: await htmlToPdf(page, browser) };
  return {
    name: `${stem}.html`,
    mime: "text/html; charset=utf-8",
    data: printingHtml(page),
    note:
      "no Chrome, Chromium or Edge was found to print with: this HTML file opens the print dialog by itself, " +
      'choose "Save as PDF" there; or install one of them, or set CHROME_PATH',
  };
}

function markdown(
  notebook: Notebook,
  stem: string,
  settings: MarkdownOptions,
  { imageFiles }: ExportOptions,
): Export {
  const images: { name: string; data: Buffer }[] = [];
  const saveImage = (url: string) => {
    const [, type, base64] = /^data:image\/(\w+)[^,]*,(.*)$/s.exec(url)!;
    const name = `${stem}_files/${images.length + 1}.${type}`;
    images.push({ name, data: Buffer.from(base64, "base64") });
    return encodeURI(name);
  };
  const data = renderMarkdown(notebook, imageFiles ? { ...settings, saveImage } : settings);
  return { name: `${stem}.md`, mime: "text/markdown; charset=utf-8", data, images };
}
