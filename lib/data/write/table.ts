/**
 * Writes documents as Parquet or CSV: columns `id`, `text`, and one per metadata key of the first documents;
 * what does not fit a plain column is stored as JSON text.
 *
 * Parquet is written by DuckDB from a temporary JSON Lines file, so memory stays bounded; the result appears
 * under its name only when whole.
 */
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { fail } from "../../core/errors.ts";
import type { Document, Json } from "../document.ts";
import { openDuck, sqlString } from "../duckdb.ts";
import type { Sink } from "../pipeline/step.ts";
import { AtomicFile } from "./atomic-file.ts";
import { writeJsonl } from "./jsonl.ts";

/** A sink that writes one Parquet file (zstd-compressed). Not for runs with a checkpoint. */
export function writeParquet(path: string): Sink {
  const rows = `${path}.rows.jsonl`;
  const inner = writeJsonl(rows);
  return {
    kind: "sink",
    name: "writeParquet",
    open: () => inner.open(),
    write: (documents) => inner.write(documents.map(flatMetadata)),
    commit: () => noCommit("writeParquet", path),
    async close() {
      await inner.close();
      mkdirSync(dirname(path), { recursive: true });
      const connection = await openDuck();
      try {
        await connection.run(
          `COPY (SELECT * FROM read_json(${sqlString(rows)}, format='newline_delimited', maximum_object_size=67108864, ` +
            `sample_size=-1)) TO ${sqlString(`${path}.partial`)} (FORMAT parquet, COMPRESSION zstd)`,
        );
      } catch (error) {
        rmSync(`${path}.partial`, { force: true });
        throw error;
      } finally {
        connection.closeSync();
        rmSync(rows, { force: true });
      }
      renameSync(`${path}.partial`, path);
    },
    async abort() {
      await inner.abort();
      rmSync(rows, { force: true });
    },
  };
}

/** A sink that writes one CSV file (or TSV, by the ending), quoted by RFC 4180. Not for runs with a checkpoint. */
export function writeCsv(path: string): Sink {
  const separator = path.endsWith(".tsv") ? "\t" : ",";
  let file: AtomicFile | undefined;
  let columns: string[] | undefined;
  const row = (cells: readonly string[]) =>
    `${cells.map((cell) => quoted(cell, separator)).join(separator)}\r\n`;

  function write(documents: readonly Document[]): void {
    if (!file) fail("writeCsv", { expected: "open() before write()" });
    if (!columns && documents.length > 0) {
      columns = [...new Set(documents.flatMap(({ metadata }) => Object.keys(metadata)))];
      file.write(Buffer.from(row(["id", "text", ...columns])));
    }
    const lines = documents.map(({ id, text, metadata }) =>
      row([id, text, ...columns!.map((key) => cellOf(metadata[key]))]),
    );
    if (lines.length > 0) file.write(Buffer.from(lines.join("")));
  }

  return {
    kind: "sink",
    name: "writeCsv",
    async open() {
      columns = undefined;
      file = new AtomicFile(path);
    },
    write,
    commit: () => noCommit("writeCsv", path),
    async close() {
      if (!columns) file?.write(Buffer.from(row(["id", "text"])));
      file?.finish();
    },
    async abort() {
      file?.discard();
    },
  };
}

function noCommit(name: string, path: string): never {
  return fail(name, {
    expected: "a sink that can be continued in a run with a checkpoint",
    got: path,
    hint: "write JSON Lines to a folder, then convert it",
  });
}

function quoted(cell: string, separator: string): string {
  return /["\r\n]/.test(cell) || cell.includes(separator) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function cellOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function flatMetadata(document: Document): Document {
  const metadata = Object.fromEntries(
    Object.entries(document.metadata).map(([key, value]) => [
      key,
      typeof value === "object" && value !== null ? JSON.stringify(value) : value,
    ]),
  );
  return { ...document, metadata };
}
