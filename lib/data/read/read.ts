/**
 * The reader: files of any supported format, compressed or not, as the source of a pipeline.
 *
 * Bytes are cut into chunks here and parsed where the pipeline runs its segments. Chunk borders depend only on
 * the files, so a restart finds them again. What cannot be read is reported as a problem with its place; only a
 * missing file is an error.
 */
import { basename } from "node:path";
import { fail } from "../../core/errors.ts";
import type { Document, Problem } from "../document.ts";
import { queryRows, sqlString } from "../duckdb.ts";
import type { Chunk, Source } from "../pipeline/step.ts";
import { decodeHtml, decodeText } from "../text/decode.ts";
import { BrokenFile } from "./broken-file.ts";
import { fileBytes, smallFileBytes } from "./bytes.ts";
import { csvRecords } from "./csv.ts";
import { findFiles } from "./files.ts";
import { codeLanguageOf, formatOf, type Format } from "./formats.ts";
import { documentFromRecord, parseJsonl } from "./jsonl.ts";
import { lineBlocks } from "./line-blocks.ts";
import { parseMail, splitMbox } from "./mail.ts";
import { parseWarc, warcBlocks } from "./warc.ts";

export interface ReadOptions {
  /** Default: by file name. */
  format?: Format;
  /** Field with the text in JSONL, CSV and Parquet. Default `"text"`. */
  text?: string;
  /** Field with the name. Default `"id"`. */
  id?: string;
  /** Text files: the whole file is a document (default), or each line that is not empty. */
  split?: "file" | "line";
  /** Longest record in bytes; longer ones are problems. Default 16 MiB. */
  maxRecord?: number;
  /** Metadata for every document, e.g. `{ source: "wiki" }`. */
  metadata?: Document["metadata"];
}

interface SmallFile {
  file: string;
  format: Format;
  bytes: Uint8Array;
}

/** What travels to the parser. */
type Raw =
  | { kind: "jsonl" | "warc" | "lines"; file: string; at: number; bytes: Uint8Array }
  | { kind: "files"; files: SmallFile[] };

const CHUNK_BYTES = 2 ** 20;
const CHUNK_ROWS = 1000;

/**
 * A source of documents from files, folders or patterns.
 *
 * Formats: JSON Lines, CSV, TSV, Parquet, WARC/WET, HTML, Markdown, plain text, source code, mail (.eml, mbox);
 * each but Parquet also with .gz or .zst. Pages stay HTML until the step `html()`.
 *
 * @throws GradbookError when a path finds no file
 * @example read("crawl/*.warc.gz"), read("tweets.csv", { text: "body" }), read("docs/")
 */
export function read(paths: string | readonly string[], options: ReadOptions = {}): Source {
  return readSource({ paths: typeof paths === "string" ? [paths] : [...paths], options });
}

/** `read` with one argument, from which a worker makes its parser. */
export function readSource({ paths, options }: { paths: string[]; options: ReadOptions }): Source {
  return {
    kind: "source",
    name: paths.length === 1 ? basename(paths[0]) : "read",
    recipe: { module: import.meta.url, factory: "readSource", settings: { paths, options } },
    chunks: () => chunksOf(findFiles(paths, options.format !== undefined), options),
    parse: (raw) => parse(raw as Raw, options),
  };
}

/**
 * The documents themselves, for use without a pipeline; problems are thrown unless `onProblem` takes them.
 *
 * @example for await (const { id, text } of readDocuments("mail.jsonl")) console.log(id, text.length);
 */
export async function* readDocuments(
  paths: string | readonly string[],
  options: ReadOptions & { onProblem?: (problem: Problem) => void } = {},
): AsyncGenerator<Document> {
  const { onProblem, ...rest } = options;
  const source = read(paths, rest);
  for await (const { documents, problems, raw } of source.chunks()) {
    const parsed = raw === undefined ? { documents: documents ?? [], problems: [] } : source.parse!(raw);
    for (const problem of [...(problems ?? []), ...parsed.problems]) {
      if (!onProblem) fail(problem.where, { expected: "a readable record", got: problem.reason });
      onProblem(problem);
    }
    yield* parsed.documents;
  }
}

async function* chunksOf(files: readonly string[], options: ReadOptions): AsyncGenerator<Chunk> {
  let small: SmallFile[] = [];
  let smallBytes = 0;
  for (const file of files) {
    const format = options.format ?? formatOf(file) ?? "text";
    const streamed = STREAMED[format === "text" && options.split === "line" ? "lines" : format];
    if (streamed) {
      yield* guarded(file, streamed(file, options));
      continue;
    }
    const loaded = await loadSmall(file, options.maxRecord ?? 2 ** 24);
    if (!(loaded instanceof Uint8Array)) {
      yield { problems: [loaded] };
      continue;
    }
    small.push({ file, format, bytes: loaded });
    smallBytes += loaded.length;
    if (smallBytes < CHUNK_BYTES) continue;
    yield { raw: { kind: "files", files: small } satisfies Raw };
    [small, smallBytes] = [[], 0];
  }
  if (small.length > 0) yield { raw: { kind: "files", files: small } satisfies Raw };
}

/** Turns the end of a broken file into a problem: what came before it counts. */
async function* guarded(file: string, chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
  try {
    yield* chunks;
  } catch (error) {
    if (!(error instanceof BrokenFile)) throw error;
    yield { problems: [{ where: file, reason: "broken file", detail: error.message }] };
  }
}

const STREAMED: Partial<
  Record<Format | "lines", (file: string, options: ReadOptions) => AsyncGenerator<Chunk>>
> = {
  jsonl: (file, options) => lineChunks("jsonl", file, options),
  lines: (file, options) => lineChunks("lines", file, options),
  csv: (file, options) => tableChunks(file, ",", options),
  tsv: (file, options) => tableChunks(file, "\t", options),
  parquet: parquetChunks,
  warc: warcChunks,
};

async function* lineChunks(
  kind: "jsonl" | "lines",
  file: string,
  options: ReadOptions,
): AsyncGenerator<Chunk> {
  for await (const block of lineBlocks(fileBytes(file), { maxLine: options.maxRecord })) {
    if ("tooLongLine" in block) {
      const detail = `${block.bytes} bytes`;
      yield { problems: [{ where: `${file}:${block.tooLongLine}`, reason: "line too long", detail }] };
    } else yield { raw: { kind, file, at: block.firstLine, bytes: block.bytes } satisfies Raw };
  }
}

async function* warcChunks(file: string, options: ReadOptions): AsyncGenerator<Chunk> {
  for await (const block of warcBlocks(fileBytes(file), file, options.maxRecord)) {
    if ("problem" in block) yield { problems: [block.problem] };
    else yield { raw: { kind: "warc", file, at: block.offset, bytes: block.bytes } satisfies Raw };
  }
}

/** Quoted line ends make rows impossible to find without parsing, so tables are parsed here. */
async function* tableChunks(
  file: string,
  separator: "," | "\t",
  options: ReadOptions,
): AsyncGenerator<Chunk> {
  let chunk: Required<Pick<Chunk, "documents" | "problems">> = { documents: [], problems: [] };
  for await (const row of csvRecords(fileBytes(file), separator, file)) {
    if ("problem" in row) chunk.problems.push(row.problem);
    else addRecord(chunk, row.record, `${file}:${row.line}`, options);
    if (chunk.documents.length < CHUNK_ROWS) continue;
    yield chunk;
    chunk = { documents: [], problems: [] };
  }
  yield chunk;
}

async function* parquetChunks(file: string, options: ReadOptions): AsyncGenerator<Chunk> {
  let chunk: Required<Pick<Chunk, "documents" | "problems">> = { documents: [], problems: [] };
  let row = 0;
  try {
    for await (const record of queryRows(`SELECT * FROM read_parquet(${sqlString(file)})`)) {
      addRecord(chunk, record, `${file}:${row++}`, options);
      if (chunk.documents.length < CHUNK_ROWS) continue;
      yield chunk;
      chunk = { documents: [], problems: [] };
    }
  } catch (error) {
    chunk.problems.push({
      where: file,
      reason: "unreadable Parquet",
      detail: (error as Error).message.slice(0, 200),
    });
  }
  yield chunk;
}

function addRecord(
  chunk: { documents: Document[]; problems: Problem[] },
  record: Record<string, unknown>,
  where: string,
  { text = "text", id = "id", metadata }: ReadOptions,
): void {
  const made = documentFromRecord(record, text, id, where);
  if ("reason" in made) chunk.problems.push(made);
  else chunk.documents.push(withMetadata(made, metadata));
}

function parse(raw: Raw, options: ReadOptions): { documents: Document[]; problems: Problem[] } {
  const parsed = parseRaw(raw, options);
  const { metadata } = options;
  return metadata
    ? { ...parsed, documents: parsed.documents.map((one) => withMetadata(one, metadata)) }
    : parsed;
}

function parseRaw(raw: Raw, options: ReadOptions): { documents: Document[]; problems: Problem[] } {
  if (!("files" in raw)) {
    if (raw.kind === "jsonl") return parseJsonl(raw.bytes, raw.file, raw.at, options);
    if (raw.kind === "warc") return parseWarc(raw.bytes, raw.file, raw.at);
    return { documents: documentsOfLines(raw.bytes, raw.file, raw.at), problems: [] };
  }
  const documents: Document[] = [];
  const problems: Problem[] = [];
  for (const { file, format, bytes } of raw.files) {
    if (
      format !== "mail" &&
      format !== "mbox" &&
      bytes.subarray(0, 8192).includes(0) &&
      decodeText(bytes).charset === "utf-8"
    )
      problems.push({ where: file, reason: "binary file" });
    else documents.push(...documentsOfFile(file, format, bytes));
  }
  return { documents, problems };
}

function documentsOfFile(file: string, format: Format, bytes: Uint8Array): Document[] {
  if (format === "mail") return [parseMail(bytes, file)];
  if (format === "mbox") return splitMbox(bytes).map((message, i) => parseMail(message, `${file}#${i + 1}`));
  const { text, charset } = format === "html" ? decodeHtml(bytes) : decodeText(bytes);
  const language = codeLanguageOf(file);
  const contentType = { html: "text/html", markdown: "text/markdown" }[format as string] ?? "text/plain";
  return [
    {
      id: file,
      text,
      metadata: { file, contentType, charset, ...(language ? { codeLanguage: language } : {}) },
    },
  ];
}

function documentsOfLines(bytes: Uint8Array, file: string, firstLine: number): Document[] {
  return decodeText(bytes)
    .text.split("\n")
    .map((line, i) => ({ id: `${file}:${firstLine + i}`, text: line.replace(/\r$/, ""), metadata: {} }))
    .filter(({ text }) => text !== "");
}

function withMetadata(document: Document, metadata: Document["metadata"] | undefined): Document {
  return metadata ? { ...document, metadata: { ...document.metadata, ...metadata } } : document;
}

async function loadSmall(file: string, limit: number): Promise<Uint8Array | Problem> {
  try {
    return new Uint8Array(await smallFileBytes(file, limit));
  } catch (error) {
    if (!(error instanceof BrokenFile)) throw error;
    return { where: file, reason: "broken file", detail: error.message };
  }
}
