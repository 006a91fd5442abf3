/**
 * Older notebook files → nbformat 4.5.
 *
 * 3 (IPython, until 2014): worksheets, heading cells, `pyout`/`pyerr` and short MIME names.
 * 4.0–4.4: as 4.5, without cell ids. The ids given here follow from place and text, so reading a file twice
 * gives the same ids. Left out: formats 1 and 2.
 */
import { createHash } from "node:crypto";

/* The input is any JSON, so nothing is known of its types; validate.ts checks the result. */
type Json = Record<string, unknown>;

/** Gives each cell without an id one, and raises the minor version to 5. Works in place. */
export function upgradeMinor(notebook: Json): Json {
  if ((notebook.nbformat_minor as number) >= 5) return notebook;
  const cells = Array.isArray(notebook.cells) ? (notebook.cells as Json[]) : [];
  cells.forEach((cell, index) => {
    cell.id ??= createHash("sha256").update(`${index}\n${cell.source}`).digest("hex").slice(0, 8);
  });
  notebook.nbformat_minor = 5;
  return notebook;
}

/** nbformat 3 → 4.4 (ids are added by upgradeMinor). */
export function upgradeFrom3(old: Json): Json {
  const worksheets = (old.worksheets ?? []) as { cells?: Json[] }[];
  const { name: _name, signature: _signature, ...metadata } = (old.metadata ?? {}) as Json;
  const cells = worksheets.flatMap((sheet) => sheet.cells ?? []);
  const language = cells.find((cell) => cell.cell_type === "code")?.language ?? "python";
  return {
    nbformat: 4,
    nbformat_minor: 4,
    metadata: { language_info: { name: language }, ...metadata },
    cells: cells.map(cellFrom3),
  };
}

function cellFrom3(cell: Json): Json {
  const metadata = { ...((cell.metadata ?? {}) as Json) };
  if (cell.cell_type === "code") {
    if (cell.collapsed) metadata.collapsed = true;
    return {
      cell_type: "code",
      metadata,
      source: text(cell.input),
      execution_count: cell.prompt_number ?? null,
      outputs: ((cell.outputs ?? []) as Json[]).map(outputFrom3),
    };
  }
  if (cell.cell_type === "heading") {
    const title = text(cell.source).split("\n").join(" ");
    const marks = "#".repeat(Number(cell.level ?? 1));
    return { cell_type: "markdown", metadata, source: `${marks} ${title}` };
  }
  const cell_type = cell.cell_type === "html" ? "markdown" : cell.cell_type;
  return { cell_type, metadata, source: text(cell.source) };
}

const MIME_OF_3: Record<string, string> = {
  text: "text/plain",
  html: "text/html",
  svg: "image/svg+xml",
  png: "image/png",
  jpeg: "image/jpeg",
  latex: "text/latex",
  json: "application/json",
  javascript: "application/javascript",
};

function outputFrom3(output: Json): Json {
  if (output.output_type === "stream") {
    return { output_type: "stream", name: output.stream ?? "stdout", text: text(output.text) };
  }
  if (output.output_type === "pyerr") {
    const { ename = "", evalue = "", traceback = [] } = output;
    return { output_type: "error", ename, evalue, traceback };
  }
  const data: Json = {};
  for (const [short, mime] of Object.entries(MIME_OF_3)) {
    if (short in output)
      data[mime] = short === "json" ? JSON.parse(text(output[short])) : text(output[short]);
  }
  const metadata = output.metadata ?? {};
  return output.output_type === "pyout"
    ? { output_type: "execute_result", data, metadata, execution_count: output.prompt_number ?? null }
    : { output_type: "display_data", data, metadata };
}

function text(value: unknown): string {
  return Array.isArray(value) ? value.join("") : String(value ?? "");
}
