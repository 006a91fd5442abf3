/** Which reader a file name asks for. */
import { withoutCompression } from "./bytes.ts";

export type Format =
  "jsonl" | "csv" | "tsv" | "parquet" | "warc" | "html" | "markdown" | "text" | "code" | "mail" | "mbox";

const FORMATS: Record<string, Format> = {
  jsonl: "jsonl",
  ndjson: "jsonl",
  csv: "csv",
  tsv: "tsv",
  parquet: "parquet",
  warc: "warc",
  wet: "warc",
  html: "html",
  htm: "html",
  xhtml: "html",
  md: "markdown",
  markdown: "markdown",
  txt: "text",
  text: "text",
  eml: "mail",
  mbox: "mbox",
};

/** Programming languages by file ending, for `metadata.codeLanguage`. */
const CODE: Record<string, string> = {
  ts: "TypeScript",
  mts: "TypeScript",
  cts: "TypeScript",
  tsx: "TypeScript",
  js: "JavaScript",
  mjs: "JavaScript",
  cjs: "JavaScript",
  jsx: "JavaScript",
  py: "Python",
  rs: "Rust",
  go: "Go",
  java: "Java",
  kt: "Kotlin",
  swift: "Swift",
  c: "C",
  h: "C",
  cc: "C++",
  cpp: "C++",
  hpp: "C++",
  cs: "C#",
  rb: "Ruby",
  php: "PHP",
  sh: "Shell",
  sql: "SQL",
  css: "CSS",
  lua: "Lua",
  r: "R",
  jl: "Julia",
  hs: "Haskell",
  scala: "Scala",
};

/** The format of a file by its name, undefined for one that no reader takes. */
export function formatOf(path: string): Format | undefined {
  const ending = endingOf(path);
  return FORMATS[ending] ?? (ending in CODE ? "code" : undefined);
}

export function codeLanguageOf(path: string): string | undefined {
  return CODE[endingOf(path)];
}

function endingOf(path: string): string {
  return /\.([^./\\]+)$/.exec(withoutCompression(path).toLowerCase())?.[1] ?? "";
}
