/**
 * WARC, the format of web crawls (ISO 28500): HTTP responses with their headers, one record after the other.
 *
 * Pages (`response` records with status 200 and an HTML or text type) and extracted texts (`conversion` records
 * of WET files) become documents; other records are passed over. HTML stays HTML; the `html()` step turns it
 * into text. A record that ends before its announced length is a problem; so is a header that cannot be read,
 * after which the reader looks for the next record.
 */
import { gunzipSync, brotliDecompressSync, inflateSync } from "node:zlib";
import type { Document, Metadata, Problem } from "../document.ts";
import { charsetOf, decodeHtml, decodeText } from "../text/decode.ts";

export interface WarcBlock {
  /** Whole records. */
  bytes: Uint8Array;
  /** Position of the first one in the uncompressed stream. */
  offset: number;
}

const MARK = Buffer.from("WARC/");
const HEADER_END = Buffer.from("\r\n\r\n");
const BLOCK_BYTES = 2 ** 20;

/**
 * Cuts a stream into blocks of whole records.
 *
 * @param maxRecord longest record in bytes (default 64 MiB); longer ones are passed over as problems
 */
export async function* warcBlocks(
  stream: AsyncIterable<Uint8Array>,
  file: string,
  maxRecord = 2 ** 26,
): AsyncGenerator<WarcBlock | { problem: Problem }> {
  let held: Buffer = Buffer.alloc(0);
  let offset = 0;
  /** End of the whole records in `held`. */
  let whole = 0;
  let skip = 0;

  try {
    for await (const bytes of stream) {
      held = Buffer.concat([held, bytes]);
      for (;;) {
        if (skip > 0) {
          const gone = Math.min(skip, held.length - whole);
          held = Buffer.concat([held.subarray(0, whole), held.subarray(whole + gone)]);
          skip -= gone;
          if (skip > 0) break;
        }
        const length = recordLength(held.subarray(whole));
        if (length === undefined) break;
        if (length < 0) {
          yield { problem: { where: `${file}@${offset + whole}`, reason: "unreadable WARC header" } };
          const next = held.indexOf(MARK, whole + 1);
          if (whole > 0) yield takeWhole();
          const gone = next < 0 ? held.length : next;
          held = held.subarray(gone);
          offset += gone;
          continue;
        }
        if (length > maxRecord) {
          yield {
            problem: {
              where: `${file}@${offset + whole}`,
              reason: "record too long",
              detail: `${length} bytes`,
            },
          };
          if (whole > 0) yield takeWhole();
          offset += length;
          skip = length;
          continue;
        }
        if (held.length < whole + length) break;
        whole += length;
      }
      if (whole >= BLOCK_BYTES) yield takeWhole();
    }
  } catch (error) {
    // The stream broke off: the whole records before the break count.
    if (whole > 0) yield takeWhole();
    throw error;
  }
  if (whole > 0) yield takeWhole();
  if (held.length > 0 && held.toString("latin1").trim() !== "")
    yield {
      problem: {
        where: `${file}@${offset}`,
        reason: "truncated WARC record",
        detail: `${held.length} bytes left`,
      },
    };

  function takeWhole(): WarcBlock {
    const block = { bytes: new Uint8Array(held.subarray(0, whole)), offset };
    held = held.subarray(whole);
    offset += whole;
    whole = 0;
    return block;
  }
}

/** Bytes of the record at the start, undefined when more are needed to know, -1 when it is no record. */
function recordLength(bytes: Buffer): number | undefined {
  if (bytes.length < MARK.length) return undefined;
  if (!bytes.subarray(0, MARK.length).equals(MARK)) return -1;
  const headerEnd = bytes.indexOf(HEADER_END);
  if (headerEnd < 0) return bytes.length > 2 ** 20 ? -1 : undefined;
  const length = /^content-length:\s*(\d+)\s*$/im.exec(bytes.toString("latin1", 0, headerEnd))?.[1];
  return length === undefined ? -1 : headerEnd + 4 + Number(length) + 4;
}

/** The documents of a block of whole records. */
export function parseWarc(
  bytes: Uint8Array,
  file: string,
  offset: number,
): { documents: Document[]; problems: Problem[] } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const documents: Document[] = [];
  const problems: Problem[] = [];
  for (let at = 0; at < buffer.length;) {
    const length = recordLength(buffer.subarray(at))!;
    const where = `${file}@${offset + at}`;
    const headerEnd = buffer.indexOf(HEADER_END, at);
    const headers = headersOf(buffer.toString("utf8", at, headerEnd));
    const body = buffer.subarray(headerEnd + 4, at + length - 4);
    at += length;
    try {
      const document = documentOf(headers, body);
      if (document)
        documents.push({ id: (headers.get("warc-record-id") ?? where).replace(/^<|>$/g, ""), ...document });
    } catch (error) {
      problems.push({ where, reason: "unreadable HTTP body", detail: (error as Error).message });
    }
  }
  return { documents, problems };
}

function documentOf(headers: Map<string, string>, body: Buffer): Omit<Document, "id"> | undefined {
  const metadata: Metadata = {};
  const url = headers.get("warc-target-uri");
  if (url) metadata.url = url.replace(/^<|>$/g, "");
  const date = headers.get("warc-date");
  if (date) metadata.date = date;
  const type = headers.get("warc-type");
  if (type === "conversion") return { text: decodeText(body, "utf-8").text, metadata };
  if (type !== "response") return undefined;

  const headEnd = body.indexOf(HEADER_END);
  if (headEnd < 0) return undefined;
  const head = body.toString("latin1", 0, headEnd);
  if (!/^HTTP\/[\d.]+ 200\b/.test(head)) return undefined;
  const http = headersOf(head);
  const contentType = http.get("content-type") ?? "text/html";
  const html = /html/i.test(contentType);
  if (!html && !/^text\/plain/i.test(contentType)) return undefined;
  const content = uncompressed(dechunked(body.subarray(headEnd + 4), http), http);
  const { text, charset } = (html ? decodeHtml : decodeText)(content, charsetOf(contentType));
  return { text, metadata: { ...metadata, contentType: html ? "text/html" : "text/plain", charset } };
}

function headersOf(block: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of block.split("\r\n").slice(1)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

/** Crawlers store bodies decoded, but keep the header that says otherwise: only what looks chunked is unpacked. */
function dechunked(body: Buffer, headers: Map<string, string>): Buffer {
  if (!/chunked/i.test(headers.get("transfer-encoding") ?? "")) return body;
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = lineEnd < 0 ? "" : body.toString("latin1", at, lineEnd);
    if (!/^[0-9a-f]+(;.*)?$/i.test(size)) return parts.length > 0 ? Buffer.concat(parts) : body;
    const bytes = parseInt(size, 16);
    if (bytes === 0) break;
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + bytes));
    at = lineEnd + 2 + bytes + 2;
  }
  return Buffer.concat(parts);
}

/** Undoes Content-Encoding where the body still has it (the same caveat as for chunks). */
function uncompressed(body: Buffer, headers: Map<string, string>): Buffer {
  const encoding = headers.get("content-encoding")?.toLowerCase() ?? "";
  if (encoding.includes("gzip") && body[0] === 0x1f && body[1] === 0x8b) return gunzipSync(body);
  if (encoding === "br" && body[0] !== 0x3c) return brotliDecompressSync(body);
  if (encoding === "deflate" && (body[0] & 0x0f) === 8) return inflateSync(body);
  return body;
}
