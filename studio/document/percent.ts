/**
 * Notebook ↔ script in the percent format (jupytext, VS Code, Spyder): cells start at `// %%` lines, so that
 * a notebook can be edited, reviewed and type-checked as one file.
 *
 * The round trip notebook → script → notebook is exact: cell texts, ids, cell and notebook metadata. Only
 * outputs stay behind; that is the point of the script.
 *
 *   // ---
 *   // jupyter:
 *   //   kernelspec: …
 *   // ---
 *
 *   // %% [markdown] id="1f0c…"
 *   // # Title
 *
 *   // %% id="77ab…" tags=["parameters"]
 *   const steps = 100;
 *
 * A line of a cell that itself looks like a `// %%` marker is kept apart by one more `// `.
 * Left out: attachments, and the magics that jupytext comments out.
 */
import { parse as parseYaml, stringify as stringifyYaml } from "yaml";
import { fail } from "../../lib/core/errors.ts";
import {
  newCellId,
  newNotebook,
  notebookLanguage,
  type Cell,
  type CellMetadata,
  type Notebook,
  type NotebookMetadata,
} from "./notebook.ts";

const SLASHES = new Set(["typescript", "javascript", "rust", "go", "java", "scala", "kotlin", "c++"]);

/** File extension of a script in the notebook's language: `".ts"`, `".py"`, …, `".txt"` for an unknown one. */
export function scriptExtension(notebook: Notebook): string {
  const extensions: Record<string, string> = {
    typescript: ".ts",
    javascript: ".js",
    python: ".py",
    julia: ".jl",
    r: ".r",
  };
  return extensions[notebookLanguage(notebook)] ?? ".txt";
}

/** The notebook as a percent script. */
export function toPercent(notebook: Notebook): string {
  const mark = SLASHES.has(notebookLanguage(notebook)) ? "//" : "#";
  const { widgets: _widgets, ...metadata } = notebook.metadata;
  const yaml = stringifyYaml({ jupyter: metadata }, { lineWidth: 0 }).trimEnd().split("\n");
  const header = ["---", ...yaml, "---"].map((line) => comment(line, mark)).join("\n");
  return `${header}\n\n` + notebook.cells.map((cell) => cellToPercent(cell, mark)).join("\n\n") + "\n";
}

function cellToPercent(cell: Cell, mark: string): string {
  const kind = cell.cell_type === "code" ? "" : ` [${cell.cell_type}]`;
  const { execution: _execution, ...metadata } = cell.metadata;
  const fields = Object.entries({ id: cell.id, ...metadata }).map(
    ([key, value]) => ` ${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)}=${JSON.stringify(value)}`,
  );
  const lines = cell.source.split("\n").map((line) => {
    const written = cell.cell_type === "code" ? line : comment(line, mark);
    return looksLikeMarker(written, mark) ? `${mark} ${written}` : written;
  });
  return [`${mark} %%${kind}${fields.join("")}`, ...lines].join("\n");
}

/**
 * Reads a percent script.
 * @param language of the code cells, when the script's header does not say
 * @throws GradbookError when a marker's metadata cannot be read
 */
export function fromPercent(script: string, where = "script", language = "typescript"): Notebook {
  const lines = script.replace(/\r\n/g, "\n").replace(/\n$/, "").split("\n");
  const mark = SLASHES.has(language) ? "//" : "#";
  const { metadata, rest } = readHeader(lines, mark, where);
  const starts = rest.flatMap((line, index) => (isMarker(line, mark) ? [index] : []));
  const cells = starts.map((start, index) => {
    const end = starts[index + 1] ?? rest.length;
    const body = rest.slice(start + 1, end);
    if (index < starts.length - 1 && body.at(-1) === "") body.pop(); // The blank line between two cells.
    return readCell(rest[start], body, mark, where);
  });
  const before = rest
    .slice(0, starts[0] ?? rest.length)
    .join("\n")
    .trim();
  if (before) cells.unshift(readCell(`${mark} %%`, before.split("\n"), mark, where));
  return newNotebook(cells, metadata ?? { language_info: { name: language } });
}

interface Header {
  metadata?: NotebookMetadata;
  rest: string[];
}

function readHeader(lines: string[], mark: string, where: string): Header {
  const fence = `${mark} ---`;
  const end = lines[0] === fence ? lines.indexOf(fence, 1) : -1;
  if (end < 0) return { rest: lines };
  const yaml = lines
    .slice(1, end)
    .map((line) => uncomment(line, mark))
    .join("\n");
  try {
    const { jupyter = {} } = (parseYaml(yaml) ?? {}) as {
      jupyter?: NotebookMetadata & { jupytext?: unknown };
    };
    const { jupytext: _jupytext, ...metadata } = jupyter;
    return { metadata, rest: lines.slice(end + 1) };
  } catch (cause) {
    fail(where, { expected: "YAML between the --- lines at its top", got: (cause as Error).message, cause });
  }
}

function readCell(marker: string, body: string[], mark: string, where: string): Cell {
  const [, kind, title, fields] =
    /^\S+ %%\s*(?:\[(\w+)\])?\s*((?:(?!["\w-]+=).)*?)\s*((?:"[^"]*"|[\w-]+)=.*)?$/.exec(marker)!;
  const { id, ...metadata } = readFields(fields ?? "", where, marker);
  if (title) metadata.title = title;
  const base = { id: typeof id === "string" ? id : newCellId(), metadata: metadata as CellMetadata };
  const lines = body.map((line) => (looksLikeMarker(line, mark) ? line.slice(mark.length + 1) : line));
  if (kind === "markdown" || kind === "md" || kind === "raw") {
    const source = lines.map((line) => uncomment(line, mark)).join("\n");
    return { cell_type: kind === "raw" ? "raw" : "markdown", ...base, source };
  }
  return { cell_type: "code", ...base, source: lines.join("\n"), execution_count: null, outputs: [] };
}

/** `id="a" tags=["b", "c"]` → an object: names and JSON values, the values found by trying longer ends. */
function readFields(text: string, where: string, marker: string): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  let rest = text.trim();
  while (rest !== "") {
    const [, quoted, plain, values] = /^(?:("(?:[^"\\]|\\.)*")|([\w-]+))=(.*)$/.exec(rest) ?? [];
    if (values === undefined) fail(where, { expected: `name=JSON pairs after %%`, got: `"${marker}"` });
    const end = jsonEnd(values);
    if (end === undefined) fail(where, { expected: `JSON after ${quoted ?? plain}=`, got: `"${marker}"` });
    fields[quoted ? (JSON.parse(quoted) as string) : plain] = JSON.parse(values.slice(0, end));
    rest = values.slice(end).trim();
  }
  return fields;
}

/** Length of the JSON value at the start of the text. */
function jsonEnd(text: string): number | undefined {
  for (let end = 1; end <= text.length; end++) {
    if (end < text.length && !/[\s]/.test(text[end])) continue;
    try {
      JSON.parse(text.slice(0, end));
      return end;
    } catch {
      // The value goes on after this blank.
    }
  }
  return undefined;
}

function isMarker(line: string, mark: string): boolean {
  return line.startsWith(`${mark} %%`) && !line.startsWith(`${mark} %%%`);
}

/** `// %%`, and the same behind any number of further `// `. */
function looksLikeMarker(line: string, mark: string): boolean {
  let rest = line;
  while (rest.startsWith(`${mark} ${mark} `)) rest = rest.slice(mark.length + 1);
  return isMarker(rest, mark);
}

function comment(line: string, mark: string): string {
  return line === "" ? mark : `${mark} ${line}`;
}

function uncomment(line: string, mark: string): string {
  if (line === mark) return "";
  return line.startsWith(`${mark} `) ? line.slice(mark.length + 1) : line;
}
