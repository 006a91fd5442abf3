/**
 * Comma- or tab-separated tables (RFC 4180): quoted fields may hold separators, line ends and doubled quotes.
 *
 * The first row names the columns. A row with another number of fields, or a quote that never closes, is a
 * problem with its line number. Left out: guessing the separator, comment lines, other quotes.
 */
import { StringDecoder } from "node:string_decoder";
import type { Problem } from "../document.ts";

export interface CsvRow {
  /** The line on which the row starts, from 1. */
  line: number;
  fields: string[];
}

/**
 * The rows of a table, streamed.
 *
 * @param maxField longest field in characters; a longer one is most likely an unclosed quote (default 16 Mi)
 */
export async function* csvRows(
  stream: AsyncIterable<Uint8Array>,
  separator: "," | "\t",
  maxField = 2 ** 24,
): AsyncGenerator<CsvRow | { line: number; unclosed: string }> {
  const decoder = new StringDecoder("utf8");
  let fields: string[] = [];
  let field = "";
  let line = 1;
  let rowLine = 1;
  /** Outside quotes, inside, or just after a quote inside, which may be the first of a doubled one. */
  let state = "plain" as "plain" | "quoted" | "quote";
  let rowStarted = false;
  let first = true;

  function* feed(text: string): Generator<CsvRow> {
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text[i];
      if (state === "quoted") {
        if (unit === "\n") line++;
        if (unit !== '"') continue;
        field += text.slice(from, i);
        from = i + 1;
        state = "quote";
        continue;
      }
      if (state === "quote" && unit === '"') {
        field += '"';
        from = i + 1;
        state = "quoted";
        continue;
      }
      state = "plain";
      if (unit === '"' && field === "" && from === i) {
        state = "quoted";
        from = i + 1;
        rowStarted = true;
      } else if (unit === separator) {
        fields.push(field + text.slice(from, i));
        field = "";
        from = i + 1;
        rowStarted = true;
      } else if (unit === "\n") {
        const end = field + text.slice(from, i);
        fields.push(end.endsWith("\r") ? end.slice(0, -1) : end);
        line++;
        if (rowStarted || fields[0] !== "") yield { line: rowLine, fields };
        [fields, field, from, rowStarted, rowLine] = [[], "", i + 1, false, line];
      }
    }
    field += text.slice(from);
    if (text.length > from) rowStarted = true;
  }

  for await (const bytes of stream) {
    let text = decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    if (first && text !== "") {
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
      first = false;
    }
    yield* feed(text);
    if (field.length > maxField) break;
  }
  if (state === "quoted") yield { line: rowLine, unclosed: field.slice(0, 120) };
  else if (rowStarted || field !== "") yield { line: rowLine, fields: [...fields, field.replace(/\r$/, "")] };
}

/** The rows as objects named by the header row; empty fields stay empty strings. */
export async function* csvRecords(
  stream: AsyncIterable<Uint8Array>,
  separator: "," | "\t",
  file: string,
): AsyncGenerator<{ line: number; record: Record<string, string> } | { problem: Problem }> {
  let header: string[] | undefined;
  for await (const row of csvRows(stream, separator)) {
    const where = `${file}:${row.line}`;
    if ("unclosed" in row) yield { problem: { where, reason: "quote never closes", detail: row.unclosed } };
    else if (header === undefined) header = row.fields;
    else if (row.fields.length !== header.length) {
      const detail = `${row.fields.length} fields, the header has ${header.length}`;
      yield { problem: { where, reason: "wrong number of fields", detail } };
    } else
      yield { line: row.line, record: Object.fromEntries(header.map((name, i) => [name, row.fields[i]])) };
  }
}
