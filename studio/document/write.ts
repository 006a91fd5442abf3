/**
 * Notebook → file text, exactly as Jupyter writes it: keys sorted, one space of indent, multi-line texts as
 * line arrays, a newline at the end. A file that Jupyter saved therefore does not change when it is read and
 * written here, and git shows only real edits.
 *
 * Left out: the spelling of numbers (Python writes 1.0 and 1e-05 where JSON in JavaScript writes 1 and
 * 0.00001; the values are equal).
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { splitBundle, splitLines } from "./lines.ts";
import type { Cell, Notebook, Output } from "./notebook.ts";

/** The text of the .ipynb file. */
export function formatNotebook(notebook: Notebook): string {
  const {
    orig_nbformat: _format,
    orig_nbformat_minor: _minor,
    signature: _signature,
    ...metadata
  } = notebook.metadata;
  const file = { ...notebook, metadata, cells: notebook.cells.map(cellForFile) };
  return JSON.stringify(sortKeys(file), null, 1) + "\n";
}

/**
 * Writes the notebook so that a full disk or a crash leaves the old file whole: first a neighbour file, then a
 * rename over the old one.
 */
export function writeNotebook(path: string, notebook: Notebook): void {
  const text = formatNotebook(notebook);
  const temporary = join(dirname(path), `.~${basename(path)}.${process.pid}`);
  const mode = existsSync(path) ? statSync(path).mode : 0o666;
  try {
    const file = openSync(temporary, "w", mode);
    try {
      // Not writeSync: on a disk that is nearly full it writes a part, and says so only in its result.
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function cellForFile(cell: Cell): unknown {
  const { trusted: _trusted, ...metadata } = cell.metadata;
  const file: Record<string, unknown> = { ...cell, metadata, source: splitLines(cell.source) };
  if (cell.cell_type === "code") file.outputs = cell.outputs.map(outputForFile);
  else if (cell.attachments) {
    file.attachments = Object.fromEntries(
      Object.entries(cell.attachments).map(([name, bundle]) => [name, splitBundle(bundle)]),
    );
  }
  return file;
}

function outputForFile(output: Output): unknown {
  if (output.output_type === "stream") return { ...output, text: splitLines(output.text) };
  if (output.output_type === "error") return output;
  return { ...output, data: splitBundle(output.data) };
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => compareCodePoints(a, b))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
}

/** Python's order of strings: by code point, where JavaScript's `<` goes by UTF-16 unit. */
function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
