/** `/gradbook/api/course`: the notebooks named `NN-title.ipynb`, with what they are about and how far one is. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { Hono } from "hono";
import { isCodeCell, type Notebook } from "../document/notebook.ts";
import { readNotebook } from "../document/read.ts";
import type { Chapter } from "../lab/chapter.ts";
import { cleanPath, type RootFolder } from "./contents/root-folder.ts";
import type { Sessions } from "./kernels/sessions.ts";

const CHAPTER_FILE = /^(\d+)-.*\.ipynb$/;
/** Characters of the summary. */
const SUMMARY_LENGTH = 240;

export function courseRoutes(root: RootFolder, sessions: Sessions): Hono {
  const routes = new Hono();
  routes.get("/gradbook/api/course", (c) => {
    // The course lies in `notebooks/`, or is itself what is served.
    const folder = existsSync(path.join(root.path, "notebooks")) ? "notebooks" : "";
    const names = readdirSync(root.resolve(folder)).filter((name) => CHAPTER_FILE.test(name));
    const chapters = names.sort().flatMap((name) => {
      const apiPath = cleanPath(`${folder}/${name}`);
      try {
        const notebook = readNotebook(root.resolve(apiPath));
        return [describe(apiPath, notebook, sessions.kernelOf(apiPath) !== undefined)];
      } catch {
        return []; // A broken notebook says what is wrong when it is opened.
      }
    });
    return c.json(chapters);
  });
  return routes;
}

/** Exported for its test. */
export function describe(apiPath: string, notebook: Notebook, isRunning: boolean): Chapter {
  const name = path.posix.basename(apiPath);
  const text = notebook.cells.find((cell) => cell.cell_type === "markdown")?.source ?? "";
  const [, heading, rest] = /^#\s+(.+)\n*([^]*)/.exec(text) ?? [
    undefined,
    name.replace(/\.ipynb$/, ""),
    text,
  ];
  const code = notebook.cells.filter(isCodeCell);
  return {
    path: apiPath,
    number: Number(CHAPTER_FILE.exec(name)?.[1] ?? 0),
    title: plain(heading),
    summary: shorten(plain(rest.split(/\n\s*\n/)[0])),
    codeCells: code.length,
    ranCells: code.filter((cell) => cell.execution_count !== null).length,
    isRunning,
  };
}

/** Markdown without its marks. */
function plain(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[*_`]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** Cut at the end of a sentence, else of a word. */
function shorten(text: string): string {
  if (text.length <= SUMMARY_LENGTH) return text;
  const start = text.slice(0, SUMMARY_LENGTH);
  const sentence = /^[^]*[.!?](?=\s)/.exec(start)?.[0];
  return sentence ?? `${start.slice(0, start.lastIndexOf(" "))} …`;
}
