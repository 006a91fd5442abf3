/**
 * The notebook document, nbformat 4.5, as it lives in memory.
 *
 * Multi-line texts are plain strings here; only the file splits them into line arrays (write.ts). Keys that
 * this file does not name (other tools' metadata) are carried through unread.
 * Source: Jupyter nbformat 4.5, "The notebook file format". Left out: nothing of 4.5.
 */
import { randomBytes } from "node:crypto";

/** MIME type → representation; JSON types hold objects, images base64, the rest strings. */
export type MimeBundle = Record<string, unknown>;

export interface StreamOutput {
  output_type: "stream";
  name: "stdout" | "stderr";
  text: string;
}

export interface DisplayOutput {
  output_type: "display_data";
  data: MimeBundle;
  metadata: Record<string, unknown>;
}

export interface ResultOutput {
  output_type: "execute_result";
  data: MimeBundle;
  metadata: Record<string, unknown>;
  execution_count: number | null;
}

export interface ErrorOutput {
  output_type: "error";
  ename: string;
  evalue: string;
  /** Lines, with ANSI colours. */
  traceback: string[];
}

export type Output = StreamOutput | DisplayOutput | ResultOutput | ErrorOutput;

export interface CellMetadata {
  tags?: string[];
  [key: string]: unknown;
}

interface CellBase {
  id: string;
  source: string;
  metadata: CellMetadata;
}

export interface CodeCell extends CellBase {
  cell_type: "code";
  execution_count: number | null;
  outputs: Output[];
}

export interface MarkdownCell extends CellBase {
  cell_type: "markdown";
  /** File name → bundle; referred to as `attachment:name` in the text. */
  attachments?: Record<string, MimeBundle>;
}

export interface RawCell extends CellBase {
  cell_type: "raw";
  attachments?: Record<string, MimeBundle>;
}

export type Cell = CodeCell | MarkdownCell | RawCell;

export interface NotebookMetadata {
  kernelspec?: { name: string; display_name: string; language?: string };
  language_info?: { name: string; [key: string]: unknown };
  [key: string]: unknown;
}

export interface Notebook {
  nbformat: 4;
  nbformat_minor: number;
  metadata: NotebookMetadata;
  cells: Cell[];
}

/** A cell id nobody else has: 8 hexadecimal digits, as Jupyter makes them. */
export function newCellId(): string {
  return randomBytes(4).toString("hex");
}

export function codeCell(source: string, metadata: CellMetadata = {}): CodeCell {
  return { cell_type: "code", id: newCellId(), source, metadata, execution_count: null, outputs: [] };
}

export function markdownCell(source: string, metadata: CellMetadata = {}): MarkdownCell {
  return { cell_type: "markdown", id: newCellId(), source, metadata };
}

export function newNotebook(cells: Cell[], metadata: NotebookMetadata = {}): Notebook {
  return { nbformat: 4, nbformat_minor: 5, metadata, cells };
}

export function isCodeCell(cell: Cell): cell is CodeCell {
  return cell.cell_type === "code";
}

export function hasTag(cell: Cell, tag: string): boolean {
  return cell.metadata.tags?.includes(tag) ?? false;
}

/** The language of the code cells, lower case; "typescript" when the file does not say. */
export function notebookLanguage(notebook: Notebook): string {
  const { language_info, kernelspec } = notebook.metadata;
  return (language_info?.name ?? kernelspec?.language ?? "typescript").toLowerCase();
}
