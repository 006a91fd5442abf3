/** File name → MIME type, and whether the browser should see text. */
import { getMimeType } from "hono/utils/mime";
import path from "node:path";

/** Types that notebooks need and the web's usual table lacks, or means otherwise (`.ts` is video there). */
const OURS: Record<string, string> = {
  ".ipynb": "application/x-ipynb+json",
  ".ts": "text/typescript",
  ".tsx": "text/typescript",
  ".mts": "text/typescript",
  ".md": "text/markdown",
  ".py": "text/x-python",
  ".jsonl": "application/x-ndjson",
  ".csv": "text/csv",
  ".tsv": "text/tab-separated-values",
  ".yaml": "text/yaml",
  ".yml": "text/yaml",
};

/** MIME type without charset; `application/octet-stream` when unknown. */
export function mimeType(file: string): string {
  const known = OURS[path.extname(file).toLowerCase()] ?? getMimeType(file) ?? "application/octet-stream";
  return known.split(";")[0];
}

/** With the charset that a Content-Type header of a text needs. */
export function contentType(file: string): string {
  const type = mimeType(file);
  return /^text\/|json|javascript|xml/.test(type) ? `${type}; charset=utf-8` : type;
}
