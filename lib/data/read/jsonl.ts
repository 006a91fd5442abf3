/**
 * JSON Lines: one JSON object per line, the format of most published corpora.
 *
 * `text` and `id` become the document's own; `metadata` (datatrove, Dolma) is spread, all other fields are kept
 * as metadata. A line that is not an object with a text is a problem with its line number.
 */
import { isUtf8 } from "node:buffer";
import type { Document, Json, Metadata, Problem } from "../document.ts";

export interface JsonlFields {
  /** Field with the text. Default `"text"`. */
  text?: string;
  /** Field with the name. Default `"id"`; documents without one are named after file and line. */
  id?: string;
}

/** Parses a block of lines; `file` and `firstLine` are for names and problems. */
export function parseJsonl(
  bytes: Uint8Array,
  file: string,
  firstLine: number,
  { text: textField = "text", id: idField = "id" }: JsonlFields = {},
): { documents: Document[]; problems: Problem[] } {
  const documents: Document[] = [];
  const problems: Problem[] = [];
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const valid = isUtf8(buffer);
  const lines = buffer.toString("utf8").split("\n");
  lines.forEach((line, i) => {
    if (line === "" || line === "\r") return;
    const where = `${file}:${firstLine + i}`;
    // Bytes that are no UTF-8 have become U+FFFD. A line may also contain that character on purpose, so where
    // the block is not valid the line's own bytes decide.
    if (!valid && line.includes("\ufffd") && !isUtf8(lineBytes(buffer, i))) {
      problems.push({ where, reason: "invalid UTF-8", detail: line.slice(0, 120) });
      return;
    }
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch (error) {
      problems.push({ where, reason: "invalid JSON", detail: (error as Error).message });
      return;
    }
    const made = documentFromRecord(parsed, textField, idField, where);
    if ("reason" in made) problems.push(made);
    else documents.push(made);
  });
  return { documents, problems };
}

/** A parsed record (a JSON object, a table row) as a document, or what is wrong with it. */
export function documentFromRecord(
  record: unknown,
  textField: string,
  idField: string,
  where: string,
): Document | Problem {
  if (typeof record !== "object" || record === null || Array.isArray(record))
    return { where, reason: "not an object", detail: JSON.stringify(record)?.slice(0, 120) };
  const { [textField]: text, [idField]: id, metadata, ...rest } = record as Record<string, Json>;
  if (typeof text !== "string")
    return {
      where,
      reason: `no text in field ${textField}`,
      detail: `fields: ${Object.keys(record).join(", ")}`.slice(0, 120),
    };
  const nested = typeof metadata === "object" && metadata !== null && !Array.isArray(metadata);
  const kept: Metadata = nested
    ? { ...rest, ...metadata }
    : metadata === undefined
      ? rest
      : { ...rest, metadata };
  return { id: typeof id === "string" || typeof id === "number" ? String(id) : where, text, metadata: kept };
}

function lineBytes(buffer: Buffer, index: number): Buffer {
  let start = 0;
  for (let i = 0; i < index; i++) start = buffer.indexOf(10, start) + 1;
  const end = buffer.indexOf(10, start);
  return buffer.subarray(start, end < 0 ? buffer.length : end);
}
